"""What stands on other people's sites: badge, QR code, share picture, plain text. And the meta of public pages."""

import re
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from PIL import Image

from pitches.web import card, emblems, painting
from portal import clock
from tests.factories import DoorFactory, PageFactory

pytestmark = pytest.mark.django_db
PICTURES = ("badge.svg", "qr.svg", "qr.png", "card.png")
HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def page(settings):
    settings.SITE_URL = "https://halfdoor.example"
    return PageFactory(handle="maya", headline="Pitch me here, not in my messages.")


def badge(client):
    """The words of the badge: title, first line, second line."""
    root = ET.fromstring(client.get("/@maya/badge.svg").content)
    space = "{http://www.w3.org/2000/svg}"
    return [root.find(f"{space}title").text, *(found.text for found in root.iter(f"{space}text"))]


def drawn(client):
    response = client.get("/@maya/card.png")
    return response, Image.open(BytesIO(response.content))


# ── who may have them ────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", [*(f"/{name}" for name in PICTURES), ".txt"])
def test_a_page_that_is_hidden_unknown_or_not_up(client, page, name):
    assert client.get(f"/@maya{name}").status_code == 200
    assert client.get(f"/@nobody{name}").status_code == 404
    PageFactory(handle="later", unpublished=True)
    assert client.get(f"/@later{name}").status_code == 404
    page.hidden_at = clock.now()
    page.save()
    assert client.get(f"/@maya{name}").status_code == 410
    assert b"Maya" not in client.get(f"/@maya{name}").content


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_may_stand_on_other_sites_and_are_asked_for_again(client, page, name):
    response = client.get(f"/@maya/{name}")
    assert response["Content-Type"] == ("image/svg+xml" if name.endswith("svg") else "image/png")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("no-cache", "nosniff")
    assert "Set-Cookie" not in response
    again = client.get(f"/@maya/{name}", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    head = client.head(f"/@maya/{name}")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", response["ETag"])


@pytest.mark.parametrize("name", ["badge.svg", "qr.svg"])
def test_an_svg_may_style_itself_and_nothing_else(client, page, name):
    response = client.get(f"/@maya/{name}")
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert re.findall(rb"<script|\son\w+=|href=|@import|url\(", response.content) == []


@pytest.mark.parametrize("name", ["badge.svg", "card.png"])
def test_what_follows_the_doors_changes_with_them(client, page, name):
    door = DoorFactory(page=page)
    before = client.get(f"/@maya/{name}")["ETag"]
    assert client.get(f"/@maya/{name}")["ETag"] == before
    door.state = "closed"
    door.save()
    after = client.get(f"/@maya/{name}", headers={"If-None-Match": before})
    assert (after.status_code, after["ETag"] == before) == (200, False)


@pytest.mark.parametrize("count", [1, 3])
def test_they_cost_the_same_for_one_door_and_three(client, page, django_assert_num_queries, count):
    for _number in range(count):
        DoorFactory(page=page)
    for name, queries in (("/badge.svg", 2), ("/card.png", 2), ("/qr.png", 1), (".txt", 3)):
        with django_assert_num_queries(queries):
            client.get(f"/@maya{name}")


# ── the badge ────────────────────────────────────────────────────────────────
def test_the_badge_counts_the_doors_that_are_open(client, page):
    assert badge(client)[1:] == ["Pitch me here", "No doors yet · reads Tue and Fri"]
    shut = DoorFactory(page=page, closed=True)
    assert badge(client)[2] == "All doors are closed · reads Tue and Fri"
    DoorFactory(page=page, invited=True)
    assert badge(client)[2] == "By invitation · reads Tue and Fri"
    DoorFactory(page=page, until_soon=True)
    assert badge(client)[2] == "1 door open · reads Tue and Fri"
    DoorFactory(page=page)
    DoorFactory(page=page, taken_down_at=clock.now())
    assert badge(client)[2] == "2 doors open · reads Tue and Fri"
    shut.opens_at = clock.now() - timedelta(hours=1)
    shut.save()
    assert badge(client)[2] == "3 doors open · reads Tue and Fri"


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ([], ""),
        (["WED 09:00", "WED 15:00"], " · reads Wed"),
        (["FRI 09:00", "MON 09:00", "WED 09:00"], " · reads Mon, Wed and Fri"),
        ([f"{day} 09:00" for day in ("MON", "TUE", "WED", "THU", "FRI")], " · reads on weekdays"),
        ([f"{day} 09:00" for day in ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")], " · reads every day"),
    ],
)
def test_the_badge_says_when_it_is_read(client, page, reading, words):
    page.reading = reading
    page.save()
    assert badge(client)[2] == f"No doors yet{words}"


def test_the_badge_says_until_when_the_owner_is_away(client, page):
    page.holiday_from, page.holiday_until = date(2026, 5, 1), date(2026, 5, 12)
    page.save()
    for moment, words in (("2026-05-12T22:59Z", "away until 12 May"), ("2026-05-12T23:00Z", "reads Tue and Fri")):
        with clock.standing_at(datetime.fromisoformat(moment)):
            assert badge(client)[2] == f"No doors yet · {words}"


def test_the_badge_takes_any_name(client, page):
    page.name = "</title><script>alert(1)</script> \x0b & „مايا” 日本"
    page.save()
    assert badge(client)[0].startswith("</title><script>alert(1)</script>   & „مايا” 日本: Pitch me here.")


def test_the_words_of_the_badge_have_room(client, page):
    for words, least in (("Pitch me here", 80), ("日本語", 42), ("é", 7), ("e\u0301", 7), ("", 0)):
        assert least <= emblems.room(words) <= least + 30
    page.reading = ["MON 09:00", "TUE 09:00", "WED 09:00", "FRI 09:00", "SUN 09:00"]
    page.save()
    DoorFactory(page=page, closed=True)
    root = ET.fromstring(client.get("/@maya/badge.svg").content)
    for line in root.iter("{http://www.w3.org/2000/svg}text"):
        assert int(line.get("x")) + int(line.get("textLength")) + 14 <= int(root.get("width"))


# ── the QR code ──────────────────────────────────────────────────────────────
def test_the_qr_code_leads_to_the_page_and_has_its_quiet_zone(client, page):
    rows = emblems._modules("https://halfdoor.example/@maya?from=qr")
    picture = Image.open(BytesIO(client.get("/@maya/qr.png").content)).convert("L")
    assert picture.size == (len(rows) * emblems.DOT,) * 2
    middle = emblems.DOT // 2
    seen = [
        [picture.getpixel((x * emblems.DOT + middle, y * emblems.DOT + middle)) == 0 for x in range(len(rows))]
        for y in range(len(rows))
    ]
    assert seen == rows
    for place in range(4):
        assert not any(rows[place]) and not any(row[place] for row in rows)  # noqa: PT018
    assert rows[4][4:11] == [True] * 7
    vector = client.get("/@maya/qr.svg").content.decode()
    assert '<title id="title">https://halfdoor.example/@maya?from=qr</title>' in vector
    assert vector.count("h1v1h-1z") == sum(map(sum, rows))


# ── the share picture ────────────────────────────────────────────────────────
def test_the_share_picture_is_as_large_as_cards_are(client, page):
    for look in ({}, {"until_soon": True}, {"invited": True}, {"closed": True}, {}, {"closed": True}, {}):
        DoorFactory(page=page, **look)
    response, picture = drawn(client)
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(response.content) < 120_000


def test_open_doors_are_lit_and_shut_ones_are_not(page):
    def brightest(look):
        scene = card.Scene("Maya", "maya", "Hello.", "teal", ((look, "green"),), "", "")
        picture = Image.open(BytesIO(card.draw(scene))).convert("L")
        left, top = card.EDGE - 11 * card.DOOR, card.GROUND - 169 * card.DOOR
        return picture.getpixel((round(left + 60 * card.DOOR), round(top + 46 * card.DOOR)))

    found = {look: brightest(look) > 150 for look in ("open", "until", "shut", "key")}
    assert found == {"open": True, "until": True, "shut": False, "key": False}


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("مايا ليند", "اعرض عليّ هنا"),
        ("日本 太郎", "ここでどうぞ"),
        ("Łukasz Dvořák 🎉", "Řekni mi to tady."),
        ("W" * 80, "W" * 80),
        ("😀", "😀"),
        ("a\nb", "Two\nlines"),
        (" ".join("abcdefgh" * 5), " ".join(["word"] * 16)),
    ],
)
def test_the_share_picture_takes_any_name(client, page, name, headline):
    page.name, page.headline = name, headline
    page.save()
    response, picture = drawn(client)
    assert (response.status_code, picture.size) == (200, (1200, 630))


