"""Reading what forms send; nothing here decides whether it is allowed."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile

from aula_plugins.posts.models import MAX_TITLE, Reason
from aula_plugins.posts.pages.clock import read_moment
from aula_plugins.posts.service.drafting import MAX_TIME, DraftContent
from aula_plugins.posts.service.editing import Change
from aula_plugins.posts.service.publishing import Window
from aula_plugins.posts.service.reporting import Complaint
from aula_sdk.errors import Problem
from aula_sdk.ids import FILE, PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform
from aula_sdk.richtext import from_plain_text

AnyRequest = Request[Any, Any, Any]
_KEY = "idempotency_key"
_FIELDS = {
    "publish_at": "publish",
    "expire_at": "expire",
    "attachments": "attachment",
}
"""What the service calls a field that the form calls otherwise."""


class ComposeForm(msgspec.Struct, frozen=True):
    """A post as the page sent it."""

    content: DraftContent
    sender: UUID | None
    uploads: tuple[Any, ...]
    """Files that came with the form."""
    is_to_be_posted: bool
    key: str


class TextForm(msgspec.Struct, frozen=True):
    """Plain words, such as a comment."""

    text: str
    key: str


async def read_compose(request: AnyRequest) -> ComposeForm:
    """Read the form of a post. Only the button that posts has no other name than itself."""
    form = await request.form()
    removed = form.get("remove")
    # The recipients' element names its boxes so.
    chosen = dict.fromkeys(_texts(form, "recipient"))
    content = DraftContent(
        title=_text(form, "title")[:MAX_TITLE],
        html=_html(form),
        search=_text(form, "q") if "search" in form else "",
        audience=tuple(one for one in chosen if one != removed),
        attachments=tuple(one for one in _texts(form, "attachment") if one != removed),
        comments_allowed=_text(form, "comments_allowed") == "1",
        publish=_text(form, "publish")[:MAX_TIME],
        expire=_text(form, "expire")[:MAX_TIME],
        important=_text(form, "important") == "1",
        important_from=_text(form, "important_from")[:MAX_TIME],
        important_to=_text(form, "important_to")[:MAX_TIME],
    )
    sender = PROFILE.parse(_text(form, "sender")) if form.get("sender") else None
    other = {"search", "save", "remove", "choose"}
    return ComposeForm(content, sender, _uploads(form), not other & set(form), _key(form))


def window_of(content: DraftContent) -> Window | None:
    """Return when the post stands on top; raise `Invalid` naming a time that is none."""
    if not content.important:
        return None
    return Window(
        read_moment(content.important_from, "important_from"),
        read_moment(content.important_to, "important_to"),
    )


def change_of(content: DraftContent, uploaded: tuple[UUID, ...]) -> Change:
    """Return what a post is to say instead; raise `Invalid` naming a time that is none."""
    return Change(
        title=content.title,
        html=content.html,
        comments_allowed=content.comments_allowed,
        publish_at=read_moment(content.publish, "publish"),
        expire_at=read_moment(content.expire, "expire"),
        important=window_of(content),
        new_attachments=uploaded,
    )


async def read_text(request: AnyRequest) -> TextForm:
    """Read a comment."""
    form = await request.form()
    return TextForm(_text(form, "text"), _key(form))


async def read_complaint(request: AnyRequest) -> tuple[str, str, str]:
    """Read a report: the reason as it came, the words and the form's key."""
    form = await request.form()
    return _text(form, "reason"), _text(form, "words"), _key(form)


def complaint_of(reason: str, words: str) -> Complaint:
    """Return the report's content; without a known reason it is another one."""
    return Complaint(Reason(reason) if reason in set(Reason) else Reason.OTHER, words)


async def read_value(request: AnyRequest, name: str) -> str:
    """Return the text of one field."""
    return _text(await request.form(), name)


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
        return {_FIELDS.get(one.field, one.field): one.reason for one in problem.fields}
    return {field: str(problem.detail or problem.title)}
