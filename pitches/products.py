"""Products: the IAB Ad Product Taxonomy 2.0, and which of its categories are closed unless a page opens them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LIST = Path(__file__).resolve().parent / "taxonomies/ad-product-taxonomy-2.0.tsv"
ARROW = " › "


@dataclass(frozen=True)
class Product:
    """A category: its id, and its names from the broadest to its own."""

    key: str
    names: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it stands, such as "Computer Software › Browser Extensions"."""
        return ARROW.join(self.names)


@dataclass(frozen=True)
class Sensitive:
    """A kind of product that is closed unless the owner opens it: its slug, its name, and the ids below it."""

    slug: str
    name: str | Promise
    ids: frozenset[str]


@cache
def products() -> dict[str, Product]:
    """Every category by its id, in the order of the catalogue."""
    lines = LIST.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines if line.strip()]
    return {row[0]: Product(row[0], tuple(name.strip() for name in row[3:] if name.strip())) for row in rows}


@cache
def _by_words() -> dict[str, str]:
    """The id of each path, and of each own name that only one category has; in small letters."""
    found: dict[str, str] = {}
    twice = set()
    for product in products().values():
        name = product.names[-1].casefold()
        twice |= {name} & found.keys()
        found[name] = product.key
    found = {name: key for name, key in found.items() if name not in twice}
    return found | {product.path.casefold(): product.key for product in products().values()}


def read(text: str) -> str | None:
    """The id of a category that was given by its id, its path or its name."""
    words = " ".join(text.split())
    return words if words in products() else _by_words().get(words.casefold().replace(" > ", ARROW))


def name_of(key: str) -> str:
    """The own name of a category; nothing for an unknown id."""
    return products()[key].names[-1] if key in products() else ""


# The branches that IAB names for ad safety ("ad safety risk"): advertising them is regulated, or readers mind.
_BRANCHES = {
    "adult": ("Adult Products and Services", _("Adult products and services")),
    "alcohol": ("Alcohol", _("Alcohol")),
    "cannabis": ("Cannabis", _("Cannabis")),
    "crypto": ("Non-Fiat Currency", _("Cryptocurrencies and other non-fiat currency")),
    "dating": ("Dating", _("Dating")),
    "dieting": ("Dieting and Weightloss", _("Dieting and weight loss")),
    "finance": ("Finance and Insurance", _("Finance and insurance")),
    "gambling": ("Gambling", _("Gambling")),
    "pharmaceuticals": ("Pharmaceuticals", _("Pharmaceuticals")),
    "politics": ("Politics", _("Politics")),
    "sexual-health": ("Sexual Health", _("Sexual health")),
    "social-issues": ("Debated Sensitive Social Issue", _("Debated social issues")),
    "tobacco": ("Tobacco", _("Tobacco and vaping")),
    "unsafe": ("Ad Safety Risk", _("Anything else that is a risk to readers")),
    "weapons": ("Weapons and Ammunition", _("Weapons and ammunition")),
}


def _sensitive(slug: str, branch: str, name: str | Promise) -> Sensitive:
    return Sensitive(slug, name, frozenset(one.key for one in products().values() if one.names[0] == branch))


SENSITIVE = {slug: _sensitive(slug, branch, name) for slug, (branch, name) in _BRANCHES.items()}


def sensitive_choices() -> list[tuple[str, str | Promise]]:
    """What an owner may open: (slug, name)."""
    return [(one.slug, one.name) for one in SENSITIVE.values()]


def kind_of(key: str) -> Sensitive | None:
    """The sensitive kind that a category belongs to, if any."""
    return next((one for one in SENSITIVE.values() if key in one.ids), None)


def accepted(opened: Iterable[str]) -> dict[str, Product]:
    """The categories that a page takes which opened these sensitive kinds."""
    shut = frozenset[str]().union(*(one.ids for slug, one in SENSITIVE.items() if slug not in set(opened)))
    return {key: product for key, product in products().items() if key not in shut}
