"""What every page is given: the shell's context, as the templates in ``templates/aula`` read it.

The web room fills one `ShellContext` per request; `page.html` and `macros.html` read nothing else
but this object, `_`, `ngettext` and `format_time`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2s
from typing import Any, Literal

Theme = Literal["auto", "light", "dark"]
Direction = Literal["ltr", "rtl"]
NoticeKind = Literal["info", "success", "warning", "error"]

AVATAR_TONES = 8


@dataclass(frozen=True, slots=True)
class ShellPerson:
    """Who is logged in, and in which role they act now."""

    name: str
    role_label: str
    key: str = ""
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class ShellRole:
    """A role that the account can switch to; posting `value` to `ShellContext.role_url` does it."""

    value: str
    label: str
    detail: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class ShellNavItem:
    """One place in the navigation; `badge` counts what waits there (0 shows nothing).

    On a change of the live topic `live` the number is fetched from `badge_url`, which answers
    with ``aula/badge.html``.
    """

    href: str
    label: str
    icon: str
    badge: int = 0
    current: bool = False
    live: str = ""
    badge_url: str = ""


@dataclass(frozen=True, slots=True)
class ShellChild:
    """A child in the row of round buttons; `href` filters the present page to that child."""

    key: str
    name: str
    href: str
    current: bool = False
    picture: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ShellFlash:
    """What the last action did, shown once; `undo_url` is posted to when it can be undone."""

    text: str
    kind: NoticeKind = "success"
    undo_url: str | None = None


@dataclass(frozen=True, slots=True)
class ShellLocale:
    """A language that the reader can choose."""

    code: str
    label: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class ShellEnd:
    """When the session ends if the page is only looked at, and how long before it is warned of."""

    at: datetime
    seconds: int
    warn_seconds: int
    soon: bool
    """Whether it ends soon whatever one does."""
    who: str
    url: str = "/profile/session"


@dataclass(frozen=True, slots=True)
class ShellSupport:
    """That the site is seen as somebody else, until when, and where that is ended."""

    until: datetime
    is_glass: bool = False
    """Whether what is read is confidential: a second person has approved it."""
    end_url: str = "/see-as/end"


@dataclass(frozen=True, slots=True)
class ShellContext:
    """The frame around a page.

    `asset` turns a logical name (``core.css``, ``posts/party.svg`` of a plugin) into its hashed
    address; `stylesheets` and `scripts` are the addresses of those that the reader's plugins bring.
    `new_key` returns a fresh idempotency key at each call, because two forms on a page are two
    different acts.
    """

    asset: Callable[[str], str]
    new_key: Callable[[], str]
    csrf_token: str
    nonce: str
    stylesheets: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    site_name: str = "Aula"
    look_url: str = ""
    logo_url: str = ""
    municipality: str = ""
    locale: str = "da"
    dir: Direction = "ltr"
    theme: Theme = "auto"
    person: ShellPerson | None = None
    roles: tuple[ShellRole, ...] = ()
    nav: tuple[ShellNavItem, ...] = ()
    children: tuple[ShellChild, ...] = ()
    locales: tuple[ShellLocale, ...] = ()
    flashes: tuple[ShellFlash, ...] = ()
    ends: ShellEnd | None = None
    asks_about_device: bool = False
    is_shared: bool = False
    """Whether this is a shared device, on which one leaves for the next."""
    support: ShellSupport | None = None
    tells_access: bool = False
    """Whether somebody had special access to the reader's data and the reader does not know yet."""
    live: bool = False
    live_url: str = "/live"
    home_url: str = "/"
    profile_url: str = "/profile"
    role_url: str = "/role"
    theme_url: str = "/profile/theme"
    locale_url: str = "/profile/language"
    logout_url: str = "/sign-out"
    back_url: str = "/"
    csrf_field: str = "_csrf_token"
    csrf_header: str = "x-csrftoken"
    key_field: str = "idempotency_key"
    macros: dict[str, Any] = field(default_factory=dict)
    """The kernel's macros once a template has used them (`templates.SharedMacros`)."""

    def initials(self, name: str) -> str:
        """Return at most two letters for an avatar: of the first and the last name."""
        words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
        if not words:
            return "?"
        letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
        return letters.upper()

    def tone(self, key: str) -> int:
        """Return the avatar colour (1 to 8) of a key; the same key has the same one everywhere."""
        return blake2s(key.encode(), digest_size=1).digest()[0] % AVATAR_TONES + 1
