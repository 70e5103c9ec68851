"""Files of a pitch: who may add them, how they leave the house, and that nobody else can tell they are there."""

from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pitches.intake import files
from pitches.models import Attachment, Pitch
from portal import clock, tokens
from tests.factories import DoorFactory, PageFactory, PitchFactory
from tests.web.test_doors import typed

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nhello"


@pytest.fixture
def pitch() -> Pitch:
    """A pitch of somebody known, behind a door that takes files."""
    return PitchFactory(waiting=True, standing="known", door=DoorFactory(takes_files=True, page__handle="maya"))


def url(name: str, pitch: Pitch, *args: str) -> str:
    """An address of the sender's."""
    return reverse(f"agency:{name}", args=[pitch.token, *args])


def upload(client: Client, pitch: Pitch, name: str = "survey.pdf", content: bytes = PDF, **more: Any) -> Any:
    """Choose a file and press the button."""
    return client.post(url("files", pitch), {"file": SimpleUploadedFile(name, content)}, **more)


def text(response: Any) -> str:
    """The page."""
    return str(response.content.decode())


def test_a_file_is_added_shown_and_removed(client: Client, pitch: Pitch) -> None:
    page = text(upload(client, pitch, follow=True))
    kept = Attachment.objects.get()
    assert (kept.name, kept.kind, kept.size, bytes(kept.content)) == ("survey.pdf", "application/pdf", len(PDF), PDF)
    assert ("“survey.pdf” lies with your pitch." in page, url("file", pitch, kept.key) in page) == (True, True)
    assert "“survey.pdf” is gone." in text(client.post(url("file_remove", pitch, kept.key), follow=True))
    assert Attachment.objects.count() == 0


def test_the_door_says_that_files_are_taken(client: Client, pitch: Pitch) -> None:
    path = reverse("public:door", args=["maya", pitch.door.slug])
    said = "Files: from people Maya knows, after handing in."
    assert said in text(client.get(path))
    pitch.door.takes_files = False
    pitch.door.save(update_fields=["takes_files"])
    assert said not in text(client.get(path))


@pytest.mark.parametrize(
    ("standing", "takes", "offered"),
    [("trusted", True, 1), ("known", True, 1), ("introduced", True, 0), ("stranger", True, 0), ("known", False, 0)],
)
def test_only_where_the_owner_allows_it_and_from_whom_they_know(
    client: Client, standing: str, takes: bool, offered: int
) -> None:
    pitch = PitchFactory(waiting=True, standing=standing, door__takes_files=takes)
    page = text(client.get(url("status", pitch)))
    assert page.count("Add the file") == offered
    said = text(upload(client, pitch, follow=True))
    assert (Attachment.objects.count(), "Files are not taken here." in said) == (offered, not offered)


@pytest.mark.parametrize("state", ["arrived", "waiting", "held", "quarantine", "later", "asked"])
def test_whoever_waits_may_add_also_when_it_was_read(client: Client, pitch: Pitch, state: str) -> None:
    Pitch.objects.update(state=state, back_at=clock.now(), opened_at=clock.now())
    upload(client, pitch)
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("state", ["accepted", "declined", "wrong_door", "withdrawn", "lapsed"])
def test_after_the_end_the_files_stay_as_they_are(client: Client, pitch: Pitch, state: str) -> None:
    upload(client, pitch)
    kept = Attachment.objects.get()
    Pitch.objects.update(state=state, withdrawn_at=clock.now())
    said = "It has been answered by now, so its files stay as they are."
    assert said in text(upload(client, pitch, follow=True))
    assert said in text(client.post(url("file_remove", pitch, kept.key), follow=True))
    page = text(client.get(url("status", pitch)))
    assert (Attachment.objects.count(), "survey.pdf" in page, "Add the file" in page) == (1, True, False)


def test_what_is_wrong_is_said_on_the_page_and_nothing_is_kept(client: Client, pitch: Pitch) -> None:
    for name, content, said in [
        ("survey.pdf", b"", "This file is empty."),
        ("survey.exe", PDF, "Only PDF, PNG, JPEG and plain text files are taken."),
        ("survey.pdf", b"MZ\x90", "What is inside is not what the name says."),
    ]:
        answer = upload(client, pitch, name, content)
        page = text(answer)
        assert (answer.status_code, said in page, "<title>Error:" in page, "Where it is" in page) == (422, *[True] * 3)
    answer = client.post(url("files", pitch))
    assert (answer.status_code, "Choose a file first." in text(answer)) == (422, True)
    assert Attachment.objects.count() == 0


def test_ten_megabytes_pass_and_eleven_are_too_many(client: Client, pitch: Pitch) -> None:
    assert upload(client, pitch, content=PDF.ljust(files.LARGEST, b" ")).status_code == 303
    answer = upload(client, pitch, content=PDF.ljust(files.LARGEST + 1, b" "))
    page = text(answer)
    assert (answer.status_code, "This file is larger than 10 MB." in page, "Where it is" in page) == (413, True, True)
    beyond = upload(client, pitch, content=PDF.ljust(17 * files.MB, b" "))
    assert (beyond.status_code, "A file may have 10 MB" in text(beyond)) == (413, True)
    assert Attachment.objects.count() == 1


