"""Review: the influencer reads and answers. Answers stay in the house until some minutes after the session."""

from pitches.models.reading import HOLD
from pitches.review.answering import (
    BECOMES,
    QUESTION_LIFE,
    BadAnswer,
    ChangedSince,
    answer,
    last_answer,
    open_card,
    role_for,
    undo,
)
from pitches.review.endings import begin_hour, bring_back, lapse, let_go, restore, send_now
from pitches.review.sitting import IDLE, current_session, end_session, next_card, open_session, show_next

__all__ = [
    "BECOMES",
    "HOLD",
    "IDLE",
    "QUESTION_LIFE",
    "BadAnswer",
    "ChangedSince",
    "answer",
    "begin_hour",
    "bring_back",
    "current_session",
    "end_session",
    "lapse",
    "last_answer",
    "let_go",
    "next_card",
    "open_card",
    "open_session",
    "restore",
    "role_for",
    "send_now",
    "show_next",
    "undo",
]
