"""The checks. Each takes a pitch and returns the evidence, or nothing.

Source of the signs: warnings of creator platforms about sponsorship scams, see docs/screening.md.
"""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from pitches.models import Payer, Pitch
from pitches.screening import terms
from portal import domains

ARCHIVE = re.compile(r"\.(?:zip|rar|7z|exe|scr|iso|msi|docm|xlsm|gz)(?:$|[?#])", re.IGNORECASE)
SHORTENERS = frozenset(
    "bit.ly t.co tinyurl.com goo.gl ow.ly is.gd buff.ly cutt.ly rebrand.ly shorturl.at lnkd.in".split()
)
# Each sign has alternatives; one of them is enough.
WORDS: dict[str, tuple[str, ...]] = {
    "archive": (r"\b(?:download|open|unpack)\b.{0,30}\b(?:archive|zip|rar)\b", r"\bcontract archive\b"),
    "password": (r"\bpassword\b\s*(?:is|:)?\s*\S*\d",),
    "login_link": (r"\b(?:sign|log)[ -]?in with your\b", r"\bconnect your (?:channel|account)\b"),
    "upfront_fee": (
        r"\b(?:onboarding|registration|shipping|activation|refundable|processing)\b.{0,20}\b(?:fee|deposit)\b",
    ),
    "urgency": (
        r"\bwithin (?:the next )?(?:\d|1\d|2[0-4]) ?(?:hours?|h)\b",
        r"\bbefore midnight\b",
        r"\btoday only\b",
        r"\blast chance\b",
    ),
    "off_platform": (
        r"\b(?:whats ?app|telegram|signal|wechat|viber)\b.{0,40}\+\d",
        r"\b(?:message|text|write) (?:me|us) (?:on|at|via) (?:whats ?app|telegram|signal|wechat|viber)\b",
    ),
    "bank_data": (r"\b(?:iban|card number|bank details|passport (?:scan|copy)|identity card)\b",),
    "placeholder": (r"\{\{?\s*\w+\s*\}?\}", r"\[(?:first ?)?name\]", r"<\s*name\s*>", r"\bINSERT \w+ HERE\b"),
    "hidden_disclosure": (
        r"\b(?:not|don't|no need to|without) (?:disclos|mark|label|say)\w*\b.{0,30}\b(?:ad|advert|sponsor\w*|paid)\b",
    ),
}
WORDS["machine"] = (
    r"\bas an? (?:ai|large)? ?(?:language model|ai assistant)\b",
    r"\bi am an? (?:ai|automated|autonomous) (?:assistant|agent)\b",
    r"\b(?:written|generated|sent) by (?:chatgpt|an? (?:ai|autonomous) (?:assistant|agent))\b",
)
PATTERNS = {code: re.compile("|".join(ways), re.IGNORECASE) for code, ways in WORDS.items()}

GREETING = re.compile(r"(?:Hi|Hello|Hey|Dear)\s+(@\w+|[A-Z][a-z]{2,})\b(?=\s*[,:!–-])")
NOBODY = frozenset("There Everyone Everybody All Team Editor Editors Reader Readers Friend Friends Sir Madam".split())

Check = Callable[[Pitch], str]


def _text(pitch: Pitch) -> str:
    return f"{pitch.line}\n{pitch.why}\n{pitch.detail}"


def _said(code: str) -> Check:
    def check(pitch: Pitch) -> str:
        hit = PATTERNS[code].search(_text(pitch))
        return hit.group(0) if hit else ""

    return check


def archive(pitch: Pitch) -> str:
    """The link or the text offers an archive or a program."""
    return pitch.link if ARCHIVE.search(pitch.link) else _said("archive")(pitch)


def shortener(pitch: Pitch) -> str:
    """The link hides where it goes."""
    return pitch.link_host if domains.registrable(pitch.link_host) in SHORTENERS else ""


def machine(pitch: Pitch) -> str:
    """The text says that a machine wrote it, and names nobody who answers for it."""
    return "" if pitch.machine_for else _said("machine")(pitch)


def _brand(pitch: Pitch) -> str:
    return domains.skeleton(pitch.company)


def free_mail_brand(pitch: Pitch) -> str:
    """A company's name in a freemail address."""
    local, _at, domain = pitch.email.lower().partition("@")
    brand = _brand(pitch)
    used = len(brand) >= 4 and brand in domains.skeleton(local)
    return pitch.email if used and domains.shared(domains.registrable(domain)) else ""


def lookalike_domain(pitch: Pitch) -> str:
    """A domain that reads like the company's or the sender's own, and is another.

    Letters that look alike are a sign whoever pays; another ending or a word more only where somebody writes for
    their own company, for a client's domain has nothing to do with the agency's.
    """
    host = domains.registrable(pitch.link_host)
    own = domains.registrable(pitch.email.rpartition("@")[2])
    if host == own:
        return ""
    name = _plain(host.partition(".")[0])
    for real in (_plain(pitch.company), _plain(own.partition(".")[0])):
        if len(real) >= 4 and name != real and domains.skeleton(name) == domains.skeleton(real):
            return _("%(host)s reads like %(real)s") % {"host": host, "real": real}
    near = pitch.payer == Payer.OWN and not domains.shared(own) and _grown_from(host, own)
    return _("%(host)s reads like %(real)s") % {"host": host, "real": own} if near else ""


def _grown_from(host: str, own: str) -> bool:
    """The own name with another ending, or with a word more: tallyboard.test, tallyboard-offers.example."""
    name, real = host.partition(".")[0], own.partition(".")[0]
    longer = len(real) >= 6 and (name.startswith(real) or name.endswith(real))
    return len(real) >= 4 and (name == real or real in name.split("-") or longer)


def _plain(name: str) -> str:
    """A name as it stands in a domain: "Lind & Co" is lindco."""
    return "".join(filter(str.isalnum, name.lower()))


def empty_why(pitch: Pitch) -> str:
    """The reason says nothing: under four words."""
    return pitch.why if len(pitch.why.split()) < 4 and pitch.payer != Payer.NOBODY else ""


def placeholder(pitch: Pitch) -> str:
    """A mail merge that went wrong: a field left in the text, or a greeting by handle or by somebody else's name."""
    if left := _said("placeholder")(pitch):
        return left
    greeting = GREETING.match(pitch.why.strip()) or GREETING.match(pitch.detail.strip())
    if not greeting or (name := greeting.group(1)) in NOBODY:
        return ""
    known = pitch.page.name.split() if pitch.page_id else []
    return greeting.group(0) if name.startswith("@") or (known and name not in known) else ""


CHECKS: dict[str, Check] = {
    "archive": archive,
    "category_exclusivity": terms.category_exclusivity,
    "commission_only": terms.commission_only,
    "empty_why": empty_why,
    "final_say_brand": terms.final_say_brand,
    "free_mail_brand": free_mail_brand,
    "lookalike_domain": lookalike_domain,
    "machine": machine,
    "perpetual_usage": terms.perpetual_usage,
    "placeholder": placeholder,
    "sensitive": terms.sensitive,
    "short_notice": terms.short_notice,
    "shortener": shortener,
} | {code: _said(code) for code in PATTERNS if code not in ("archive", "machine", "placeholder")}

# Signs of theft rather than of bad manners.
GRAVE = frozenset(
    {
        "archive",
        "bank_data",
        "login_link",
        "lookalike_domain",
        "password",
        "upfront_fee",
    }
)
