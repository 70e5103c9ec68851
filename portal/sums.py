"""A short sum that a browser does before a form is taken, while many knock (proof of work, the format of altcha).

A sum belongs to one form and works for that form alone, for an hour. Uses are counted in PostgreSQL.
"""

import json
import secrets
import time

import altcha

from portal import limits, tokens

LIFE = 3600  # seconds
COST = 5000  # rounds of PBKDF2 for one guess; a browser makes about 500 a second
MOST = 600  # guesses; 400 on average, which is about a second, and four on a slow phone
LONGEST = 4096  # characters of a solution


def ask(form: str) -> str:
    """A sum for the form with this key, as JSON for static/sums.js."""
    challenge = altcha.create_challenge(
        "PBKDF2/SHA-256",
        COST,
        counter=MOST // 3 + secrets.randbelow(MOST - MOST // 3),
        expires_at=int(time.time()) + LIFE,
        data={"form": tokens.digest(form)},
        hmac_secret=_key(),
    )
    return json.dumps(challenge.to_dict())


def done(solution: str, form: str) -> bool:
    """Was a sum of ours done for this very form? A form that is sent twice counts as one, within limits."""
    if not 0 < len(solution) <= LONGEST:
        return False
    try:
        payload = altcha.Payload.from_base64(solution)
        found = altcha.verify_solution(payload, _key())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return False  # whatever was sent, it is none of ours
    asked = payload.challenge.parameters.data or {}
    if not found.verified or not tokens.same(str(asked.get("form", "")), tokens.digest(form)):
        return False
    used, _until = limits.count("sum", tokens.digest(str(payload.challenge.signature)))
    return used <= limits.LIMITS["sum"][0]


def _key() -> str:
    return tokens.code_hash("sum", "altcha")
