"""README.txt: what is in a copy, file by file."""

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches.copies import nouns
from pitches.models import DataCopy
from portal import clock
from portal.templatetags.portal import when

NAME = "README.txt"


def words(copy: DataCopy) -> str:
    """In the language of the account."""
    made = when(clock.now(), copy.user.timezone)
    lines = [
        _("What Halfdoor keeps about %(email)s") % {"email": copy.user.email},
        _("Made on %(moment)s.") % {"moment": made},
        "",
        _("Files ending in .jsonl have one line of JSON for each thing; .csv opens in a spreadsheet. All are UTF-8."),
        _("A long list is several files: pitches.jsonl, pitches-2.jsonl and so on."),
        _("Times are in UTC. What is sealed and was not opened is not in it, nor are the files that senders attached: "
          "those are at your desk."),
        "",
    ]  # fmt: skip
    found = copy.parts.values("noun").annotate(lines=Sum("rows"), files=Count("pk"))
    counts = {row["noun"]: row["lines"] for row in found}
    for noun in nouns.ALL:
        if noun.name in counts:
            count = counts[noun.name]
            number = ngettext("%(count)s line", "%(count)s lines", count) % {"count": count}
            lines.append(f"{noun.name} ({number}): {noun.about}")
    return "\n".join([*lines, ""])
