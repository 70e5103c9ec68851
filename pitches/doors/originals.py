"""Who wrote a mail that was forwarded, or pasted: the lines that mail programs put above it, in some languages.

The libraries for this were tried (docs/decisions/0036-mail-is-another-hand.md); a table of words does the same.
"""

import re
from dataclasses import dataclass

LONGEST = 6000  # characters that are looked at: the head of a mail stands at its beginning
BLOCK = 20  # lines that are looked at as headers
# What the programs call a header: Gmail, Outlook and Apple Mail in English, German, Spanish and French.
FROM = frozenset({"from", "von", "de", "remitente", "expéditeur", "absender", "mailto"})
SUBJECT = frozenset({"subject", "betreff", "asunto", "objet", "sujet"})
OTHERS = frozenset(
    {
        *("date", "sent", "to", "cc", "reply-to", "datum", "gesendet", "an", "kopie", "antwort an", "fecha"),
        *(
            "enviado",
            "enviado el",
            "para",
            "envoyé",
            "à",
            "responder a",
            "répondre à",
            "fecha de envío",
            "date d’envoi",
        ),
    }
)
HEADER = re.compile(r"[*\s]*(?P<name>[^\W\d_][\w’' -]{0,20}?)[*\s\u00a0]*:[*\s\u00a0]*(?P<value>.*)")
QUOTED = re.compile(r"^[>\s\u00a0]+")
BEFORE = re.compile(r"[<\[(\"' ]*(?:mailto:)?$")  # between a name and its address
ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


@dataclass(frozen=True)
class Original:
    """Whoever wrote first, and about what. Any of it may be empty."""

    name: str = ""
    address: str = ""
    subject: str = ""

    @property
    def who(self) -> str:
        """Name and address in one, as far as they are known, for people to read."""
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


NOBODY = Original()


def in_text(text: str) -> Original:
    """Whose mail stands in a text: the first block of lines such as "From: …", of which one names the subject or a
    date. Nobody, where there is none.
    """
    lines = [QUOTED.sub("", line) for line in text[:LONGEST].splitlines()]
    for place, line in enumerate(lines):
        found = HEADER.fullmatch(line)
        if found and found["name"].lower() in FROM:
            block = _block(lines[place : place + BLOCK])
            if len(block) > 1:
                return of(block.get("from", ""), block.get("subject", ""))
    return NOBODY


def _block(lines: list[str]) -> dict[str, str]:
    """The headers up to the first empty line; what is none of them goes on with the line before."""
    block: dict[str, str] = {}
    last = ""
    for line in lines:
        if not line.strip():
            break
        found = HEADER.fullmatch(line)
        kind = _kind(found["name"].lower()) if found else ""
        if found and kind:
            last = kind
            block.setdefault(kind, found["value"].strip())
        elif last:
            block[last] += f" {line.strip()}"
    return block


def _kind(name: str) -> str:
    if name in FROM:
        return "from"
    return "subject" if name in SUBJECT else name if name in OTHERS else ""


def of(sender: str, subject: str) -> Original:
    """From the two headers of a mail, whatever stands in them."""
    line = " ".join(sender.split())[:300]
    address = ADDRESS.search(line)
    before = line[: address.start()] if address else line
    name = BEFORE.sub("", before).strip("\"'* ")[:80]
    return Original("" if "@" in name else name, address[0].lower() if address else "", " ".join(subject.split())[:200])


def address_in(who: str) -> str:
    """The address in what is known of somebody; empty where there is none."""
    found = ADDRESS.search(who)
    return found[0] if found else ""