def test_what_no_font_can_write_is_left_out(monkeypatch):
    monkeypatch.setattr(card, "_of_the_system", lambda: ())
    assert card.set_in("Zoë Müller-Ångström 🎉", card.SERIF) == ("Zoë Müller-Ångström", card.SERIF)
    assert card.set_in("e\u0301", card.BOLD)[0] == "é"
    assert card.set_in("😀", card.BOLD)[0] == ""
    for name in ("日本", "Maya 日本", "Łukasz", "مايا"):
        assert card.set_in(name, card.SERIF, card.BOLD) == ("", card.SERIF)


def test_the_system_helps_out_with_its_fonts(monkeypatch):
    monkeypatch.setattr(card, "SYSTEM", ("no-such-font.ttf", str(card.FONTS / "ahn.woff2")))
    card._of_the_system.cache_clear()
    assert card._of_the_system() == ((str(card.FONTS / "ahn.woff2"), None),)
    card._of_the_system.cache_clear()


def test_lines_are_cut_to_the_room_they_have():
    for text in ("W" * 80, "Pitch me here, not in my messages.", " ".join(["Wort"] * 20)):
        size, lines = card._fit(text, card.BOLD)
        assert len(lines) <= 2
        for line in lines:
            assert card._wide(line, card.BOLD, size) <= card.WIDTH - 2 * card.EDGE


