"""The demo's desk: somebody helps, words are ready, a view is kept, and one press has not gone out yet."""

from collections.abc import Iterable
from typing import Any

from pitches import helping, replies, review
from pitches.demo import opening
from pitches.handoffs import assistants
from pitches.models import AnswerKind, Assistant, Page, Pitch
from portal.models import User

Spec = dict[str, Any]


def take_on(page: Page) -> tuple[User, Assistant]:
    """Somebody who helps: asked by the owner, and agreed the same day. They can sign in, too."""
    spec = opening.read("desk")["helper"]
    user = opening.owner(spec | {"timezone": page.timezone})
    helper = assistants.invite(page, name=spec["name"], email=spec["email"], by=page.owner, role=spec["role"])
    assistants.agree(helper)
    helper.refresh_from_db()
    return user, helper


def note(pitch: Pitch, spec: Spec, *, by: User, keeper: Assistant) -> None:
    """What the file says that the desk keeps of a pitch: tags, a note, and who looks after it."""
    if "tags" in spec:
        review.tag(pitch, spec["tags"], by=by)
    if "remark" in spec:
        review.remark(pitch, spec["remark"], by=by)
    if "kept" in spec:
        helping.assign(pitch, keeper, by=pitch.page.owner)


def settle(page: Page, pitches: Iterable[Pitch]) -> None:
    """Ready words, a view, and the press of a moment ago over these pitches."""
    spec = opening.read("desk")
    for words in spec["replies"]:
        _keep(page, words)
    review.keep_view(page, page.owner, **spec["view"])
    review.answer_many(page, pitches, AnswerKind.NO, by=page.owner, reason=spec["together"]["reason"])


def _keep(page: Page, words: Spec) -> None:
    said = {part: words.get(part, "") for part in ("label", "text", "again", "fits")}
    if "usual" in words:
        replies.keep(page, words["usual"], **said)
    else:
        replies.add(page, AnswerKind(words["kind"]), **said)
