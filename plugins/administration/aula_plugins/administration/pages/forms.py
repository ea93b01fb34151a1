"""Reading what forms send; nothing here decides whether it is allowed."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request

from aula_plugins.administration import _
from aula_plugins.administration.schemas import (
    AgesToDecide,
    ChangeToPreview,
    ChannelToDecide,
    HandOverToDo,
    ParkedToRelease,
    RightForPerson,
    RoleToGive,
    StateToChoose,
)
from aula_plugins.administration.schemas.fields import MAX_SETTINGS
from aula_sdk.errors import FieldError, Invalid, NotFound, Problem
from aula_sdk.grants import Decided

Sent = TypeVar("Sent", bound=msgspec.Struct)
AnyRequest = Request[Any, Any, Any]
CHOICES: Mapping[str, StateToChoose] = {
    "on-nobody": StateToChoose("on"),
    "off-nobody": StateToChoose("off"),
    "on-institution": StateToChoose("on", "institution"),
    "off-institution": StateToChoose("off", "institution"),
}
"""What a form or an address can say of on and off."""
_SETTING, _SHOWN, _SEVERAL, _RIGHT = "set-", "was-", "many-", "right-"
MAX_RIGHTS = 2_000
"""More rights than there are."""
_DECIDED: Mapping[str, Decided | None] = {
    "": None,
    "yes": "yes",
    "two_factors": "two_factors",
    "no": "no",
}


class Typed(msgspec.Struct, frozen=True):
    """What somebody typed, by the field's name, and what is wrong with it."""

    values: Mapping[str, str] = {}
    errors: Mapping[str, str] = {}


