"""The share kit at the desk: texts to copy, a message that came in, the link of one answer."""

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from pitches.doors import deflecting
from pitches.models import Came, Page, Pitch, ReplyLink
from portal import clock
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.races import checksum

pytestmark = pytest.mark.django_db
PASTED = "Hi Maya, a SECRET survey for your readers!\n- Ines, Northbeam"


@pytest.fixture
def page(settings: Any) -> Page:
    settings.SITE_URL = "https://halfdoor.example"
    return PageFactory(handle="maya")


@pytest.fixture
def owner(page: Page, client: Client) -> Client:
    client.force_login(page.owner)
    return client


def text(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def message(page: Page, **changes: Any) -> dict[str, Any]:
    today = page.local_date(clock.now()).isoformat()
    return {"text": PASTED, "who": "", "channel": "message", "door": "research", "said_on": today} | changes


def made(page: Page, **more: Any) -> ReplyLink:
    door = page.doors.first() or DoorFactory(page=page, slug="research")
    facts = {"who": "Northbeam", "channel": Came.MENTION, "said_on": page.local_date(clock.now())}
    return deflecting.make(door, **(facts | more))


# ── who may come in ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/desk/share", "/desk/share/reply", "/desk/share/reply/1"])
def test_nobody_is_sent_to_the_sign_in(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/account/login/?next={path}"


def test_a_reply_link_is_shown_to_its_owner_only(owner: Client, page: Page) -> None:
    link = made(page)
    assert owner.get(f"/desk/share/reply/{link.pk}").status_code == 200
    owner.force_login(PageFactory().owner)
    assert owner.get(f"/desk/share/reply/{link.pk}").status_code == 404
    assert link.token not in text(owner.get("/desk/share"))


def test_a_door_of_another_page_is_no_choice(owner: Client, page: Page) -> None:
    DoorFactory(page=page, slug="research")
    DoorFactory(slug="foreign")
    DoorFactory(page=page, slug="gone", taken_down_at=clock.now())
    for slug in ("foreign", "gone", "nothing", ""):
        response = owner.post("/desk/share/reply", message(page, door=slug))
        assert (response.status_code, list(response.context["deflect"].errors)) == (422, ["door"])
    assert not ReplyLink.objects.exists()


# ── what there is to copy ────────────────────────────────────────────────────
def test_the_links_lead_to_the_page_or_to_one_door(owner: Client, page: Page) -> None:
    DoorFactory(page=page, slug="research", closed=True)
    whole = text(owner.get("/desk/share"))
    for came in Came.values:
        if came != Came.QR:
            assert f"https://halfdoor.example/@maya?from={came}" in whole, came
    door = text(owner.get("/desk/share?door=research&tone=short"))
    for came in ("message", "mention", "mail", "comment", "bio", "signature", "badge"):
        assert f"https://halfdoor.example/@maya/research?from={came}" in door, came
    assert ">https://halfdoor.example/@maya/research<" in door
    assert "/@maya?from" not in door


@pytest.mark.parametrize("query", ["door=nothing", "tone=rude", "door=research&door=x", "tone[]=1", "from=bio"])
def test_what_is_no_choice_shows_the_usual_texts(owner: Client, page: Page, query: str) -> None:
    usual, found = text(owner.get("/desk/share")), owner.get(f"/desk/share?{query}")
    assert found.status_code == 200
    assert (
        usual.count("I do not take pitches in messages") == text(found).count("I do not take pitches in messages") == 1
    )


def test_three_tones(owner: Client, page: Page) -> None:
    found = {tone: owner.get(f"/desk/share?tone={tone}").context["ready"] for tone in ("warm", "neutral", "short")}
    assert len({ready.text for tone in found.values() for ready in tone}) == 12


def test_a_page_that_is_not_up_has_its_texts_all_the_same(owner: Client, page: Page) -> None:
    for changes, sentence in (
        ({"published_at": None}, "Your page is not published yet"),
        ({"published_at": clock.now(), "hidden_at": clock.now()}, "Your page is hidden now"),
    ):
        Page.objects.filter(pk=page.pk).update(**changes)
        shown = text(owner.get("/desk/share"))
        assert (shown.count(sentence), shown.count('src="/@maya/badge.svg"')) == (1, 0)
        assert "https://halfdoor.example/@maya?from=bio" in shown
    Page.objects.update(hidden_at=None)
    shown = text(owner.get("/desk/share"))
    assert (shown.count("not published yet"), shown.count('src="/@maya/badge.svg"')) == (0, 1)


def test_one_sentence_says_who_came(owner: Client, page: Page) -> None:
    door = DoorFactory(page=page)
    month = clock.now().astimezone(page.zone).strftime("%B")
    assert f"In {month} nobody has begun a pitch through these links yet." in text(owner.get("/desk/share"))
    PitchFactory(door=door, came_from="bio", email="a@mosaic.example")
    assert f"In {month} 1 person began a pitch through these links, 0 left one." in text(owner.get("/desk/share"))
    PitchFactory(door=door, came_from="badge", email="b@mosaic.example", waiting=True)
    PitchFactory(door=DoorFactory(), came_from="bio")
    PitchFactory(door=door, came_from="bio", email="junk@mosaic.example", quarantine=True)
    assert f"In {month} 2 people began a pitch through these links, 1 left one." in text(owner.get("/desk/share"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    owner: Client, page: Page, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        DoorFactory(page=page)
        PitchFactory(waiting=True, door=page.doors.first(), reply_link=made(page, who=f"Agency {number}"))
    with django_assert_num_queries(7):
        assert len(owner.get("/desk/share").context["replies"]) == count


# ── a message came in ────────────────────────────────────────────────────────
def test_a_pasted_message_becomes_a_link_and_is_not_kept(owner: Client, page: Page) -> None:
    DoorFactory(page=page, slug="research")
    response = owner.post("/desk/share/reply", message(page, channel="mention"))
    link = ReplyLink.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/desk/share/reply/{link.pk}")
    assert (link.who, link.channel, link.said_on) == ("Ines, Northbeam", "mention", page.local_date(clock.now()))
    shown = owner.get(response["Location"])
    assert f"works once: https://halfdoor.example/r/{link.token}<" in text(shown)
    assert shown["Cache-Control"] == "no-store"
    assert "SECRET" not in text(shown) + text(owner.get("/desk/share"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pitches_replylink AS row WHERE row::text LIKE '%SECRET%'")
        assert cursor.fetchone() == (0,)


def test_naming_the_agency_is_enough_and_wins(owner: Client, page: Page) -> None:
    DoorFactory(page=page, slug="research")
    owner.post("/desk/share/reply", message(page, text="", who="  Northbeam "))
    owner.post("/desk/share/reply", message(page, who="Somebody else"))
    assert list(ReplyLink.objects.order_by("pk").values_list("who", flat=True)) == ["Northbeam", "Somebody else"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"text": "", "who": ""}, "who", "Say who wrote, or paste the message."),
        ({"text": "a survey?", "who": ""}, "who", "No name stands in the message. Say who wrote it; a name is enough."),
        ({"text": "x" * 10_001}, "text", "Make it shorter: at most 10000 characters. It has 10001."),
        ({"who": "x" * 121}, "who", "Make it shorter: at most 120 characters. It has 121."),
        ({"who": "Ines\u202e"}, "who", "Take out the invisible or control characters."),
        ({"channel": "bio"}, "channel", "Select a valid choice. bio is not one of the available choices."),
        ({"channel": ""}, "channel", "Say where it came in."),
        ({"door": ""}, "door", "Choose a door."),
        ({"said_on": ""}, "said_on", "Say on which day."),
        ({"said_on": "2999-01-01"}, "said_on", "This day is still to come."),
        ({"said_on": "2001-01-01"}, "said_on", "This is more than a year ago."),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    owner: Client, page: Page, changes: dict[str, str], field: str, sentence: str
) -> None:
    DoorFactory(page=page, slug="research")
    response = owner.post("/desk/share/reply", message(page, **changes))
    assert (response.status_code, dict(response.context["deflect"].errors)) == (422, {field: [sentence]})
    shown = text(response)
    assert (shown.count("<title>Error: "), shown.count("There is a problem")) == (1, 1)
    assert changes.get("text", PASTED).split("\n")[0] in shown
    assert (shown.count('href="/desk/share?tone='), shown.count('href="?')) == (3, 0)
    assert not ReplyLink.objects.exists()


def test_a_page_without_doors_has_nowhere_to_send_them(owner: Client, page: Page) -> None:
    assert "Hang a door first" in text(owner.get("/desk/share"))
    assert owner.post("/desk/share/reply", message(page)).status_code == 422


def test_the_list_says_what_became_of_each(owner: Client, page: Page) -> None:
    waiting, used, over, lost = (made(page, who=name) for name in ("Waiting", "Came", "Over", "Lost"))
    pitch = PitchFactory(waiting=True, door=used.door, reply_link=used)
    PitchFactory(door=used.door, reply_link=waiting)  # written, not handed in
    ReplyLink.objects.filter(pk__in=(used.pk, lost.pk)).update(used_at=clock.now())
    ReplyLink.objects.filter(pk=over.pk).update(expires_at=clock.now())
    rows = {row.who: row for row in owner.get("/desk/share").context["replies"]}
    assert {who: (row.pitch, row.good) for who, row in rows.items()} == {
        "Waiting": (None, True),
        "Came": (pitch, False),
        "Over": (None, False),
        "Lost": (None, False),
    }
    shown = text(owner.get("/desk/share"))
    for words in ("Waits until", f"Came as {pitch.code}", ">Expired<", ">Used<"):
        assert shown.count(words) == 1, words
    for link in (used, over, lost):
        single = text(owner.get(f"/desk/share/reply/{link.pk}"))
        assert "/r/" not in single, link.who


def test_only_the_last_ten_are_listed(owner: Client, page: Page) -> None:
    for number in range(11):
        made(page, who=f"Agency {number}")
    assert [row.who for row in owner.get("/desk/share").context["replies"]][::9] == ["Agency 10", "Agency 1"]


def test_a_closed_door_is_said_with_the_answer(owner: Client, page: Page) -> None:
    link = made(page)
    address = f"/desk/share/reply/{link.pk}"
    assert "This door is closed today." not in text(owner.get(address))
    page.doors.update(state="closed")
    assert "This door is closed today." in text(owner.get(address))


# ── whoever follows it ───────────────────────────────────────────────────────
def test_a_link_leads_to_the_door_with_the_link_in_hand(client: Client, page: Page) -> None:
    link = made(page)
    before = checksum()
    for _time in range(2):
        response = client.get(f"/r/{link.token}")
        assert (response.status_code, response["Location"]) == (302, f"/@maya/research?via={link.token}")
        assert "no-store" in response["Cache-Control"]
    assert client.head(f"/r/{link.token}").status_code == 302
    assert client.post(f"/r/{link.token}").status_code == 405
    assert client.get(response["Location"]).status_code == 200
    assert checksum() == before


def test_a_used_or_old_link_leads_to_the_plain_door(client: Client, page: Page) -> None:
    used, old = made(page), made(page)
    ReplyLink.objects.filter(pk=used.pk).update(used_at=clock.now())
    ReplyLink.objects.filter(pk=old.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    for link in (used, old):
        assert client.get(f"/r/{link.token}")["Location"] == "/@maya/research"


def test_a_door_that_was_taken_down_leads_to_the_page(client: Client, page: Page) -> None:
    link = made(page)
    page.doors.update(taken_down_at=clock.now())
    assert client.get(f"/r/{link.token}")["Location"] == "/@maya"


def test_what_nobody_knows_is_not_found_and_says_nothing(client: Client, page: Page) -> None:
    link = made(page)
    unknown = client.get("/r/nothing")
    assert unknown.status_code == 404
    for guess in (link.seed, link.token_hash, str(link.pk)):
        assert client.get(f"/r/{guess}").content == unknown.content
    for changes in ({"hidden_at": clock.now()}, {"hidden_at": None, "published_at": None}):
        Page.objects.update(**changes)
        assert client.get(f"/r/{link.token}").content == unknown.content


def test_a_closed_door_shows_its_closed_page(client: Client, page: Page) -> None:
    link = made(page)
    page.doors.update(state="closed", reason="A rest.")
    response = client.get(f"/r/{link.token}", follow=True)
    assert (response.status_code, "A rest." in text(response)) == (200, True)


def test_through_the_form_to_the_desk(owner: Client, page: Page) -> None:
    """The whole way: paste, answer, follow, write; and the letter says where it came from."""
    DoorFactory(page=page, slug="research")
    owner.post("/desk/share/reply", message(page, said_on=page.local_date(clock.now()).isoformat()))
    link, visitor = ReplyLink.objects.get(), Client()
    shown = visitor.get(f"/r/{link.token}", follow=True)
    assert f'name="reply" value="{link.token}"' in text(shown)
    answers = {
        "form_key": str(uuid4()),
        "line": "Survey: why 1,200 people mute brands",
        "why": "The question your readers ask most.",
        "link": "https://mosaic.example/mute",
        "ask": "write",
        "payer": "client",
        "name": "Ines Meyer",
        "company": "Northbeam",
        "email": "ines@northbeam.example",
        "reply": link.token,
    }
    assert visitor.post("/@maya/research/pitch", answers).status_code == 303
    pitch = Pitch.objects.get()
    assert (pitch.came_from, pitch.reply_link) == ("message", link)


def test_the_letter_says_how_it_came(owner: Client, page: Page) -> None:
    door = DoorFactory(page=page, slug="research")
    day = page.local_date(clock.now()).replace(month=5, day=12)
    for came, link, sentence in (
        ("message", made(page, channel=Came.MESSAGE, said_on=day), "Came from a message, 12 May"),
        ("comment", made(page, channel=Came.COMMENT, said_on=day), "Came from a comment, 12 May"),
        ("message", None, "Came by the link in a message"),
        ("badge", None, "Came by the badge"),
        ("", None, ""),
    ):
        pitch = PitchFactory(waiting=True, door=door, came_from=came, reply_link=link)
        shown = text(owner.get(f"/desk/pitch/{pitch.code}"))
        assert shown.count("Came ") == bool(sentence)
        assert sentence in shown
        assert "Came " not in text(Client().get(f"/p/{pitch.token}"))


def test_whoever_comes_with_the_link_of_an_answer_is_greeted(client: Client, page: Page) -> None:
    link = made(page)
    response = client.get(f"/r/{link.token}", follow=True)
    assert "Maya answered your message of" in text(response)
    assert response["Cache-Control"] == "no-store"
    link.used_at = clock.now()
    link.save()
    assert "answered your message" not in text(client.get(f"/@maya/research?via={link.token}"))
    other = DoorFactory(page=page, slug="other")
    assert "answered your message" not in text(client.get(f"/@maya/{other.slug}?via={made(page).token}"))
