"""What signing in does differently here."""

import pytest
from allauth.account.adapter import get_adapter

SENT: list[tuple[str, str, dict]] = []


def keep(to: str, template_prefix: str, context: dict) -> None:
    """An outbox that only remembers."""
    SENT.append((to, template_prefix, context))


def test_account_mail_goes_to_the_named_outbox(settings):
    settings.MAIL_OUT = "tests.portal.test_accounts.keep"
    SENT.clear()
    get_adapter().send_mail("account/email/login_code", "ada@example.org", {"code": "482915"})
    assert SENT == [("ada@example.org", "account/email/login_code", {"code": "482915"})]


@pytest.mark.parametrize("make", [get_adapter().generate_email_verification_code, get_adapter().generate_login_code])
def test_a_code_is_six_digits(make):
    codes = {make() for _ in range(50)}
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(codes) > 40


def test_a_wrong_code_says_what_to_do():
    assert str(get_adapter().error_messages["incorrect_code"]).endswith("or send another.")
