"""Reading what forms send; nothing here decides whether it is allowed."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile

from aula_plugins.messages.ids import MESSAGE
from aula_plugins.messages.models import MAX_SUBJECT, ReplyTo
from aula_plugins.messages.service.drafting import AnswerContent, DraftContent
from aula_sdk.errors import FieldError, Problem
from aula_sdk.ids import FILE, PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform
from aula_sdk.richtext import from_plain_text

AnyRequest = Request[Any, Any, Any]
_KEY = "idempotency_key"


class ComposeForm(msgspec.Struct, frozen=True):
    """A new message as the page sent it."""

    content: DraftContent
    uploads: tuple[Any, ...]
    """Files that came with the form."""
    is_to_be_sent: bool
    key: str


class AnswerForm(msgspec.Struct, frozen=True):
    """An answer as the page sent it."""

    content: AnswerContent
    uploads: tuple[Any, ...]
    key: str


class PeopleForm(msgspec.Struct, frozen=True):
    """People to be added to a conversation."""

    words: str
    recipients: tuple[str, ...]
    is_search: bool


async def read_compose(request: AnyRequest) -> ComposeForm:
    """Read the form of a new message. Only the Send button has no other name than itself."""
    form = await request.form()
    removed = form.get("remove")
    chosen = dict.fromkeys(_texts(form, "recipient"))
    content = DraftContent(
        subject=_text(form, "subject")[:MAX_SUBJECT],
        html=_html(form),
        search=_text(form, "q") if "search" in form else "",
        recipients=tuple(one for one in chosen if one != removed),
        regarding=tuple(_texts(form, "regarding")),
        attachments=tuple(one for one in _texts(form, "attachment") if one != removed),
        sender=PROFILE.parse(_text(form, "sender")) if form.get("sender") else None,
    )
    other = {"search", "save", "remove", "choose"}
    return ComposeForm(content, _uploads(form), not other & set(form), _key(form))


async def read_answer(request: AnyRequest) -> AnswerForm:
    """Read the form of an answer."""
    form = await request.form()
    message = _text(form, "message")
    content = AnswerContent(
        html=_html(form),
        to=ReplyTo.ALL if form.get("to") == ReplyTo.ALL else ReplyTo.SENDER,
        message_id=MESSAGE.parse(message) if message else None,
        attachments=tuple(_texts(form, "attachment")),
    )
    return AnswerForm(content, _uploads(form), _key(form))


async def read_people(request: AnyRequest) -> PeopleForm:
    """Read the form that adds people."""
    form = await request.form()
    chosen = tuple(dict.fromkeys(_texts(form, "recipient")))
    return PeopleForm(_text(form, "q"), chosen, "search" in form)


async def read_html(request: AnyRequest) -> str:
    """Read the rich text of a form alone."""
    return _html(await request.form())


async def read_words(request: AnyRequest) -> str:
    """Read what was typed to find recipients."""
    return _text(await request.form(), "q")


async def read_flag(request: AnyRequest, name: str) -> bool:
    """Return whether a field says yes."""
    return _text(await request.form(), name) == "1"


def _text(form: FormMultiDict, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _texts(form: FormMultiDict, name: str) -> list[str]:
    return [one for one in form.getall(name, []) if isinstance(one, str) and one]


def _html(form: FormMultiDict) -> str:
    """Return the rich text; who writes without the editor sends plain text."""
    written = _text(form, "html")
    return written if form.get("html_format") == "html" else from_plain_text(written)


def _uploads(form: FormMultiDict) -> tuple[UploadFile, ...]:
    found = form.getall("attachment", [])
    return tuple(one for one in found if isinstance(one, UploadFile) and one.filename)


def _key(form: FormMultiDict) -> str:
    return _text(form, _KEY)[:100] or uuid4().hex


async def store_uploads(
    platform: Platform, actor: Actor, uploads: tuple[Any, ...], municipality_id: UUID
) -> tuple[str, ...]:
    """Keep files that came with a form, each by itself; return their ids as on the wire."""
    kept = []
    for upload in uploads:
        async with platform.write(actor) as write:
            file_id = await platform.files.store(
                write,
                actor,
                name=upload.filename,
                media_type=upload.content_type,
                content=await upload.read(),
                municipality_id=municipality_id,
            )
        kept.append(FILE.format(file_id))
    return tuple(kept)


def errors_of(problem: Problem, field: str = "html") -> dict[str, str]:
    """Return what is wrong by field, for `error_summary`; a fact about no field stands at one."""
    if problem.fields:
        return {error.field: _reason(error) for error in problem.fields}
    return {field: str(problem.detail or problem.title)}


def _reason(error: FieldError) -> str:
    return error.reason
