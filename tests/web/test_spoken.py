"""Every press at the desk is answered by one sentence in the live region: not by none, and not by two."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client

from portal import clock
from tests.factories import AnswerFactory, AssistantFactory, HandoffFactory, PageFactory, PitchFactory
from tests.test_urls import BATCH, TABLE, World

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LIVE = re.compile(r'<p id="live" hx-swap-oob="innerHTML">\s*(.*?)\s*</p>', re.DOTALL)
Fields = dict[str, Any]


class Desk(World):
    """Something to press for each button: a pitch after its yes, one held aside, somebody who may answer."""

    def __init__(self) -> None:
        super().__init__()
        self.given = AnswerFactory(
            held=True, pitch__door=self.door, pitch__accepted=True, by=self.page.owner, session=self.session
        )
        self.done = HandoffFactory(pitch=AnswerFactory(pitch__accepted=True, pitch__door=self.door).pitch)
        self.aside = PitchFactory(door=self.door, waiting=True, state="quarantine", lane="quarantine")
        self.keeper = AssistantFactory(page=self.page, role="assistant", name="Jo Park")
        self.fresh = PageFactory(handle="fresh")


# What each button sends; those of the session and of the follow-ups are pressed by the script.
SAID: dict[str, Callable[[Desk], Fields]] = {
    "answer": lambda _desk: {"kind": "yes"},
    "restore": lambda desk: {"code": desk.aside.code},
    "bulk": lambda desk: {"codes": f"{desk.waiting.code}.{desk.waiting.version}", "press": "no:reason:covered"},
    "bulk_undo": lambda _desk: {},
    "fair_no": lambda _desk: {"before": clock.now().isoformat(), "days": "all"},
    "view_keep": lambda _desk: {"name": "Paid", "query": "offer=paid"},
    "view_change": lambda _desk: {"name": "By radio"},
    "view_drop": lambda _desk: {},
    "remark": lambda _desk: {"text": "Ask Sam"},
    "remark_drop": lambda _desk: {},
    "pitch_tags": lambda _desk: {"tags": "spring"},
    "assign": lambda desk: {"to": desk.keeper.pk},
    "write": lambda desk: {"code": desk.done.pitch.code, "text": "The table is all I need."},
    "standing": lambda _desk: {"standing": "trusted", "where": "door"},
    "sit": lambda _desk: {},
    "session_pause": lambda _desk: {},
    "session_end": lambda _desk: {},
    "shortcuts": lambda _desk: {},
    "read_anyway": lambda _desk: {},
    "not_today": lambda _desk: {},
    "outgoing_undo": lambda _desk: {},
    "outgoing_send": lambda _desk: {},
    "outgoing_undo_all": lambda _desk: {"which": str(BATCH)},
    "outgoing_send_all": lambda _desk: {"which": str(BATCH)},
    "call_again": lambda _desk: {},
    "reply_new": lambda _desk: {"label": "Full", "text": "This month is full.", "fits": "here"},
    "reply": lambda _desk: {"label": "Else", "text": "Otherwise.", "fits": "here"},
    "reply_place": lambda _desk: {"do": "hide"},
    "assistants": lambda _desk: {"name": "Ann Lee", "email": "ann@helps.example", "role": "reader"},
    "assistant_role": lambda _desk: {"role": "reader"},
    "assistant_remove": lambda _desk: {},
    "follow_up_done": lambda _desk: {},
    "example_away": lambda _desk: {},
    "person_note": lambda _desk: {"text": "Met in May"},
    "person_tags": lambda _desk: {"tags": "press"},
    "agency_note": lambda _desk: {"text": "Met in May"},
    "agency_tags": lambda _desk: {"tags": "press"},
    "session_answer": lambda _desk: {"kind": "yes"},
    "session_undo": lambda desk: {"answer": desk.given.pk},
    "session_skip": lambda _desk: {},
    "session_along": lambda _desk: {},
    "outcome": lambda desk: {"code": desk.done.pitch.code, "what": "delivered", "back": "follow_ups"},
}
BY_SCRIPT = {"session_answer", "session_undo", "session_skip", "session_along", "outcome"}


# Those that are checked in tests of their own, or that lead to a page and say nothing: what it is stands in its title.
ELSEWHERE = """start example_answer session_look reply_preview page_preview offer offer_undo offer_answer unseal
    person_standing person_merge person_split agency_standing vouch agency_vouch vouch_take vouch_refuse vouch_revoke
    vouch_hear export_people export_book deflect key_withdraw rule_new rule_remove page_portrait handle hide
    door_state door_move door_down doors_order page_answer"""


def spoken(desk: Desk, name: str) -> list[str]:
    """What is said after a press: by the page that comes, or with the part that is swapped."""
    client, fields = Client(), SAID[name](desk)
    client.force_login((desk.fresh if name == "example_away" else desk.page).owner)
    changed = {"code": fields.pop("code")} if "code" in fields else {}
    path = desk.path(f"desk:{name}", **changed)
    response = client.post(path, fields, headers=HTMX if name in BY_SCRIPT else {})
    assert response.status_code == (200 if name in BY_SCRIPT else 303), name
    words = [words for words in LIVE.findall(response.content.decode()) if words]
    return words + [str(one) for one in get_messages(response.wsgi_request)]


def test_each_press_says_one_sentence() -> None:
    desk, found = Desk(), {}
    for name in SAID:
        with transaction.atomic():
            found[name] = spoken(desk, name)
            transaction.set_rollback(True)
    assert {name: said for name, said in found.items() if len(said) != 1 or not said[0].endswith(".")} == {}


def test_every_button_of_the_desk_is_known_here() -> None:
    pressed = {name.removeprefix("desk:") for name, codes in TABLE.items() if name[:5] == "desk:" and codes[2] == 405}
    assert pressed - {*SAID, *ELSEWHERE.split()} == set()


def test_what_was_said_stands_on_the_page_once(client: Client) -> None:
    desk = Desk()
    client.force_login(desk.page.owner)
    body = client.post(desk.path("desk:remark"), {"text": "Ask Sam"}, follow=True).content.decode()
    assert (body.count('role="status"'), body.count("Noted.")) == (2, 1)  # the second one is empty, for the script
    unseen = client.post(desk.path("desk:answer"), {"kind": "yes"}, follow=True).content.decode()
    assert unseen.count('<p class="sr">Answered: Yes. You can take it back for ten minutes.</p>') == 1
