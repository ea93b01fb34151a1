"""Uploading and fetching files. Each fetch asks anew whether the person may (rule 24)."""

from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from litestar import Request, Response, get, head, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from aula_platform.files.blobs import BlobMissing, Size
from aula_platform.files.kinds import KINDS
from aula_platform.files.names import disposition
from aula_platform.files.problems import (
    BrokenImage,
    EmptyFile,
    FileTooLarge,
    TooManyFiles,
    WrongFileType,
)
from aula_platform.files.service import FetchedFile, FileService
from aula_platform.web.authentication import unit_of
from aula_platform.web.byte_ranges import RangeNotSatisfiable, find_span
from aula_platform.web.looking_on import IN_PERSON
from aula_platform.web.overview import USE
from aula_sdk import ids
from aula_sdk.contributions import needs
from aula_sdk.errors import NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.openapi import IdempotencyKey, problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, StoredFile

_ = gettext_for("aula")
_log = structlog.get_logger("aula.files")
AnyRequest = Request[Any, Any, Any]

_SMALLER = "image/webp"
_SMALLER_SIZES: dict[str, Size] = {"preview": "preview", "thumbnail": "thumbnail"}
# Ranges and lengths are those of the bytes that are kept.
_FETCH = needs(USE) | {"uncompressed": True} | IN_PERSON
_UPLOAD = needs(USE) | {"own_device": True}


class UploadedFile(msgspec.Struct, frozen=True):
    """A file that waits for being attached, which it must be within a day."""

    id: str
    name: str
    media_type: str
    size: int
    has_preview: bool
    href: str


def service_of(platform: Platform) -> FileService:
    """Return the kernel's own file service behind the platform's protocol."""
    files = platform.files
    if not isinstance(files, FileService):
        raise TypeError("these routes serve the kernel's files")
    return files


@post("/files", opt=_UPLOAD, status_code=201, include_in_schema=False)
async def upload_files(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    platform: NamedDependency[Platform],
    shell: NamedDependency[Shell],
) -> Response[Any]:
    """Take the files of a form in and answer with their chips, for HTMX to put into the form.

    Each chip carries a hidden field with the file's id, named as the form's file field was.
    """
    await unit_of(request.scope).close()
    form = await request.form()
    sent = [(name, part) for name, part in form.multi_items() if isinstance(part, UploadFile)]
    try:
        most = service_of(platform).settings.max_per_upload
        if len(sent) > most:
            raise TooManyFiles(_("Take at most %(count)s at a time.") % {"count": most})
        if not sent:
            raise EmptyFile
        files = [(name, await _take(platform, actor, part)) for name, part in sent]
    finally:
        for _name, part in sent:
            await part.close()
    shown = [{"field": name, "file": _describe(stored)} for name, stored in files]
    answer = await shell.part("aula/uploaded_files.html", {"files": shown})
    answer.status_code = 201
    return answer


@dataclass
class _TakesOneFile(Operation):
    """Tells of the form that is sent: it is read after the transaction was let go of."""

    def __post_init__(self) -> None:
        file = Schema(type=OpenAPIType.STRING, content_media_type="application/octet-stream")
        form = Schema(type=OpenAPIType.OBJECT, properties={"file": file}, required=["file"])
        content = {"multipart/form-data": OpenAPIMediaType(schema=form)}
        self.request_body = RequestBody(content=content, required=True)


@post(
    "/api/v1/files",
    opt=_UPLOAD,
    status_code=201,
    tags=["files"],
    operation_class=_TakesOneFile,
    responses=problems(BrokenImage, EmptyFile, FileTooLarge, TooManyFiles, WrongFileType),
)
async def upload_file(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    platform: NamedDependency[Platform],
    idempotency_key: IdempotencyKey = None,
) -> UploadedFile:
    """Take one file in (``multipart/form-data``, field ``file``).

    It is the uploader's own until it is attached to something, and removed after a day if it is
    not. The same ``Idempotency-Key`` answers with the same file.
    """
    await unit_of(request.scope).close()
    key = f"files:{idempotency_key}" if idempotency_key else ""
    if key and (known := await _find_earlier(platform, actor, key)):
        return _describe(known)
    form = await request.form()
    sent = [part for part in form.dict().values() for part in part if isinstance(part, UploadFile)]
    try:
        if len(sent) > 1:
            raise TooManyFiles(_("Send one file at a time."))
        if not sent:
            raise EmptyFile
        return _describe(await _take(platform, actor, sent[0], key))
    finally:
        for part in sent:
            await part.close()


