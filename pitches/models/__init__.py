"""Nouns: what exists. Fields, constraints, querysets; no side effects."""

from pitches.models.door import Door, DoorState, DoorVersion
from pitches.models.event import Event, Fact
from pitches.models.message import Attempt, Message, MessageState
from pitches.models.page import Handle, Page, Portrait
from pitches.models.pitch import Asked, Embargo, Lane, Payer, Pitch, PitchState, Proof
from pitches.models.reading import Answer, AnswerKind, Handoff, ReadingSession, Reason
from pitches.models.relationship import (
    LADDER,
    Evidence,
    EvidenceKind,
    Relationship,
    Standing,
)
from pitches.models.sender import Agency, Device, Mailbox, Sender
from pitches.models.ways_in import CHANNELS, Came, Introduction, Key, ReplyLink, Watch
from pitches.models.words import Attachment, Draft, Revision, RevisionKind

__all__ = [
    "CHANNELS",
    "LADDER",
    "Agency",
    "Answer",
    "AnswerKind",
    "Asked",
    "Attachment",
    "Attempt",
    "Came",
    "Device",
    "Door",
    "DoorState",
    "DoorVersion",
    "Draft",
    "Embargo",
    "Event",
    "Evidence",
    "EvidenceKind",
    "Fact",
    "Handle",
    "Handoff",
    "Introduction",
    "Key",
    "Lane",
    "Mailbox",
    "Message",
    "MessageState",
    "Page",
    "Payer",
    "Pitch",
    "PitchState",
    "Portrait",
    "Proof",
    "ReadingSession",
    "Reason",
    "Relationship",
    "ReplyLink",
    "Revision",
    "RevisionKind",
    "Sender",
    "Standing",
    "Watch",
]
