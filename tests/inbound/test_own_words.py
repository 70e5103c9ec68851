"""What somebody wrote themselves: without quotes and signatures, in the ways of many mail programs."""

import time

import pytest

from pitches.inbound import own_words

OURS = "Maya Lind via Halfdoor <post@halfdoor.example>"
QUOTE = "\n\n> Maya would like to know one thing:\n> What does it cost them?\n"
GMAIL = {
    "en": f"On Mon, Nov 2, 2026 at 9:12 AM {OURS} wrote:",
    "wrapped": "On Mon, Nov 2, 2026 at 9:12 AM Maya Lind via Halfdoor <\npost@halfdoor.example> wrote:",
    "de": f"Am Mo., 2. Nov. 2026 um 09:12 Uhr schrieb {OURS}:",
    "es": "El lun, 2 nov 2026 a las 9:12, Maya Lind via Halfdoor (<post@halfdoor.example>) escribió:",
    "es wrapped": "El lun, 2 nov 2026 a las 9:12, Maya Lind via Halfdoor\n(<post@halfdoor.example>) escribió:",
    "es, another address": "El lun, 2 nov 2026 a las 9:12, Maya Lind\n(<maya@page.example>) escribió:",
    "fr": f"Le lun. 2 nov. 2026 à 09:12, {OURS} a écrit :",
    "pt, which nobody knows": f"Em seg., 2 de nov. de 2026 às 09:12, {OURS} escreveu:",
}
OUTLOOK = {
    "en": f"From: {OURS}\nSent: Monday, November 2, 2026 9:12 AM\nTo: Elif\nSubject: Maya asks\n\nWhat does it cost?",
    "de": f"Von: {OURS}\nGesendet: Montag, 2. November 2026 09:12\nAn: Elif\nBetreff: Maya asks\n\nWhat does it cost?",
    "es": f"De: {OURS}\nEnviado: lunes, 2 de noviembre de 2026 9:12\nPara: Elif\nAsunto: Maya asks\n\nWhat?",
    "fr": f"De : {OURS}\nEnvoyé : lundi 2 novembre 2026 09:12\nÀ : Elif\nObjet : Maya asks\n\nWhat does it cost?",
}


@pytest.mark.parametrize("header", GMAIL.values(), ids=GMAIL)
def test_what_gmail_and_apple_mail_quote_is_left_out(header):
    assert own_words.of(f"It costs nothing.\n\n{header}{QUOTE}") == "It costs nothing."
    quoted = "\n".join(f"> {line}" for line in f"{header}\n\nWhat does it cost?".split("\n"))
    assert own_words.of(f"It costs nothing.\n\n{quoted}") == "It costs nothing."


@pytest.mark.parametrize("header", OUTLOOK.values(), ids=OUTLOOK)
def test_what_outlook_quotes_is_left_out(header):
    assert own_words.of(f"It costs nothing.\n\n{header}") == "It costs nothing."


@pytest.mark.parametrize(
    "text", [f"{one}{QUOTE}" for one in GMAIL.values()] + list(OUTLOOK.values()) + [QUOTE, "", "\n"]
)
def test_of_a_mail_that_only_quotes_nothing_is_left(text):
    assert own_words.of(text) == ""


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nElif Kaya\nMosaic Research\n+90 212 555 01 23",
        "Best regards,\nElif",
        "Viele Grüße\nElif",
        "Mit freundlichen Grüßen\nElif Kaya",
        "Un saludo,\nElif",
        "Cordialement,\nElif",
        "Sent from my iPhone",
        "Gesendet von meinem iPhone",
    ],
)
def test_a_signature_is_left_out(signature):
    assert own_words.of(f"It costs nothing.\n\n{signature}") == "It costs nothing."
    assert own_words.of(f"It costs nothing.\n\n{signature}\n\n{GMAIL['en']}{QUOTE}") == "It costs nothing."


@pytest.mark.parametrize(
    "text",
    [
        "Hi Maya,\n\nThanks, great question. It costs them nothing.",
        "Thanks, 500 euros",
        "Thank you, it is free.",
        "Three things:\n- one\n- two\n- three\nAnd so on.",
        "On Monday we wrote: it costs nothing.\nThat holds.",
        "Best practice is nothing.\n\nThanks, that is all we know.\nMore in spring.",
    ],
)
def test_an_answer_that_looks_a_little_like_a_signature_stays_whole(text):
    assert own_words.of(text) == text


def test_an_answer_under_the_quote_or_between_its_lines_is_found():
    assert own_words.of(f"{GMAIL['en']}{QUOTE}\nIt costs nothing.") == "It costs nothing."
    assert own_words.of("> What does it cost?\nNothing.\n> Who says so?\nThe ministry.") == "Nothing.\nThe ministry."


def test_no_text_takes_long():
    nasty = (
        "On ",
        " On On ",
        "Il ",
        "Op ",
        "Den ",
        "Dne ",
        "\n",
        "\n \n",
        "From:\n",
        "> ",
        "-",
        "Best regards\n",
        "mail ",
    )
    for one in nasty:
        start = time.process_time()
        own_words.of(one * (100_000 // len(one)))
        assert time.process_time() - start < 3, one
