"""A wrong value refuses to start, with a sentence that names it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import embedded, env


@pytest.mark.parametrize(("value", "expected"), [("yes", True), ("1", True), ("ON", True), ("no", False), ("0", False)])
def test_a_flag_takes_the_usual_spellings(monkeypatch, value, expected):
    monkeypatch.setenv("LAMP", value)
    assert env.flag("LAMP") is expected


def test_an_empty_flag_is_its_default(monkeypatch):
    monkeypatch.setenv("LAMP", "  ")
    assert [env.flag("LAMP", default=True), env.flag("NOT_SET")] == [True, False]


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.flag("LAMP"), "maybe"),
        (lambda: env.number("LAMP", 3), "many"),
        (lambda: env.number("LAMP", 3, at_least=1), "0"),
        (lambda: env.url("LAMP", schemes=("https",)), "ftp://example.org"),
    ],
)
def test_a_wrong_value_names_the_setting(monkeypatch, read, value):
    monkeypatch.setenv("LAMP", value)
    with pytest.raises(ImproperlyConfigured, match="LAMP"):
        read()


def test_numbers_and_words_are_read(monkeypatch):
    monkeypatch.setenv("LAMP", "7")
    monkeypatch.setenv("HOSTS", "a.example, b.example,")
    assert (env.number("LAMP", 3), env.number("NOT_SET", 3)) == (7, 3)
    assert env.words("HOSTS") == ["a.example", "b.example"]


def test_a_secret_may_lie_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("open sesame\n")
    monkeypatch.setenv("CAVE_FILE", str(tmp_path / "key"))
    assert env.secret("CAVE") == "open sesame"


def test_a_secret_file_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("CAVE_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ImproperlyConfigured, match="CAVE_FILE"):
        env.secret("CAVE")


def test_the_local_key_is_made_once_and_for_the_owner_only(tmp_path):
    first = embedded.local_key(tmp_path / "var", production=False)
    assert embedded.local_key(tmp_path / "var", production=False) == first
    assert len(first) > 50
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o077 == 0


def test_production_must_bring_its_key(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        embedded.local_key(tmp_path, production=True)


def test_sockets_of_a_long_path_lie_in_a_short_one(tmp_path):
    long = tmp_path / ("x" * 120) / "var"
    assert len(str(embedded.socket_dir(long))) < 80
    assert embedded.socket_dir(long) == embedded.socket_dir(long)
    assert embedded.socket_dir(long) != embedded.socket_dir(long / "other")
