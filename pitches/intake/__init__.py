"""Intake: a pitch is written, its mailbox is proven, it is handed in. Typed addresses prove nothing."""

from pitches.intake.admission import PLACES, admit, check_open, hand_in, prove
from pitches.intake.introduction import INTRODUCTIONS, behind, introduce, prove_introduction, to_be_mailed
from pitches.intake.proof import (
    CODE_LIFE,
    CODE_TRIES,
    CODES_PER_PITCH,
    DEVICE_LIFE,
    ask_code,
    check_code,
    issue_code,
    known_contact,
    meet,
    recognise,
    remember,
    sender_of,
    senders_on,
    unproven,
)
from pitches.intake.refusal import Refused, WrongCode
from pitches.intake.taking_back import put_back, undo_until, withdraw
from pitches.intake.thread import UNPROVEN_LIFE, forget_unproven, nudge, nudge_from, reply
from pitches.intake.writing import Ways, write

__all__ = [
    "CODES_PER_PITCH",
    "CODE_LIFE",
    "CODE_TRIES",
    "DEVICE_LIFE",
    "INTRODUCTIONS",
    "PLACES",
    "UNPROVEN_LIFE",
    "Refused",
    "Ways",
    "WrongCode",
    "admit",
    "ask_code",
    "behind",
    "check_code",
    "check_open",
    "forget_unproven",
    "hand_in",
    "introduce",
    "issue_code",
    "known_contact",
    "meet",
    "nudge",
    "nudge_from",
    "prove",
    "prove_introduction",
    "put_back",
    "recognise",
    "remember",
    "reply",
    "sender_of",
    "senders_on",
    "to_be_mailed",
    "undo_until",
    "unproven",
    "withdraw",
    "write",
]