async def _find_earlier(platform: Platform, actor: Actor, key: str) -> StoredFile | None:
    async with platform.write(actor) as write:
        known = await write.once(key)
        found = await platform.files.waiting(write, actor, [known]) if known else ()
    return found[0] if found else None


async def _take(platform: Platform, actor: Actor, sent: UploadFile, key: str = "") -> StoredFile:
    files = service_of(platform)
    new = await files.intake.take(sent.filename, sent.file)
    async with platform.write(actor) as write:
        stored = await files.register(write, actor, new, actor.municipalities[0])
        if key:
            await write.remember(key, stored.id)
    return stored


def _describe(stored: StoredFile) -> UploadedFile:
    file_id = ids.FILE.format(stored.id)
    return UploadedFile(
        file_id,
        stored.name,
        stored.media_type,
        stored.size,
        stored.has_preview,
        f"/files/{file_id}",
    )


@get("/files/{file_id:str}", opt=_FETCH, include_in_schema=False)
async def send_file(
    request: AnyRequest,
    file_id: FromPath[str],
    actor: NamedDependency[Actor],
    read: NamedDependency[ReadUnit],
    platform: NamedDependency[Platform],
) -> Response[Any]:
    """Send a file, or the range that is asked for."""
    found = await service_of(platform).fetch(read, actor, ids.FILE.parse(file_id))
    return await _answer(request, service_of(platform), found, "")


@get("/files/{file_id:str}/{size:str}", opt=_FETCH, include_in_schema=False)
async def send_smaller(
    request: AnyRequest,
    file_id: FromPath[str],
    size: FromPath[str],
    *,
    actor: NamedDependency[Actor],
    read: NamedDependency[ReadUnit],
    platform: NamedDependency[Platform],
) -> Response[Any]:
    """Send an image in a smaller size: ``preview`` (1600 points) or ``thumbnail`` (400)."""
    found = await service_of(platform).fetch(read, actor, ids.FILE.parse(file_id))
    wanted = _SMALLER_SIZES.get(size)
    if wanted is None or not found.has_preview:
        raise NotFound
    return await _answer(request, service_of(platform), found, wanted)


@head("/files/{file_id:str}", opt=_FETCH, include_in_schema=False)
async def describe_file(
    file_id: FromPath[str],
    actor: NamedDependency[Actor],
    read: NamedDependency[ReadUnit],
    platform: NamedDependency[Platform],
) -> Response[None]:
    """Answer with the headers that fetching would have."""
    found = await service_of(platform).fetch(read, actor, ids.FILE.parse(file_id))
    told = {"Content-Length": str(found.size), "Content-Type": found.media_type}
    return Response(None, headers=_headers(found, "") | told)


async def _answer(
    request: AnyRequest, files: FileService, found: FetchedFile, size: Size
) -> Response[Any]:
    headers = _headers(found, size)
    if _is_fresh(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(None, status_code=304, headers=headers)
    span = None
    if not size and request.headers.get("if-range") in {None, headers["ETag"]}:
        try:
            span = find_span(request.headers.get("range"), found.size)
        except RangeNotSatisfiable:
            headers["Content-Range"] = f"bytes */{found.size}"
            return Response(b"", status_code=416, headers=headers)
    try:
        length, content = await files.blobs.open(found.id, size, span)
    except BlobMissing:
        _log.error("blob_missing", file=found.id.hex, size=size)
        raise NotFound from None
    headers["Content-Length"] = str(length)
    if span:
        headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{found.size}"
    return Stream(
        content,
        status_code=206 if span else 200,
        headers=headers,
        media_type=_SMALLER if size else found.media_type,
    )


def _headers(found: FetchedFile, size: Size) -> dict[str, str]:
    """Return what keeps a stranger's file from acting as a page of ours, or from being kept.

    ``no-cache`` lets the browser keep it, and ask each time whether it still may.
    """
    kind = KINDS.get(found.media_type)
    inline = bool(size) or (kind is not None and kind.inline)
    return {
        "Content-Disposition": disposition(found.name, inline=inline),
        "ETag": f'"{found.sha256[:32]}{size}"',
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "none" if size else "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _is_fresh(header: str | None, etag: str) -> bool:
    known = (part.strip().removeprefix("W/") for part in (header or "").split(","))
    return header == "*" or etag in known


FILE_ROUTES: tuple[ControllerRouterHandler, ...] = (
    upload_files,
    upload_file,
    send_file,
    send_smaller,
    describe_file,
)
