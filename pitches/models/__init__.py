"""Nouns: what exists. Fields, constraints, querysets; no side effects."""

from pitches.models.door import Door, DoorState
from pitches.models.event import Event, Fact
from pitches.models.message import Attempt, Message, MessageState
from pitches.models.page import Page
from pitches.models.pitch import Asked, Lane, Payer, Pitch, PitchState, Proof
from pitches.models.reading import Answer, AnswerKind, Handoff, ReadingSession, Reason
from pitches.models.relationship import (
    LADDER,
    Evidence,
    EvidenceKind,
    Relationship,
    Standing,
)
from pitches.models.sender import Agency, Device, Sender

__all__ = [
    "LADDER",
    "Agency",
    "Answer",
    "AnswerKind",
    "Asked",
    "Attempt",
    "Device",
    "Door",
    "DoorState",
    "Event",
    "Evidence",
    "EvidenceKind",
    "Fact",
    "Handoff",
    "Lane",
    "Message",
    "MessageState",
    "Page",
    "Payer",
    "Pitch",
    "PitchState",
    "Proof",
    "ReadingSession",
    "Reason",
    "Relationship",
    "Sender",
    "Standing",
]
