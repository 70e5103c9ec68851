"""The words of the site in other languages: complete, whole, and nothing is said that is not among them."""

import calendar
import io

import pytest
from django.core.management import call_command

from pitches.models import Message, Pitch
from pitches.notify import catalogue, render
from pitches.notify import samples as operators
from portal import words
from portal.models import User
from tests import pseudo as made_up
from tests.factories import MessageFactory
from tests.notify import samples
from tests.notify.test_render import html_of, subject_of
from tests.notify.test_samples import every_variant
from tests.pseudo import pseudo  # noqa: F401 (a fixture)
from tests.test_urls import URLS, World

db = pytest.mark.django_db
LANGUAGES = words.languages()
every_sample = pytest.mark.parametrize("sample", samples.SAMPLES.values(), ids=samples.SAMPLES)


# ── the catalogues ───────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def texts():
    return words.texts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_its_placeholders(texts, language):
    assert list(words.problems(language, texts)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_as_the_command_would_write_it(texts, language):
    assert words.written(language, words.merged(language, texts)) == words.file_of(language).read_bytes()


def test_the_languages_of_the_site_are_those_that_have_words(settings):
    assert [code for code, _name in settings.LANGUAGES] == ["en", *words.languages()]


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A tree with one template, and its catalogue in German."""
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(words, "ROOT", tmp_path)
    monkeypatch.setattr(words, "LOCALE", tmp_path / "locale")
    template = tmp_path / "templates/page.html"

    def say(*said, **filled):
        template.write_text("".join(f'{{% translate "{one}" %}}\n' for one in said))
        words.keep("de", words.merged("de", words.texts()))
        catalogue = words.translated("de")
        for one in catalogue:
            if one.id in filled:
                one.string = filled[one.id]
        words.keep("de", catalogue)
        return {one.id: (one.string, one.fuzzy) for one in words.translated("de") if one.id}

    return say


def test_a_text_keeps_its_translation_and_what_is_gone_goes(small):
    assert small("Door", "Pitch", Door="Tür", Pitch="Pitch")["Door"] == ("Tür", False)
    assert small("Door", "Ledge") == {"Door": ("Tür", False), "Ledge": ("", False)}


def test_a_text_that_changed_a_little_offers_what_it_had(small):
    small("The door is open today", **{"The door is open today": "Heute offen"})
    assert small("The door is open today.") == {"The door is open today.": ("Heute offen", True)}
    assert "fuzzy" in next(words.problems("de", words.texts()))


@pytest.mark.parametrize(
    ("text", "said", "why"),
    [
        ("Hello {name}", "Hallo {nam}", "placeholders"),
        ("Hello {name}", "Hallo", "placeholders"),
        ("Hello <b>you</b>", "Hallo Sie", "placeholders"),
        ("Hello ", "Hallo", "begins or ends"),
        ("Hello", "", "not translated"),
    ],
)
def test_what_a_reader_would_stumble_over_is_named(small, text, said, why):
    small(text, **{text: said})
    assert why in next(words.problems("de", words.texts()))


def test_the_command_says_what_is_missing_and_takes_it(small, tmp_path):
    small("Door", "Ledge", Door="Tür")
    with pytest.raises(Exception, match="complete"):
        call_command("words", check=True, stdout=io.StringIO())
    todo = io.StringIO()
    call_command("words", missing="de", stdout=todo)
    assert "Door" not in todo.getvalue()
    (tmp_path / "todo.po").write_text(
        todo.getvalue().replace('msgid "Ledge"\nmsgstr ""', 'msgid "Ledge"\nmsgstr "Sims"')
    )
    call_command("words", fill=["de", str(tmp_path / "todo.po")], stdout=io.StringIO())
    call_command("words", check=True, stdout=io.StringIO())


# ── nothing besides ──────────────────────────────────────────────────────────
# Files for machines, other people's pages, and what is written in English on purpose.
NOT_READ = {
    *("public:json", "public:ics", "agency:dates", "desk:dates", "public:qr", "public:qr_png", "public:card"),
    *("public:site_key", "healthz", "desk:sample", "desk:numbers_csv", "drawer", "drawer_mail", "drawer_html"),
}
# What the columns of a table of people are called, and what may stand in them.
OF_OPERATORS = ("operator:kind", "operator:log", "operator:mail")
# What computers say to each other, and the people of the sample mails.
COMPUTERS = set("From Reply Date Message References Auto Submitted MIME Version Content Type Survey".split())
COMPUTERS |= {"multipart", "alternative", "boundary", "auto", "generated", *calendar.day_abbr, *calendar.month_abbr}
PEOPLE = set("Maya Lind Elif Kaya Mosaic Research Sam Ode Firefox Windows Lisbon".split())  # of the sample mails
OF_MAILS = {*catalogue.KINDS, *(name for kind in catalogue.KINDS for name in operators.variants(kind))}
COLUMNS = set("email name company note standing door until tags introduced known trusted blocked paused".split())


@db
@pytest.mark.parametrize("role", ["anonymous", "owner"])
def test_no_page_says_anything_that_cannot_be_translated(pseudo, role):  # noqa: F811
    world = World()
    User.objects.update(language=pseudo)
    plain = plainly(world, world.client(role), sorted(set(URLS) - NOT_READ), COLUMNS)
    assert len(plain) > 15
    assert {name: lines for name, lines in plain.items() if lines} == {}


@db
def test_no_page_of_operators_says_anything_that_cannot_be_translated(pseudo):  # noqa: F811
    world = World()
    User.objects.update(language=pseudo, is_staff=True)
    MessageFactory(kind="digest", state="dead")
    plain = plainly(world, world.client("owner"), OF_OPERATORS, COMPUTERS | OF_MAILS | PEOPLE)
    assert plain == {name: [] for name in OF_OPERATORS}


def plainly(world, client, names, known):
    """Of each page that somebody is shown, the lines with words that nobody can translate."""
    plain, known = {}, known | made_up.stored() | made_up.NAMES
    for name in names:
        response = client.get(world.path(name))
        if response.status_code == 200 and "html" in response["Content-Type"]:
            said = made_up.Spoken(response.content.decode()).said
            left = set(made_up.unspoken("\n".join(said))) - known
            plain[name] = [line for line in said if set(made_up.unspoken(line)) & left]
    return plain


@db
@every_sample
def test_no_mail_says_anything_that_cannot_be_translated(pseudo, sample):  # noqa: F811
    message = sample()
    mail = render.build(fresh(message, pseudo))
    left = set(made_up.unspoken(f"{mail.subject}\n{mail.body}"))
    assert left - made_up.stored() - made_up.NAMES == set()


@db
@every_variant
def test_no_variant_of_a_mail_says_anything_that_cannot_be_translated(pseudo, kind, variant):  # noqa: F811
    mail = operators.of(kind, pseudo, variant).mail
    left = set(made_up.unspoken(f"{mail.subject}\n{mail.body}"))
    assert left - PEOPLE - made_up.NAMES == set()


def fresh(message, language):
    """The message as a worker meets it, all its people reading this language."""
    User.objects.update(language=language)
    Pitch.objects.update(language=language)
    Message.objects.filter(pk=message.pk).update(language=language)
    return Message.objects.get(pk=message.pk)


@db
@every_sample
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_is_short_and_says_its_language(language, sample):
    mail = render.build(fresh(sample(), language))
    assert 0 < len(subject_of(mail)) <= render.SUBJECT
    assert f'<html lang="{language}" dir="ltr"' in html_of(mail)


@db
@every_sample
def test_every_mail_in_arabic_begins_on_the_right(settings, sample):
    settings.LANGUAGES = [("en", "English"), ("ar", "العربية")]
    html = html_of(render.build(fresh(sample(), "ar")))
    assert '<html lang="ar" dir="rtl"' in html
    assert "direction:ltr" not in html.replace(" ", "")  # it would begin each paragraph on the left
