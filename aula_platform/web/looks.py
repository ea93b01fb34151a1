"""How pages look: the installation's own name, logo and colours, and each municipality's.

Everything is read, checked and made when the application is created; what is wrong stops the start
in words for an operator. Colours come as a stylesheet of our own and logos as files of our own,
named by their content, so that the policy on pages need not allow anything more.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from aula_platform.settings import LookSettings, Settings
from aula_platform.web.colours import DARK, LIGHT, TEXT, nearest_readable, tokens_of, weakest
from aula_sdk.contributions import public
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor

ADDRESS = "/looks"
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
_MOST_BYTES = 100_000
_HASH = 16


class WrongLook(Exception):
    """A look cannot be used; the message names the key, what is wrong and what would do."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the pages of one reader look."""

    site_name: str
    stylesheet: str = ""
    """The address of the colours; empty where they are the platform's."""
    logo: str = ""
    """The address of the logo; empty where it is the platform's."""


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    media_type: str


class Looks:
    """All looks of the installation. Made once; raises `WrongLook`."""

    def __init__(self, settings: Settings) -> None:
        self.files: dict[str, _File] = {}
        """What is served, by its name in the address."""
        self._settings = settings
        own = settings.site.look
        self.installation = self._make("site.look", settings.site.name, own)
        self._by_key = {
            key: self._make(
                f"municipalities.{key}.look",
                place.site_name or settings.site.name,
                _over(own, place.look),
            )
            for key, place in settings.municipalities.items()
        }
        self._by_id: dict[UUID, Look] = {}

    def know(self, municipalities: Mapping[str, UUID]) -> None:
        """Take the municipalities' ids, by key, when the database is there."""
        self._by_id = {one: self._by_key[key] for key, one in municipalities.items()}

    def for_reader(self, actor: Actor | None, host: str) -> Look:
        """Return the look of the one municipality that the reader's profiles, or before log-in
        the address, belong to; of several, or of none, the installation's.
        """
        if actor is not None:
            places = actor.municipalities
            found = self._by_id.get(places[0]) if len(places) == 1 else None
        else:
            found = self._by_key.get(self._settings.municipality_at(host))
        return found or self.installation

    def _make(self, key: str, site_name: str, look: LookSettings) -> Look:
        stylesheet = _stylesheet(key, look)
        return Look(
            site_name,
            self._keep(stylesheet.encode(), ".css", "text/css") if stylesheet else "",
            self._keep(*_read_logo(key, Path(look.logo))) if look.logo else "",
        )

    def _keep(self, content: bytes, suffix: str, media_type: str) -> str:
        name = f"{sha256(content).hexdigest()[:_HASH]}{suffix}"
        self.files[name] = _File(content, media_type)
        return f"{ADDRESS}/{name}"


def _over(own: LookSettings, place: LookSettings) -> LookSettings:
    """Return a municipality's look; what it does not say is as the installation says."""
    told = {name: value for name, value in msgspec.structs.asdict(place).items() if value}
    if place.accent or place.accent_dark:
        # Half of one look and half of another would fit nobody.
        told |= {"accent": place.accent, "accent_dark": place.accent_dark}
    return msgspec.structs.replace(own, **told)


def _stylesheet(key: str, look: LookSettings) -> str:
    """Return the colours as CSS, in the layer of the design's own; empty without an accent."""
    if not look.accent and not look.accent_dark:
        return ""
    light = _block(f"{key}.accent", look.accent, LIGHT, "light")
    dark = _block(f"{key}.accent_dark", look.accent_dark, DARK, "dark", like=look.accent)
    return (
        f"@layer tokens {{ :root {{ {light} }} @media (prefers-color-scheme: dark) "
        f'{{ :root:not([data-theme="light"]) {{ {dark} }} }} '
        f':root[data-theme="dark"] {{ {dark} }} }}\n'
    )


def _block(key: str, accent: str, theme: Mapping[str, str], name: str, like: str = "") -> str:
    if not accent:
        hint = f"; {nearest_readable(like, theme)} would do" if _COLOUR.fullmatch(like) else ""
        raise WrongLook(f"{key} is missing: {name} pages need a colour of their own{hint}")
    if not _COLOUR.fullmatch(accent):
        raise WrongLook(f"{key} is {accent!r}: a colour is written #rrggbb, such as #6c2b63")
    found = weakest(accent, theme)
    if found < TEXT:
        raise WrongLook(
            f"{key} is {accent}: on {name} pages its contrast is {found:.1f}:1, and {TEXT}:1 is "
            f"needed to read it; {nearest_readable(accent, theme)} would do"
        )
    tokens = tokens_of(accent.lower(), theme)
    return "".join(f"--{token}: {colour}; " for token, colour in tokens.items())


def _read_logo(key: str, path: Path) -> tuple[bytes, str, str]:
    if path.suffix not in _KINDS:
        kinds = ", ".join(_KINDS)
        raise WrongLook(f"{key}.logo is {str(path)!r}: a logo is a file of one of {kinds}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongLook(
            f"{key}.logo: {str(path)!r} cannot be read ({error.strerror}); the path begins where "
            "the site is started, or is absolute"
        ) from error
    if len(content) > _MOST_BYTES:
        raise WrongLook(
            f"{key}.logo: {str(path)!r} has {len(content)} bytes; every page fetches it, so at "
            f"most {_MOST_BYTES} are allowed"
        )
    return content, path.suffix, _KINDS[path.suffix]


@get(f"{ADDRESS}/{{name:str}}", opt=public("the look of the pages"), include_in_schema=False)
async def send_look(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Send a stylesheet or a logo; a name stands for its content for ever."""
    looks: Looks = request.app.state.looks
    found = looks.files.get(name)
    if found is None:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, media_type=found.media_type, headers=headers)