def test_the_share_picture_is_drawn_once(client, page, monkeypatch):
    calls = []
    monkeypatch.setattr(card, "draw", lambda scene: calls.append(scene) or b"png")
    tag = client.get("/@maya/card.png")["ETag"]
    client.get("/@maya/card.png")
    assert len(calls) == 1
    cache.clear()
    assert client.get("/@maya/card.png", headers={"If-None-Match": tag}).status_code == 304
    assert len(calls) == 1


def test_the_colours_of_the_picture_are_those_of_the_stylesheet():
    css = (HOME / "static/halfdoor.css").read_text(encoding="utf-8").upper()
    door = (HOME / "templates/components").joinpath("door.html").read_text(encoding="utf-8").upper()
    door += (HOME / "templates/components/door_defs.html").read_text(encoding="utf-8").upper()
    ours = [*painting.PAINTS.values()]
    for name, value in vars(painting).items():
        if name.isupper() and name not in ("PAINTS", "FINE", "DULL"):
            ours += value if isinstance(value, tuple) else [value]
    assert len(ours) > 25
    assert [colour for colour in ours if colour.upper() not in css + door] == []


# ── meta and plain text ──────────────────────────────────────────────────────
def meta(client, path):
    text = client.get(path).content.decode()
    found = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', text))
    return found | {"canonical": re.findall(r'<link rel="canonical" href="([^"]*)">', text)}


@pytest.mark.parametrize(
    ("path", "traits", "title"),
    [
        ("/@maya?from=bio", {}, "Pitch Maya &lt;Lind&gt;: pick a door"),
        ("/@maya/research?from=bio", {}, "Pitch “Original research” to Maya &lt;Lind&gt;"),
        ("/@maya/research?via=x", {"closed": True}, "“Original research” is closed: Maya &lt;Lind&gt;"),
    ],
)
def test_public_pages_say_how_they_are_shown_elsewhere(client, page, path, traits, title):
    page.name = "Maya <Lind>"
    page.save()
    DoorFactory(page=page, slug="research", **traits)
    found, address = meta(client, path), f"https://halfdoor.example{path.partition('?')[0]}"
    assert (found["og:title"], found["og:url"], found["canonical"]) == (title, address, [address])
    assert found["og:image"] == "https://halfdoor.example/@maya/card.png"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["og:image:alt"] and found["og:description"]  # noqa: PT018
    assert found["twitter:card"] == "summary_large_image"


def test_pages_behind_a_link_stay_out_of_search_engines(client, page):
    for path in ("/r/x", "/desk", "/p/x", "/d/x", "/account/login/"):
        assert client.get(path)["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/@maya")


def test_the_page_as_plain_text(client, page):
    page.name, page.intro, page.house_rules = "Maya & Lind", "First.\n# Not a heading", ["Say who pays."]
    page.save()
    DoorFactory(page=page, slug="research", wants=["Data & method"], not_here=["Guests\n## no"])
    DoorFactory(page=page, slug="ai", name="AI tools", closed=True, reason="A rest.")
    DoorFactory(page=page, slug="gone", taken_down_at=clock.now())
    response = client.get("/@maya.txt")
    text = response.content.decode()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = text.split("\n")
    assert lines[0] == "# How to pitch Maya & Lind"
    assert [line for line in lines if line.startswith("#")] == [
        "# How to pitch Maya & Lind",
        "## Doors",
        "### Original research: Open",
        "### AI tools: Closed",
        "## Hours",
        "## What to expect",
        "## House rules",
        "## For machines",
    ]
    for line in (
        "> First. # Not a heading",
        "- Yes, please: Data & method",
        "- Not here: Guests ## no",
        "- The door and its form: https://halfdoor.example/@maya/research",
        "A rest.",
        "- Say who pays.",
        "- Doors, states and form schemas as JSON: https://halfdoor.example/@maya/doors.json",
    ):
        assert lines.count(line) == 1, line
    assert "gone" not in text


def test_a_page_without_doors_and_hours_says_so_in_plain_text(client, page):
    page.reading = []
    page.save()
    lines = client.get("/@maya.txt").content.decode().split("\n")
    assert {"Maya Lind has not hung the doors yet.", "No reading hour is set."} <= set(lines)
