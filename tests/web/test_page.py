"""The page at the desk: words with a preview, portrait, short address, hidden or not."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from pitches import doors
from pitches.doors import handles, portraits
from pitches.models import Event, Handle, Page, Portrait
from tests.factories import PageFactory

pytestmark = pytest.mark.django_db
EDIT, PREVIEW, PORTRAIT = "/desk/page", "/desk/page/preview", "/desk/page/portrait"


@pytest.fixture
def page(client):
    page = PageFactory(handle="maya", intro="I read in my own hours.", paint="teal")
    client.force_login(page.owner)
    return page


def words(page, **changes):
    """The form as the browser would send it."""
    same = {name: str(getattr(page, name)) for name in ("name", "tagline", "headline", "intro", "paint")}
    return same | {"house_rules": "\n".join(page.house_rules), "seen": page.version} | changes


def errors(response):
    assert response.status_code == 422
    assert "<title>Error: Your page" in response.content.decode()
    return dict(response.context["form"].errors)


def said(response):
    return [str(message) for message in response.wsgi_request._messages]


# ── the words ────────────────────────────────────────────────────────────────
def test_the_form_is_filled_in_as_the_page_is(client, page):
    found = client.get(EDIT).content.decode()
    assert 'value="The Long Funnel, every Thursday"' in found
    assert "I read in my own hours.</textarea>" in found
    assert 'value="teal" id="id_paint_5" checked' in found.replace("required ", "") or "checked" in found
    assert ">Up</span>" in found


def test_keeping_changes_the_page_and_says_so(client, page):
    response = client.post(
        EDIT, words(page, headline="Knock here.", house_rules="Be kind.\n\n No calls. ", paint="plum")
    )
    assert (response.status_code, response["Location"]) == (303, EDIT)
    assert said(response) == ["Kept. Your page says it from now on."]
    page.refresh_from_db()
    assert (page.headline, page.house_rules, page.paint, page.version) == (
        "Knock here.",
        ["Be kind.", "No calls."],
        "plum",
        2,
    )
    assert Event.objects.filter(what="page_changed", by=page.owner).count() == 1
    shown = client.get("/@maya").content.decode()
    assert "Knock here." in shown
    assert "No calls." in shown


def test_keeping_what_is_there_changes_nothing(client, page):
    assert client.post(EDIT, words(page)).status_code == 303
    page.refresh_from_db()
    assert (page.version, list(Event.objects.values_list("note", flat=True))) == (1, [])


def test_an_empty_first_line_is_the_usual_one(client, page):
    client.post(EDIT, words(page, headline=" "))
    assert Page.objects.get().headline == "Pitch me here, not in my messages."


def test_words_are_only_words(client, page):
    client.post(EDIT, words(page, headline="<b>Hi</b> **you**", house_rules="<script>alert(1)</script>"))
    shown = client.get("/@maya").content.decode()
    assert "&lt;b&gt;Hi&lt;/b&gt; **you**" in shown
    assert "<script>alert" not in shown


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "name", "Give your name."),
        ({"name": "x" * 81}, "name", "Make it shorter: at most 80 characters. It has 81."),
        ({"tagline": "x" * 81}, "tagline", "Make it shorter: at most 80 characters. It has 81."),
        ({"headline": "a\u202eb"}, "headline", "Take out the invisible or control characters."),
        ({"intro": "x" * 601}, "intro", "Make it shorter: at most 600 characters. It has 601."),
        ({"house_rules": "x\n" * 9}, "house_rules", "These are 9 rules. Keep the best eight."),
        ({"house_rules": "Be kind.\n" + "x" * 161}, "house_rules", "Make rule 2 shorter: at most 160. It has 161."),
        ({"paint": "pink"}, "paint", None),
        ({"paint": ""}, "paint", "Choose a colour."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(client, page, changes, field, sentence):
    response = client.post(EDIT, words(page, **({"tagline": "My new line"} | changes)))
    found = errors(response)
    assert list(found) == [field]
    assert sentence is None or found[field] == [sentence]
    assert field == "tagline" or "My new line" in response.content.decode()
    page.refresh_from_db()
    assert page.version == 1


# ── two tabs ─────────────────────────────────────────────────────────────────
def test_two_tabs_that_change_different_words_both_keep_theirs(client, page):
    client.post(EDIT, words(page, headline="From the first tab"))
    assert client.post(EDIT, words(page, intro="From the second tab")).status_code == 303
    page.refresh_from_db()
    assert (page.headline, page.intro, page.version) == ("From the first tab", "From the second tab", 3)


def test_the_later_tab_sees_what_changed_and_loses_nothing(client, page):
    client.post(EDIT, words(page, headline="From the first tab", tagline="Also new"))
    response = client.post(EDIT, words(page, headline="From the second tab", intro="Second, too"))
    assert errors(response) == {
        "headline": [
            "Another window kept this meanwhile: From the first tab. Press Keep again to put yours in its place."
        ]
    }
    form = response.context["words"]
    typed = {name: form[name].value() for name in ("headline", "intro", "tagline", "seen")}
    assert typed == {"headline": "From the second tab", "intro": "Second, too", "tagline": "Also new", "seen": "2"}
    assert Page.objects.get().headline == "From the first tab"
    assert client.post(EDIT, words(page, **typed)).status_code == 303
    page.refresh_from_db()
    assert (page.headline, page.intro, page.tagline) == ("From the second tab", "Second, too", "Also new")


def test_a_tab_many_versions_behind_is_compared_with_what_it_saw(client, page):
    for number in range(3):
        doors.keep_words(page, by=page.owner, headline=f"Number {number}")
    doors.keep_words(page, by=page.owner, headline=page.headline)
    assert client.post(EDIT, words(page, headline="Mine")).status_code == 422
    assert client.post(EDIT, words(page, tagline="Mine")).status_code == 303


def test_two_tabs_that_agree_do_not_quarrel(client, page):
    client.post(EDIT, words(page, headline="The same"))
    assert client.post(EDIT, words(page, headline="The same")).status_code == 303
    assert Page.objects.get().version == 2


def test_hiding_in_one_tab_disturbs_no_words_in_the_other(client, page):
    client.post("/desk/page/hide", {"hidden": "yes"})
    assert client.post(EDIT, words(page, headline="Still mine")).status_code == 303


@pytest.mark.parametrize("seen", ["", "many", "-1", "9" * 5000])
def test_a_version_that_is_none_is_no_server_error(client, page, seen):
    assert client.post(EDIT, words(page, seen=seen)).status_code in (303, 422)


# ── the preview ──────────────────────────────────────────────────────────────
def test_the_script_gets_the_top_of_the_page(client, page):
    response = client.post(PREVIEW, words(page, headline="Only a try", paint="red"), headers={"HX-Request": "true"})
    found = response.content.decode()
    assert (response.status_code, "<html" in found) == (200, False)
    assert "Only a try" in found
    assert "p-red" in found
    assert Page.objects.get().headline != "Only a try"


def test_without_the_script_the_whole_page_comes_back_with_all_that_was_typed(client, page):
    response = client.post(PREVIEW, words(page, headline="Only a try"))
    found = response.content.decode()
    assert response.status_code == 200
    assert "Not kept yet: only you see this." in found
    assert 'value="Only a try"' in found
    assert Page.objects.get().headline != "Only a try"


def test_what_is_wrong_leaves_the_rest_of_the_preview(client, page):
    wrong = words(page, name="", headline="Only a try")
    assert "Only a try" in client.post(PREVIEW, wrong, headers={"HX-Request": "true"}).content.decode()
    assert list(errors(client.post(PREVIEW, wrong))) == ["name"]


# ── the portrait ─────────────────────────────────────────────────────────────
def picture(colour="red", kind="PNG", name="me.png"):
    out = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def test_a_picture_goes_up_and_is_everybodys(client, page):
    assert client.post(PORTRAIT, {"picture": picture()}).status_code == 303
    address = reverse("public:portrait", args=["maya", Portrait.objects.get().digest])
    assert address in client.get("/@maya").content.decode()
    assert address in client.get(EDIT).content.decode()
    client.logout()
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(response.content)).size == (480, 600)
    assert "Set-Cookie" not in response


def test_neither_name_nor_type_of_the_file_counts(client, page):
    lying = SimpleUploadedFile("me.exe", picture(kind="JPEG").read(), content_type="text/html")
    assert client.post(PORTRAIT, {"picture": lying}).status_code == 303
    script = SimpleUploadedFile("me.png", b"<script>alert(1)</script>", content_type="image/png")
    assert list(errors(client.post(PORTRAIT, {"picture": script}))) == ["picture"]
    assert Portrait.objects.count() == 1


@pytest.mark.parametrize("sent", [{}, {"picture": "words"}, {"picture": SimpleUploadedFile("me.png", b"")}])
def test_no_file_is_said(client, page, sent):
    assert errors(client.post(PORTRAIT, sent)) == {"picture": ["Choose a picture first."]}


def test_a_picture_of_eight_megabytes_is_looked_at_and_a_larger_one_is_not(client, page):
    heavy = SimpleUploadedFile("me.png", b"x" * portraits.MOST_BYTES)
    assert client.post(PORTRAIT, {"picture": heavy}).status_code == 422
    heavier = SimpleUploadedFile("me.png", b"x" * (portraits.MOST_BYTES + 1))
    assert errors(client.post(PORTRAIT, {"picture": heavier})) == {"picture": ["This file is too large: at most 8 MB."]}
    heaviest = SimpleUploadedFile("me.png", b"x" * (portraits.MOST_BYTES + 100_000))
    assert client.post(PORTRAIT, {"picture": heaviest}).status_code == 413
    elsewhere = SimpleUploadedFile("me.png", b"x" * 1_100_000)
    assert client.post(EDIT, {"picture": elsewhere}).status_code == 413


def test_a_picture_is_taken_down(client, page):
    client.post(PORTRAIT, {"picture": picture()})
    address = reverse("public:portrait", args=["maya", Portrait.objects.get().digest])
    assert "Take the picture down" in client.get(EDIT).content.decode()
    assert client.post(PORTRAIT, {"remove": "yes"}).status_code == 303
    assert (Portrait.objects.count(), client.get(address).status_code) == (0, 404)
    assert "Take the picture down" not in client.get(EDIT).content.decode()


def test_a_picture_is_where_its_page_is(client, page):
    client.post(PORTRAIT, {"picture": picture()})
    digest = Portrait.objects.get().digest
    other = PageFactory(handle="other")
    assert client.get(f"/@other/portrait-{digest}.webp").status_code == 404
    assert client.get("/@maya/portrait-0123456789abcdef.webp").status_code == 404
    doors.hide(page, by=page.owner, hidden=True)
    assert client.get(f"/@maya/portrait-{digest}.webp").status_code == 200
    client.force_login(other.owner)
    assert client.get(f"/@maya/portrait-{digest}.webp").status_code == 404
    client.logout()
    assert client.get(f"/@maya/portrait-{digest}.webp").status_code == 404


# ── the short address ────────────────────────────────────────────────────────
def test_a_page_moves(client, page):
    response = client.post("/desk/page/handle", {"handle": "@Mara"})
    assert (response.status_code, response["Location"]) == (303, EDIT)
    assert said(response) == ["Your page is at @mara now. For a year, @maya leads there."]
    assert client.get("/@maya")["Location"] == "/@mara"
    assert "Kept" not in said(client.post("/desk/page/handle", {"handle": "mara"}))


@pytest.mark.parametrize(
    ("handle", "sentence"),
    [
        ("", "Choose a short address."),
        ("mäya", "Use small letters, digits and hyphens."),
        ("admin", "This address is reserved. Choose another."),
        ("taken", "@taken is taken. Choose another."),
        ("x" * 40, "Make it shorter: at most 31 characters. It has 40."),
    ],
)
def test_a_page_does_not_move_where_it_may_not(client, page, handle, sentence):
    PageFactory(handle="taken")
    response = client.post("/desk/page/handle", {"handle": handle})
    assert errors(response) == {"handle": [sentence]}
    assert Page.objects.filter(handle="maya").exists()


def test_a_handle_taken_between_the_look_and_the_move_is_said(client, page, monkeypatch):
    PageFactory(handle="taken")
    monkeypatch.setattr("pitches.forms.handles.handles.why_not", lambda *_args: "")
    monkeypatch.setattr(handles, "take", lambda _page: (_ for _ in ()).throw(handles.Refused("Too late.")))
    assert errors(client.post("/desk/page/handle", {"handle": "mara"})) == {"handle": ["Too late."]}
    assert (Page.objects.filter(handle="maya").exists(), Handle.objects.count()) == (True, 0)


# ── hidden ───────────────────────────────────────────────────────────────────
def test_a_page_is_hidden_and_shown(client, page):
    response = client.post("/desk/page/hide", {"hidden": "yes"})
    assert said(response) == ["Your page is hidden. Nobody can pitch until you show it again."]
    assert client.get("/@maya").status_code == 410
    assert ">Hidden</span>" in client.get(EDIT).content.decode()
    client.post("/desk/page/hide", {"hidden": "yes"})
    assert Event.objects.filter(note="hidden").count() == 1
    client.post("/desk/page/hide", {"hidden": "no"})
    assert (client.get("/@maya").status_code, Event.objects.filter(note="shown").count()) == (200, 1)


def test_after_hiding_the_hours_that_passed_do_not_begin(client, page):
    Page.objects.update(hidden_at=page.published_at, next_hour_at=page.published_at)
    client.post("/desk/page/hide", {"hidden": "no"})
    assert Page.objects.get().next_hour_at > page.published_at
