"""The house before anybody knocks: the owner, the page, its doors."""

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from ruamel.yaml import YAML

from pitches import doors
from pitches.models import Door, DoorState, Page
from portal import clock
from portal.models import User

WORDS = ("name", "tagline", "intro", "house_rules", "paint", "timezone")
DOOR_WORDS = (
    *("slug", "name", "blurb", "paint", "state", "reason", "tiers", "wants", "not_here"),
    *("may_ask", "asks", "floor_amount", "floor_currency"),
)


@cache
def read(name: str) -> Any:
    """One of the files of words beside this module; nobody changes what it returns."""
    return YAML(typ="safe").load(Path(__file__).with_name(f"{name}.yaml"))


def owner(spec: dict[str, Any]) -> User:
    """Who signs in to the demo's desk, with the address already confirmed."""
    user = User.objects.filter(email=spec["email"]).first() or User.objects.create_user(
        spec["email"], name=spec["name"], timezone=spec["timezone"], date_joined=clock.now()
    )
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


def put_up(spec: dict[str, Any], by: User) -> Page:
    """The page as the owner published it, with its reading hours."""
    page = doors.begin(by, handle=spec["handle"], **{name: spec[name] for name in WORDS})
    doors.keep_hours(page, spec["reading"], spec["timezone"])
    return doors.publish(page, by=by)


def hang(page: Page, specs: list[dict[str, Any]], today: date) -> dict[str, Door]:
    """The doors in the order of the file. Dates are counted from the day of the demo."""
    hung = {}
    for position, spec in enumerate(specs):
        fields = {name: spec[name] for name in DOOR_WORDS if name in spec}
        if "open_for_days" in spec:
            fields["until"] = _local(page, today + timedelta(days=spec["open_for_days"]), time(23, 59))
        if "closed_ago" in spec:
            fields |= {"state": DoorState.OPEN, "reason": ""}
        elif "opens_in_months" in spec:
            fields["opens_at"] = _opens_at(page, spec, today)
        hung[spec["slug"]] = doors.hang(page, by=page.owner, position=position, **fields)
    return hung


def shut(door: Door, spec: dict[str, Any], today: date) -> Door:
    """A door that was open is closed by its owner, until the day of the file."""
    until = _opens_at(door.page, spec, today)
    return doors.change(door, by=door.page.owner, state=spec["state"], reason=spec["reason"], opens_at=until)


def _opens_at(page: Page, spec: dict[str, Any], today: date) -> datetime:
    return _local(page, first_of_month(today, spec["opens_in_months"]), time(0))


def _local(page: Page, day: date, at: time) -> datetime:
    return datetime.combine(day, at, page.zone)


def first_of_month(today: date, ahead: int) -> date:
    """The first day of the month so many months ahead."""
    years, month = divmod(today.month - 1 + ahead, 12)
    return date(today.year + years, month + 1, 1)
