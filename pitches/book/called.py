"""What people call themselves at a page. What they told others is theirs, and is not read here."""

from collections.abc import Iterable

from pitches.models import Pitch, PitchState


def called_at(pages: Iterable[int], senders: Iterable[int]) -> dict[tuple[int, int], Pitch]:
    """The latest pitch of each of these senders at each of these pages, by both; nothing where there is none."""
    proven = Pitch.objects.filter(page__in=list(pages), sender__in=list(senders)).exclude(state=PitchState.UNPROVEN)
    newest = proven.order_by("page", "sender", "-handed_in_at", "-pk").distinct("page", "sender")
    rows = newest.only("page", "sender", "name", "company")
    return {(row.page_id, row.sender_id or 0): row for row in rows}
