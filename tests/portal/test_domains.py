"""Domains and mailboxes: who is behind an address, and who only looks like it."""

import pytest

from portal import domains


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mail.northbeam.example", "northbeam.example"),
        ("northbeam.example", "northbeam.example"),
        ("NORTHBEAM.Example", "northbeam.example"),
        ("a.b.co.uk", "b.co.uk"),
        ("shop.github.io", "shop.github.io"),
        ("example", ""),
        ("co.uk", ""),
        ("localhost", ""),
        ("127.0.0.1", ""),
        ("", ""),
        ("northbeam.invalid", ""),
        ("northbeam.test", "northbeam.test"),
    ],
)
def test_the_domain_that_somebody_registered(host, domain):
    assert domains.registrable(host) == domain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ines@Northbeam.example", "ines@northbeam.example", True),
        ("ines+press@northbeam.example", "ines@northbeam.example", False),
        (" ines@northbeam.example ", "ines@northbeam.example", True),
        ("i.nes@northbeam.example", "ines@northbeam.example", False),
        ("ines@mail.northbeam.example", "ines@northbeam.example", False),
        ("ines@northbeam.test", "ines@northbeam.example", False),
    ],
)
def test_a_mailbox_is_its_address_without_case(one, other, same):
    assert (domains.mailbox(one) == domains.mailbox(other)) is same


@pytest.mark.parametrize(
    ("email", "canonical"),
    [
        ("Ines+press@Northbeam.example", "ines@northbeam.example"),
        ("ines+a+b@northbeam.example", "ines@northbeam.example"),
        ("+ines@northbeam.example", "+ines@northbeam.example"),
        ("I.n.e.s+x@googlemail.com", "ines@gmail.com"),
        ("i.nes@northbeam.example", "i.nes@northbeam.example"),
    ],
)
def test_a_block_does_not_look_at_plus_tags(email, canonical):
    assert domains.canonical(email) == canonical


@pytest.mark.parametrize(
    ("domain", "shared"),
    [
        ("gmail.com", True),
        ("proton.me", True),
        ("mailinator.com", True),
        ("mozmail.com", True),
        ("docomo.ne.jp", True),
        ("northbeam.example", False),
        ("", False),
    ],
)
def test_shared_domains_say_nothing_about_a_company(domain, shared):
    assert domains.shared(domain) is shared


@pytest.mark.parametrize(
    ("fake", "real"),
    [
        ("tal1yboard", "tallyboard"),
        ("rnosaic", "mosaic"),
        ("northbe\u0430m", "northbeam"),
        ("0ak and Rye", "oakandrye"),
    ],
)
def test_look_alikes_have_one_skeleton(fake, real):
    assert domains.skeleton(fake) == domains.skeleton(real)


@pytest.mark.parametrize(("one", "other"), [("mosaic", "prosaic"), ("northbeam", "southbeam"), ("oak", "ash")])
def test_other_names_have_others(one, other):
    assert domains.skeleton(one) != domains.skeleton(other)