def errors_of(
    problem: Problem, field: str, names: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Return what is wrong by the form's fields, which ``names`` says where they differ; what is
    about none of them stands at ``field``.
    """
    if problem.fields:
        return {names.get(one.field, one.field): one.reason for one in problem.fields}
    return {field: str(problem.detail or problem.title)}


def name_of(setting: str) -> str:
    """Return the field's name of a setting."""
    return f"{_SETTING}{setting}"


async def read_state(request: AnyRequest) -> StateToChoose | None:
    """Return what was chosen, by the form or by the address that undoes; None for nothing."""
    chosen = (await request.form()).get("choice") or request.query_params.get("choice")
    return CHOICES.get(chosen) if isinstance(chosen, str) else None


def joined(values: Iterable[str]) -> str:
    """Return several chosen values as one text, the same in whatever order they were chosen."""
    return ",".join(sorted(values))


async def read_settings(request: AnyRequest) -> tuple[dict[str, str], dict[str, str | list[str]]]:
    """Return everything that was typed by field, and by setting what differs from what was shown.

    Compared is with what the form had shown, not with what holds by now: what somebody else has
    chosen meanwhile is not written over by who did not touch it.
    """
    form = await request.form()
    typed: dict[str, str] = {}
    changed: dict[str, str | list[str]] = {}
    for field in [one for one in form if one.startswith(_SETTING)][:MAX_SETTINGS]:
        value, name = form[field], field.removeprefix(_SETTING)
        if isinstance(value, str):
            typed[field] = value
            if value.strip() != form.get(f"{_SHOWN}{name}"):
                changed[name] = value.strip()
    # Of several to be ticked nothing is sent where none is; the form says that they were there.
    for field in [one for one in form if one.startswith(_SEVERAL)][:MAX_SETTINGS]:
        name = field.removeprefix(_SEVERAL)
        ticked = [one for one in form.getall(name_of(name), []) if isinstance(one, str)]
        typed[name_of(name)] = joined(ticked)
        changed.pop(name, None)
        if joined(ticked) != form.get(f"{_SHOWN}{name}"):
            changed[name] = ticked
    return typed, changed


async def read_parked(request: AnyRequest) -> ParkedToRelease:
    """Return which parked deliveries are meant; raise `NotFound` for what can be none."""
    form = await request.form()
    sent = {name: form.get(name) for name in ParkedToRelease.__struct_fields__}
    try:
        return msgspec.convert(sent, ParkedToRelease)
    except msgspec.ValidationError as error:
        raise NotFound from error


async def read_word(request: AnyRequest, name: str) -> str:
    """Return one field of a form; empty when it is not there."""
    value = (await request.form()).get(name)
    return value.strip() if isinstance(value, str) else ""


async def read_rights(request: AnyRequest) -> dict[tuple[str, str], Decided | None]:
    """Return by right what differs from what the form had shown."""
    form = await request.form()
    found: dict[tuple[str, str], Decided | None] = {}
    for field in [one for one in form if one.startswith(_RIGHT)][:MAX_RIGHTS]:
        action, _colon, relation = field.removeprefix(_RIGHT).partition(":")
        value = form[field]
        if isinstance(value, str) and value in _DECIDED and value != form.get(f"{_SHOWN}{field}"):
            found[action, relation] = _DECIDED[value]
    return found


_CHANNEL = "channel-"


async def read_channels(request: AnyRequest) -> list[ChannelToDecide]:
    """Return which channels were ticked otherwise than the form had shown; unticked is closed."""
    form = await request.form()
    found = []
    for field in [one for one in form if one.startswith(f"{_SHOWN}{_CHANNEL}")][:MAX_SETTINGS]:
        name = field.removeprefix(_SHOWN)
        sender, _dash, recipient = name.removeprefix(_CHANNEL).partition("-")
        is_open = form.get(name) == "1"
        if is_open != (form[field] == "1"):
            sent = {"sender": sender, "recipient": recipient, "closed": not is_open}
            found.append(_converted(sent, ChannelToDecide, "channels"))
    return found


FIRST_DAY, LAST_DAY = "starts_on", "ends_on"
_ZONE = ZoneInfo("Europe/Copenhagen")
"""The hour at which a day begins, for all institutions of the country."""


async def read_fields(request: AnyRequest, names: Iterable[str]) -> dict[str, str]:
    """Return some fields of a form; empty where one is not there."""
    form = await request.form()
    found = {name: form.get(name) for name in names}
    return {name: one.strip() if isinstance(one, str) else "" for name, one in found.items()}


def role_to_give(typed: Mapping[str, str]) -> RoleToGive:
    """Return the role that a form gives, the last day included; raise `Invalid` by field."""
    sent = {"role": typed["role"], "deputy_for": typed["deputy_for"] or None, **_period(typed)}
    return _converted(sent, RoleToGive, "role")


def right_to_give(typed: Mapping[str, str]) -> RightForPerson:
    """Return the right that a form decides for a person; raise `Invalid` by field."""
    action, _colon, relation = typed["right"].partition(":")
    sent = {
        "action": action, "relation": relation, "decided": typed["decided"],
        "group": typed["group"] or None, **_period(typed),
    }  # fmt: skip
    return _converted(sent, RightForPerson, "right")


def change_to_preview(typed: Mapping[str, str]) -> ChangeToPreview:
    """Return the change that a form asks about; raise `Invalid` by field."""
    sent = {name: typed[name] or None for name in ("kind", "to", "child")}
    for name in ("to", "child"):
        # What belongs to another kind of change is no mistake: its field stands there all the same.
        if not sent[name] or typed["kind"] != {"to": "moves", "child": "access_ends"}[name]:
            del sent[name]
    return _converted(sent, ChangeToPreview, "kind")


def ages_to_decide(typed: Mapping[str, str]) -> AgesToDecide:
    """Return the age limits that a form decides; raise `Invalid` by field."""
    sent: dict[str, int | None] = {}
    for field, word in typed.items():
        if word and not re.fullmatch("[1-9][0-9]?", word):
            raise Invalid(fields=(FieldError(field, str(_("Choose one of the list"))),))
        sent[field] = int(word) if word else None
    return msgspec.convert(sent, AgesToDecide)


async def read_several(request: AnyRequest, name: str) -> list[str]:
    """Return what was ticked under one name."""
    form = await request.form()
    return [one for one in form.getall(name, []) if isinstance(one, str)]


def hand_over_to_do(typed: Mapping[str, str], things: list[str]) -> HandOverToDo:
    """Return what a form hands over, and from when; raise `Invalid` by field."""
    first = _day(typed, FIRST_DAY)
    if not things:
        reason = str(_("Choose what the successor takes over"))
        raise Invalid(fields=(FieldError("things", reason),))
    sent = {
        "successor": typed["successor"], "things": things,
        "start": _morning(first) if first else None,
    }  # fmt: skip
    return _converted(sent, HandOverToDo, "successor")


def _converted(sent: Mapping[str, Any], into: type[Sent], field: str) -> Sent:
    try:
        return msgspec.convert(sent, into)
    except msgspec.ValidationError as error:
        raise Invalid(fields=(FieldError(field, str(_("Choose one of the list"))),)) from error


def _period(typed: Mapping[str, str]) -> dict[str, datetime | None]:
    first, last = _day(typed, FIRST_DAY), _day(typed, LAST_DAY)
    return {
        "start": _morning(first) if first else None,
        "end": _morning(last + timedelta(days=1)) if last else None,
    }


def days_of(typed: Mapping[str, str]) -> dict[str, date]:
    """Return the days of a form as they are shown, by field; not those that were left empty."""
    found = {field: _day(typed, field) for field in (FIRST_DAY, LAST_DAY) if field in typed}
    return {field: day for field, day in found.items() if day}


def _day(typed: Mapping[str, str], field: str) -> date | None:
    try:
        found = date.fromisoformat(typed[field]) if typed[field] else None
    except ValueError:
        found = date.max
    if found and not 2000 <= found.year < 2200:  # noqa: PLR2004  # What a post can last.
        raise Invalid(fields=(FieldError(field, str(_("This is not a date"))),))
    return found


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), _ZONE).astimezone(UTC)
