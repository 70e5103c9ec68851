"""Nouns: what exists. Fields, constraints, querysets; no side effects."""

from pitches.models.account import CopyState, DataCopy, DataCopyPart, Erasure
from pitches.models.desk import Remark, Reply, View
from pitches.models.door import Door, DoorState, DoorVersion
from pitches.models.event import Event, Fact
from pitches.models.findable import Findable, FindableWord
from pitches.models.handoff import Agreement, Call, CallState, Handoff, Offer, OfferState
from pitches.models.mail import CameBy, Letter, LetterEnd, Preference, Refusal, Sending, Stop, Suppression
from pitches.models.message import Attempt, Message, MessageState
from pitches.models.page import Handle, Page, Portrait
from pitches.models.people import Contact, DomainProof, Note, ProofWay, Vouch
from pitches.models.pitch import Asked, Embargo, Lane, Payer, Pitch, PitchState, Proof
from pitches.models.reading import Answer, AnswerKind, Fits, Look, ReadingSession, Reason, Spent
from pitches.models.relationship import (
    LADDER,
    Evidence,
    EvidenceKind,
    Relationship,
    Standing,
)
from pitches.models.report import Report, ReportKind
from pitches.models.rule import RANKS, Assistant, Opens, Plan, Role, Rule
from pitches.models.sender import Agency, Device, Mailbox, Sender
from pitches.models.ways_in import CHANNELS, Came, Introduction, Key, ReplyLink, Watch
from pitches.models.words import Attachment, Draft, Revision, RevisionKind

__all__ = [
    "CHANNELS",
    "LADDER",
    "RANKS",
    "Agency",
    "Agreement",
    "Answer",
    "AnswerKind",
    "Asked",
    "Assistant",
    "Attachment",
    "Attempt",
    "Call",
    "CallState",
    "Came",
    "CameBy",
    "Contact",
    "CopyState",
    "DataCopy",
    "DataCopyPart",
    "Device",
    "DomainProof",
    "Door",
    "DoorState",
    "DoorVersion",
    "Draft",
    "Embargo",
    "Erasure",
    "Event",
    "Evidence",
    "EvidenceKind",
    "Fact",
    "Findable",
    "FindableWord",
    "Fits",
    "Handle",
    "Handoff",
    "Introduction",
    "Key",
    "Lane",
    "Letter",
    "LetterEnd",
    "Look",
    "Mailbox",
    "Message",
    "MessageState",
    "Note",
    "Offer",
    "OfferState",
    "Opens",
    "Page",
    "Payer",
    "Pitch",
    "PitchState",
    "Plan",
    "Portrait",
    "Preference",
    "Proof",
    "ProofWay",
    "ReadingSession",
    "Reason",
    "Refusal",
    "Relationship",
    "Remark",
    "Reply",
    "ReplyLink",
    "Report",
    "ReportKind",
    "Revision",
    "RevisionKind",
    "Role",
    "Rule",
    "Sender",
    "Sending",
    "Spent",
    "Standing",
    "Stop",
    "Suppression",
    "View",
    "Vouch",
    "Watch",
]
