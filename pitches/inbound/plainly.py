"""From HTML to text: the words in their lines, quotes marked as mail programs mark them in text.

Not with html.parser: it goes over the rest again for every `<` that is never closed, which takes minutes for 100 kB.
"""

import re
from html import unescape

TOKEN = re.compile(r"<!--|<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,20})[^<>]*>|<[!?/][^<>]*>|[^<]+|<")
UNSAID = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
LINES = frozenset(
    {"p", "div", "br", "tr", "li", "table", "ul", "ol", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}
)
MOST_QUOTED = 5


class _Reader:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted, self.unsaid = 0, ""

    def read(self, html: str) -> str:
        place = 0
        while found := TOKEN.match(html, place):
            place = found.end()
            if found[0] == "<!--":
                end = html.find("-->", place)
                place = end + 3 if end >= 0 else len(html)
            elif found["tag"]:
                self.tag(found["tag"].lower(), ends=bool(found["end"]))
            elif not self.unsaid and not found[0].startswith(("<!", "<?", "</")):
                self.line.append(found[0])
        self.end_line()
        return "\n".join(self.lines)

    def end_line(self) -> None:
        words = " ".join(unescape("".join(self.line)).split())
        self.lines.append(f"{'>' * min(self.quoted, MOST_QUOTED)} {words}".strip() if words else "")
        self.line = []

    def tag(self, tag: str, *, ends: bool) -> None:
        if tag == "body" or (ends and tag == self.unsaid):
            self.unsaid = ""
        elif tag in UNSAID and not ends:
            self.unsaid = self.unsaid or tag
        if tag in LINES:
            self.end_line()
        if tag == "blockquote":
            self.quoted = max(0, self.quoted + (-1 if ends else 1))


def plainly(html: str) -> str:
    """The text of HTML, which may be broken in any way."""
    return re.sub(r"\n{3,}", "\n\n", _Reader().read(html)).strip()
