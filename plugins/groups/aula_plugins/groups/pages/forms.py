"""Reading what forms send; nothing here decides whether it is allowed."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict

from aula_plugins.groups import _
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.models import MAX_RIGHT, Access
from aula_plugins.groups.service.matrix import Decided, Wanted
from aula_plugins.groups.service.set_ups import SetUp
from aula_plugins.groups.service.template_rights import TemplateRight
from aula_sdk.errors import Problem
from aula_sdk.ids import PROFILE
from aula_sdk.people import Kind

AnyRequest = Request[Any, Any, Any]
_KEY = "idempotency_key"
_CELL = "right-"
MAX_CELLS = 200
"""More cells than any matrix has."""
_CELL_VALUES: dict[str, Decided] = {"": None, "yes": "yes", "no": "no"}


class GroupForm(msgspec.Struct, frozen=True):
    """A group, or a template, as the page sent it."""

    name: str
    set_up: SetUp
    ends_on: str
    across: bool
    maker: UUID | None
    template: UUID | None
    rights: tuple[TemplateRight, ...]
    key: str

    @property
    def last_day(self) -> date | None:
        """The day on which it ends; None for no end. Raises `Invalid` when it is no date."""
        if not self.ends_on:
            return None
        try:
            return date.fromisoformat(self.ends_on)
        except ValueError as error:
            raise wrong_field("ends_on", _("This is not a date"), "malformed") from error


async def read_group(request: AnyRequest) -> GroupForm:
    """Read the form of a group or template; what is no known choice counts as not chosen."""
    form = await request.form()
    kinds = set(texts(form, "kinds"))
    access = text(form, "access")
    return GroupForm(
        name=text(form, "name"),
        set_up=SetUp(
            description=text(form, "description"),
            access=Access(access) if access in set(Access) else Access.CLOSED,
            show_members=text(form, "show_members") == "1",
            kinds=tuple(kind for kind in Kind if kind.value in kinds),
        ),
        ends_on=text(form, "ends_on"),
        across=text(form, "across") == "1",
        maker=PROFILE.parse(text(form, "maker")) if text(form, "maker") else None,
        template=TEMPLATE.parse(text(form, "template")) if text(form, "template") else None,
        rights=tuple(
            TemplateRight(one.kind, one.right[:MAX_RIGHT], one.decided)
            for one in read_matrix(form)
            if one.decided
        ),
        key=text(form, _KEY)[:100] or uuid4().hex,
    )


def text(form: FormMultiDict, name: str) -> str:
    """Return one field; empty where it is missing or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def texts(form: FormMultiDict, name: str) -> list[str]:
    """Return all fields of a name that say something."""
    return [one for one in form.getall(name, []) if isinstance(one, str) and one]


def errors_of(problem: Problem, field: str) -> dict[str, str]:
    """Return what is wrong by field, for `error_summary`; a fact about no field stands at one."""
    if problem.fields:
        return {error.field: error.reason for error in problem.fields}
    return {field: str(problem.detail or problem.title)}


def read_matrix(form: FormMultiDict) -> list[Wanted]:
    """Return what differs from what the form had shown; what is no such field is left out."""
    kinds = {kind.value: kind for kind in Kind}
    found = []
    for field in [one for one in form if one.startswith(_CELL)][:MAX_CELLS]:
        kind, _dash, right = field.removeprefix(_CELL).partition("-")
        value = text(form, field)
        if kind in kinds and value in _CELL_VALUES and value != text(form, f"was-{field}"):
            found.append(Wanted(kinds[kind], right, _CELL_VALUES[value]))
    return found
