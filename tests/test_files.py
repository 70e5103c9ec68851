"""Which files are taken, by ending and by content, what they are called, and the limits, also in a race."""

from datetime import timedelta
from typing import Any

import pytest

from pitches import intake, relationships
from pitches.intake import filekinds, files
from pitches.intake.filekinds import FileRefused
from pitches.models import Attachment, Pitch, Standing
from portal import clock
from tests.factories import DoorFactory, PitchFactory, SenderFactory
from tests.races import race

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PDF = b"%PDF-1.7\nhello"
MB = files.MB


@pytest.fixture
def pitch() -> Pitch:
    """A pitch of somebody trusted, behind a door that takes files."""
    return PitchFactory(waiting=True, standing="trusted", door__takes_files=True)


def kept(pitch: Pitch, size: int, **more: Any) -> Attachment:
    """A file that lies there already; only its size is told, its bytes are few."""
    return Attachment.objects.create(pitch=pitch, name="a.pdf", size=size, content=PDF, **({"at": clock.now()} | more))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("v1.2 final.pdf", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpg", JPEG, "image/jpeg"),
        ("a.jpeg", JPEG, "image/jpeg"),
        ("a.txt", "größer\r\n\tمرحبا".encode(), "text/plain"),
        ("a.txt", b"\xef\xbb\xbfhello", "text/plain"),
        ("a.pdf. ", PDF, "application/pdf"),
    ],
)
def test_four_kinds_are_taken(name: str, content: bytes, kind: str) -> None:
    assert filekinds.kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b""),
        ("a.txt", b""),
        ("a.pdf", b" %PDF-1.7"),
        ("a.pdf", PNG),
        ("a.png", PDF),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.jpg", b"\xff\xd8"),
        ("a.txt", PDF),
        ("a.txt", PNG),
        ("a.txt", b"caf\xe9"),
        ("a.txt", b"a\x00b"),
        ("a.txt", b"a\x1b[31mb"),
        ("a.txt", "a\x85b".encode()),
        ("a.txt", b"  <!DOCTYPE html><p>"),
        ("a.txt", b"\xef\xbb\xbf<svg onload=x>"),
        ("a.txt", b"#!/bin/sh"),
        ("a.txt", b"{\\rtf1"),
        ("a.pdf.exe", PDF),
        ("a.exe.pdf", PDF),
        ("a.HTML.pdf", PDF),
        ("a.pdf\u202e", b"MZ\x90\x00"),
        ("fdp.exe", PDF),
        ("a.svg", b"<svg/>"),
        ("a.html", b"<html>"),
        ("a.zip", b"PK\x03\x04"),
        ("a.docx", b"PK\x03\x04"),
        ("a.gif", b"GIF89a"),
        ("a", PDF),
        ("pdf", PDF),
        ("", PDF),
        ("a.pdf/", PDF),
        ("a.pdf\x00.exe", PDF),
        # two things at once
        ("a.jpg", JPEG + b" %PDF-1.7"),
        ("a.png", PNG + b"<script>alert(1)</script>"),
        ("a.pdf", PDF + b"PK\x03\x04"),
        ("a.pdf", PDF + b"<!DocType HTML>"),
    ],
)
def test_everything_else_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(FileRefused):
        filekinds.kind_of(name, content)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/pass wd.pdf", "pass wd.pdf"),
        ("C:\\Users\\maya\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("gro\u0308\u00dfe.PDF", "größe.pdf"),
        ("a\u202efdp.\u2066b\u200b.pdf", "afdp.b.pdf"),
        ("  .hidden.pdf", "hidden.pdf"),
        (".pdf", "file.pdf"),
        ('a"<b>%00|?*.pdf', "a__b__00___.pdf"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
        ("a\u00a0\u2028b.pdf", "ab.pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, clean: str) -> None:
    assert filekinds.clean(name) == clean
    assert len(clean) <= filekinds.LONGEST


@pytest.mark.django_db
def test_three_files_and_fifteen_megabytes_a_pitch(pitch: Pitch) -> None:
    first = kept(pitch, 10 * MB)
    kept(pitch, 5 * MB - len(PDF))
    files.attach(pitch, "a.pdf", PDF)
    with pytest.raises(FileRefused, match="Three files are the most"):
        files.attach(pitch, "a.pdf", PDF)
    files.remove(pitch, first)
    kept(pitch, 10 * MB - 1).pitch.attachments.filter(size=len(PDF)).delete()
    with pytest.raises(FileRefused, match="together may have 15 MB"):
        files.attach(pitch, "a.pdf", PDF.ljust(len(PDF) + 2))
    files.attach(pitch, "a.pdf", PDF)


@pytest.mark.django_db
def test_a_file_has_ten_megabytes_at_most(pitch: Pitch) -> None:
    with pytest.raises(FileRefused, match="larger than 10 MB"):
        files.attach(pitch, "a.pdf", PDF.ljust(10 * 1024 * 1024 + 1))
    files.attach(pitch, "a.pdf", PDF.ljust(10 * 1024 * 1024))


@pytest.mark.django_db
@pytest.mark.parametrize("agency", [True, False])
def test_an_agency_or_a_person_has_a_hundred_megabytes_a_month(pitch: Pitch, agency: bool) -> None:
    """Colleagues count together, a plus-tag is no other person; other pages and old files are not counted."""
    own = SenderFactory(email="a@mosaic.example", canonical="a@mosaic.example")
    other = SenderFactory(email="b@mosaic.example") if agency else SenderFactory(email="a+1@mosaic.example")
    if not agency:
        for one in (own, other):
            one.agency, one.canonical = None, "a@mosaic.example"
            one.save()
    pitch.sender = own
    pitch.save()
    before = PitchFactory(accepted=True, page=pitch.page, door=pitch.door, sender=other)
    stranger = PitchFactory(accepted=True, page=pitch.page, door=pitch.door)
    elsewhere = PitchFactory(accepted=True, door=DoorFactory(), sender=own)
    kept(before, 50 * MB)
    kept(before, 50 * MB - len(PDF))
    for one in (stranger, elsewhere):
        kept(one, 90 * MB)
    kept(before, 90 * MB, at=clock.now() - timedelta(days=30, seconds=1))
    files.attach(pitch, "a.pdf", PDF)
    with pytest.raises(FileRefused, match="100 MB in 30 days"):
        files.attach(pitch, "a.pdf", PDF)


@pytest.mark.django_db
@pytest.mark.parametrize(("standing", "takes"), [("stranger", True), ("introduced", True), ("known", False)])
def test_nobody_else_may(standing: str, takes: bool) -> None:
    pitch = PitchFactory(waiting=True, standing=standing, door__takes_files=takes)
    with pytest.raises(intake.Refused) as refused:
        files.attach(pitch, "a.pdf", PDF)
    assert (refused.value.why, files.welcome(pitch, pitch.told_state)) == ("tier", False)


@pytest.mark.django_db
def test_what_was_answered_meanwhile_takes_no_file(pitch: Pitch) -> None:
    Pitch.objects.filter(pk=pitch.pk).update(state="declined")
    with pytest.raises(intake.Refused) as refused:
        files.attach(pitch, "a.pdf", PDF)
    assert (refused.value.why, Attachment.objects.count()) == ("answered", 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("agency", [True, False])
def test_eight_tabs_cannot_pass_the_limit(pitch: Pitch, agency: bool) -> None:
    if not agency:
        pitch.sender.agency = None
        pitch.sender.save()
    done = race(lambda _tab: files.attach(Pitch.objects.get(pk=pitch.pk), "a.pdf", PDF))
    assert (
        sorted("refused" if one is FileRefused else type(one).__name__ for one in done)
        == ["Attachment"] * 3 + ["refused"] * 5
    )
    assert Attachment.objects.count() == files.MOST


@pytest.mark.django_db
@pytest.mark.parametrize("standing", ["blocked", "paused"])
def test_whoever_fell_out_since_adds_no_file(pitch: Pitch, standing: str) -> None:
    until = clock.now() + timedelta(days=3)
    relationships.set_by_hand(pitch.page, pitch.sender, Standing(standing), by=None, until=until)
    with pytest.raises(intake.Refused) as refused:
        files.attach(pitch, "a.pdf", PDF)
    assert (refused.value.why, Attachment.objects.count()) == ("tier", 0)