def test_a_question_and_a_wrong_file_do_not_mix(client: Client, pitch: Pitch) -> None:
    Pitch.objects.update(state="asked")
    page = text(upload(client, pitch, content=b""))
    assert (page.count("There is a problem"), page.count('id="problems"')) == (1, 1)
    page = text(client.post(url("reply", pitch), {"text": ""}))
    assert (page.count("There is a problem"), "Write your answer." in page) == (1, True)


# ── downloads ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("who", ["sender", "owner"])
def test_a_file_is_a_download_that_no_browser_shows(client: Client, pitch: Pitch, who: str) -> None:
    upload(client, pitch, "Umfrage “größte” \u202etxt.fdp.pdf")
    kept = Attachment.objects.get()
    path = url("file", pitch, kept.key)
    if who == "owner":
        client.force_login(pitch.page.owner)
        path = reverse("desk:file", args=[pitch.code, kept.key])
    answer = client.get(path)
    wanted = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"attachment; filename*=utf-8''{quote('Umfrage “größte” txt.fdp.pdf')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    assert {name: answer[name] for name in wanted} == wanted
    assert answer.content == PDF


def test_text_is_named_as_text(client: Client, pitch: Pitch) -> None:
    upload(client, pitch, "a.txt", "größer".encode())
    answer = client.get(url("file", pitch, Attachment.objects.get().key))
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "text/plain; charset=utf-8",
        'attachment; filename="a.txt"',
    )


def test_a_foreign_file_is_like_none(client: Client, pitch: Pitch) -> None:
    upload(client, pitch)
    key = Attachment.objects.get().key
    neighbour = PitchFactory(waiting=True, standing="known", door=pitch.door)
    bodies = set()
    for token, one in [
        (neighbour.token, key),
        (pitch.token, tokens.seed()),
        (tokens.link_token("pitch", "x"), key),
        (pitch.token, pitch.code),
        (PitchFactory(door=pitch.door).token, key),
    ]:
        for name, method in (("file", client.get), ("file_remove", client.post)):
            answer = method(reverse(f"agency:{name}", args=[token, one]))
            bodies.add((answer.status_code, answer.content))
    client.force_login(PageFactory().owner)
    foreign = client.get(reverse("desk:file", args=[pitch.code, key]))
    client.force_login(pitch.page.owner)
    at_desk = [client.get(reverse("desk:file", args=[code, key])) for code in (neighbour.code, "MAYA-NONE")]
    assert [(code, len(bodies)) for code, _body in bodies] == [(404, 1)]
    assert {(one.status_code, one.content) for one in (foreign, *at_desk)} == {(404, foreign.content)}
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("state", ["quarantine", "withdrawn"])
def test_what_is_dangerous_or_taken_back_cannot_be_taken_out(client: Client, pitch: Pitch, state: str) -> None:
    upload(client, pitch)
    kept = Attachment.objects.get()
    Pitch.objects.update(state=state, withdrawn_at=clock.now())
    client.force_login(pitch.page.owner)
    path = reverse("desk:file", args=[pitch.code, kept.key])
    page = text(client.get(reverse("desk:pitch", args=[pitch.code])))
    assert (client.get(path).status_code, "survey.pdf" in page, path in page) == (404, True, False)


# ── the desk ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 3])
def test_the_owner_sees_them_at_the_cost_of_one_query(client: Client, pitch: Pitch, count: int) -> None:
    client.force_login(pitch.page.owner)
    for number in range(count):
        Attachment.objects.create(pitch=pitch, name=f"{number}.pdf", size=9, content=PDF, at=clock.now())
    path = reverse("desk:pitch", args=[pitch.code])
    with CaptureQueriesContext(connection) as asked:
        page = text(client.get(path))
    words = "<strong>1 file</strong>" if count == 1 else "<strong>3 files</strong>"
    assert (words in page, page.count("not scanned"), page.count("/files/")) == (True, 1, count)
    about = [one["sql"] for one in asked.captured_queries if "attachment" in one["sql"]]
    assert (len(about), '"content"' in about[0]) == (1, False)


def test_a_session_shows_them(client: Client, pitch: Pitch) -> None:
    upload(client, pitch)
    client.force_login(pitch.page.owner)
    client.post("/desk/session/start")
    assert "1 file</strong>" in text(client.get("/desk/session"))


def test_the_status_page_reads_no_byte_of_them(client: Client, pitch: Pitch) -> None:
    upload(client, pitch)
    with CaptureQueriesContext(connection) as asked:
        client.get(url("status", pitch))
    about = [one["sql"] for one in asked.captured_queries if "attachment" in one["sql"]]
    assert (len(about), '"content"' in about[0]) == (1, False)


def test_the_owner_allows_it_in_the_editor(client: Client) -> None:
    door = DoorFactory(slug="research")
    client.force_login(door.page.owner)
    assert "Take files from people I know or trust" in text(client.get("/desk/doors/research"))
    assert client.post("/desk/doors/research", typed(takes_files="on", seen=door.version)).status_code == 303
    door.refresh_from_db()
    versions = list(door.versions.order_by("version").values_list("stood__takes_files", flat=True))
    assert (door.takes_files, versions) == (True, [False, True])
    assert "Take files from people I know or trust" in text(client.get("/desk/doors/research"))
