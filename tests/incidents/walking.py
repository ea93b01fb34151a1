"""Everything that somebody can read of the site, read by everybody, with their own ids and others'.

Each of the cast begins at the addresses that name no object and goes on with every id that the
answers show. Whatever is never shown to somebody is foreign to them; afterwards they ask for that
too, at every address that takes an id of its kind.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import httpx
from litestar import Litestar
from litestar.routes import HTTPRoute

from workspace.places import find_plugins

ID = re.compile(r"\b([a-z]{3})_[0-9a-f]{32}\b")
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_MOST_OWN, _MOST_FOREIGN = (12, 8) if os.environ.get("AULA_LONG") == "1" else (1, 1)
"""How many ids of a kind are tried at one address by one person; those to look at come first."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "application_id": ("gap",),
    "comment_id": ("cmt",),
    "draft_id": ("dft",),
    "file_id": ("fil",),
    "freeze_id": ("rtf",),
    "group_id": ("grp",),
    "import_id": ("imp",),
    "message_id": ("msg",),
    "municipality_id": ("mun",),
    "person_id": ("pro",),
    "place_id": ("ins",),
    "post_id": ("pst",),
    "profile_id": ("pro",),
    "report_id": ("rep",),
    "run_id": ("rtr",),
    "sample_id": ("smp",),
    "template_id": ("gtp",),
    "thread_id": ("thr",),
    # What one gives oneself or others, or is signed in with: named in changes alone.
    "device_id": ("dev",),
    "given_id": ("gra", "hol"),
    "glass_id": ("gls",),
    "key_id": ("key",),
    "request_id": ("prq",),
    "session_id": ("ses",),
}
"""Which ids an address takes where; a new name has to be said here before its route is walked."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "feature": tuple(name for name in find_plugins() if name != "demo"),
    "number": ("1",),
    "role": ("employee",),
    "size": ("thumbnail",),
    "subject": ("posts.posts",),
}
"""What stands in addresses and is no id."""

UNWALKED = {
    "/live": "it does not end; tests/live",
    "/looks/{name:str}": "the look of the pages",
    "/badges/{plugin:str}/{name:str}": "the frame of every page has the numbers",
    "/overview/{plugin:str}/{name:str}": "the overview has the boxes",
    "/step-up/kept/{typed_id:uuid}": "a session's own; tests/identity/test_step_up.py",
    "/{path:path}": "there is nothing here",
    "/api/{path:path}": "there is nothing here",
}
_FAMILIES = ("/static", "/api/schema", "/sign-", "/role", "/step-up", "/sw.js", "/.well-known")


class Seen(NamedTuple):
    """One answer."""

    who: str
    route: str
    path: str
    answer: httpx.Response
    is_foreign: bool

    def __str__(self) -> str:
        return f"{self.who}: {self.path} {self.answer.status_code}"


class Door(NamedTuple):
    """One address that answers one method."""

    method: str
    path: str
    handler: Any

    @property
    def names(self) -> list[str]:
        """The parts of the address that change."""
        return _PARAMETER.findall(self.path)

    @property
    def kinds(self) -> list[str]:
        """The kinds of id that the address takes first; none when it names no object."""
        if self.names[:1] == ["draft_id"] and self.handler.opt.get("plugin") == "posts":
            return ["pdr"]
        return [kind for name in self.names[:1] for kind in KINDS.get(name, ())]

    def address(self, **ids: str) -> str:
        """Return the address with these parts, and any of the others."""
        words = {name: options[0] for name, options in WORDS.items()}
        return _PARAMETER.sub(lambda found: (words | ids)[found[1]], self.path)


def doors_of(app: Litestar, *methods: str) -> Iterator[Door]:
    """Yield the addresses that are about people: not the look, nor the way in."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path not in UNWALKED:
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods & set(methods)):
                    if not route.path.startswith(_FAMILIES):
                        yield Door(method, route.path, handler)


class Walk:
    """What everybody was answered."""

    def __init__(
        self,
        app: Litestar,
        clients: Mapping[str, httpx.AsyncClient],
        first: frozenset[str],
        foreign: Sequence[str],
    ) -> None:
        """``first``: ids that are tried before others; ``foreign``: who asks for others' things."""
        self.doors = list(doors_of(app, "GET"))
        self._clients = clients
        self._first = first
        self._foreign = foreign
        self.seen: list[Seen] = []
        self._shut: set[tuple[str, str]] = set()
        """Doors at which somebody has met a 403, which need not be asked with all that is theirs.

        Another's thing is asked for all the same: the 403 may have been about the one object.
        """
        self.own: dict[str, dict[str, set[str]]] = {}
        """The ids that somebody was shown on the way, by kind."""

    async def walk(self) -> None:
        """Let everybody read what is theirs, and then ask for what is not."""
        for who in self._clients:
            await self._walk_own(who)
        for who in self._foreign:
            await self._ask_foreign(who)

    def known(self) -> dict[str, list[str]]:
        """Return every id that was shown to anybody, by kind."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for own in self.own.values():
            for kind, ids in own.items():
                found[kind] |= ids
        return {kind: sorted(ids) for kind, ids in sorted(found.items())}

    def foreign_to(self, who: str) -> dict[str, list[str]]:
        """Return the ids that somebody else was shown, and they were not."""
        own = self.own[who]
        return {
            kind: [one for one in ids if one not in own.get(kind, ())]
            for kind, ids in self.known().items()
        }

    async def _walk_own(self, who: str) -> None:
        own: defaultdict[str, set[str]] = defaultdict(set)
        self.own[who] = own
        # What is foreign to somebody is known only when all that is theirs has been looked at.
        most = 3 * _MOST_OWN if who in self._foreign else _MOST_OWN
        tried: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for door in self.doors:
            if not door.kinds:
                await self._ask(who, door, {})
        is_new = True
        while is_new:
            is_new = False
            for door in self.doors:
                for kind in door.kinds:
                    done = tried[door.path, kind]
                    ahead = sorted(own[kind] - done, key=lambda one: (one not in self._first, one))
                    for one in ahead:
                        if len(done) < most or one in self._first:
                            done.add(one)
                            is_new = True
                            await self._ask(who, door, dict.fromkeys(door.names[:1], one))

    async def _ask_foreign(self, who: str) -> None:
        chance = Random(who)  # The same ids in every run.
        foreign = self.foreign_to(who)
        for door in self.doors:
            for kind in door.kinds:
                ids = foreign.get(kind, [])
                for one in chance.sample(ids, min(_MOST_FOREIGN, len(ids))):
                    await self._ask(who, door, dict.fromkeys(door.names[:1], one), is_foreign=True)

    async def _ask(
        self, who: str, door: Door, ids: Mapping[str, str], *, is_foreign: bool = False
    ) -> None:
        if not is_foreign and (who, door.path) in self._shut:
            return
        answer = await self._clients[who].get(door.address(**ids))
        if answer.status_code == 403:
            self._shut.add((who, door.path))
        self.seen.append(Seen(who, door.path, str(answer.request.url), answer, is_foreign))
        if not is_foreign:
            for match in ID.finditer(answer.text):
                self.own[who][match[1]].add(match[0])


def texts(seen: Sequence[Seen]) -> Iterator[tuple[Seen, str]]:
    """Yield each answer with all that it says: body and headers."""
    for one in seen:
        yield one, one.answer.text + repr(one.answer.headers.multi_items())
