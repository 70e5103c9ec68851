"""Handoffs: the second half of routing. A yes goes on by standing: who takes it, what the sender reads and gives."""

from pitches.handoffs.after import followed_up, hand_off, not_followed_up
from pitches.handoffs.plans import FOLLOW_UP_DAYS, days_of, plan_of

__all__ = ["FOLLOW_UP_DAYS", "days_of", "followed_up", "hand_off", "not_followed_up", "plan_of"]
