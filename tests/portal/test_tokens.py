"""Tokens and codes: cannot be guessed, can be said again, are not in the database."""

import base64

import pytest
from cryptography.fernet import InvalidToken

from pitches.models import Pitch
from pitches.web import access
from portal import tokens
from tests.factories import PitchFactory

MANY = 2000


def bits(token):
    return len(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))) * 8


def test_a_seed_has_128_bits_and_never_comes_twice():
    seeds = {tokens.seed() for _ in range(MANY)}
    assert len(seeds) == MANY
    assert {len(bytes.fromhex(seed)) * 8 for seed in seeds} == {128}


def test_a_link_has_160_bits_and_fits_into_an_address():
    token = tokens.link_token("pitch", tokens.seed())
    assert (bits(token), len(token)) == (160, 27)
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_the_same_row_gives_the_same_link_for_ever():
    assert tokens.link_token("pitch", "5eed") == tokens.link_token("pitch", "5eed")


def test_another_purpose_another_row_and_another_key_give_other_links(settings):
    links = {tokens.link_token("pitch", "5eed"), tokens.link_token("stop", "5eed"), tokens.link_token("pitch", "5eee")}
    settings.LINK_KEY = "another"
    links.add(tokens.link_token("pitch", "5eed"))
    assert len(links) == 4


def test_a_new_secret_key_leaves_mailed_links_alone(settings):
    before = tokens.link_token("pitch", "5eed")
    settings.SECRET_KEY = "another"
    assert tokens.link_token("pitch", "5eed") == before


@pytest.mark.django_db
def test_a_row_is_found_by_the_digest_and_holds_no_token():
    pitch = PitchFactory()
    row = Pitch.objects.filter(pk=pitch.pk).values().get()
    assert access.pitch_by_token(pitch.token) == pitch
    assert row["token_hash"] == tokens.digest(pitch.token)
    assert pitch.token not in map(str, row.values())


def test_a_code_has_six_digits_and_starts_with_any():
    codes = {tokens.six_digits() for _ in range(MANY)}
    assert {(len(code), code.isdecimal()) for code in codes} == {(6, True)}
    assert {code[0] for code in codes} == set("0123456789")
    assert len(codes) > MANY * 0.99


def test_the_hash_of_a_code_depends_on_salt_and_key(settings):
    hashes = {tokens.code_hash("a", "123456"), tokens.code_hash("b", "123456"), tokens.code_hash("a", "123457")}
    settings.SECRET_KEY = "another"
    hashes.add(tokens.code_hash("a", "123456"))
    assert len(hashes) == 4


def test_a_reference_has_no_look_alikes():
    letters = set("".join(tokens.reference(40) for _ in range(100)))
    assert letters == set(tokens.LETTERS)
    assert letters & set("0O1IL2Z5S") == set()


def test_comparing_takes_any_text():
    assert [tokens.same("é", "é"), tokens.same("a", "ab"), tokens.same("", "")] == [True, False, True]


def test_what_is_sealed_is_opened_with_the_key_only(settings):
    sealed = tokens.seal({"code": "123456"})
    assert b"123456" not in sealed
    assert tokens.unseal(sealed) == {"code": "123456"}
    settings.SECRET_KEY = "another"
    with pytest.raises(InvalidToken):
        tokens.unseal(sealed)
