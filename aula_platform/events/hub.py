"""Who has which page open: live topics on their way to browsers (rule 22)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

EVERYTHING = "*"
"""Sent instead of topics when too many wait: the page fetches all of itself again."""
_LIMIT = 50


class Stream:
    """What one open page is told. Topics that change several times meanwhile are told once."""

    __slots__ = ("_changed", "_waiting", "closed", "owner", "profiles")

    def __init__(self, profiles: frozenset[UUID], owner: UUID | None) -> None:
        self.profiles = profiles
        self.owner = owner
        self.closed = False
        self._waiting: dict[str, None] = {}
        self._changed = asyncio.Event()

    def tell(self, topic: str) -> None:
        """Put the topic among those that wait; too many become `EVERYTHING`."""
        if EVERYTHING in self._waiting:
            return
        if len(self._waiting) >= _LIMIT:
            self._waiting.clear()
            topic = EVERYTHING
        self._waiting[topic] = None
        self._changed.set()

    def close(self) -> None:
        """End the stream; whoever waits is woken."""
        self.closed = True
        self._changed.set()

    async def take(self, seconds: float | None = None) -> tuple[str, ...]:
        """Return what has changed, in order; nothing after ``seconds`` or when closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        topics = tuple(self._waiting)
        self._waiting.clear()
        if not self.closed:
            self._changed.clear()
        return topics

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield the name of each topic that changes, until the stream is closed."""
        while not self.closed:
            for topic in await self.take():
                yield topic


class LiveHub:
    """The open streams of this process, by institution profile."""

    def __init__(self) -> None:
        self.closed = False
        self._streams: dict[UUID, set[Stream]] = {}
        self._open: set[Stream] = set()
        self._owners: Counter[UUID | None] = Counter()

    @property
    def open_streams(self) -> int:
        """How many streams are open in this process."""
        return len(self._open)

    def count(self, owner: UUID) -> int:
        """How many of the open streams are this account's."""
        return self._owners[owner]

    @contextmanager
    def subscribe(self, profiles: Iterable[UUID], owner: UUID | None = None) -> Iterator[Stream]:
        """Return a stream of what changes for any of the profiles; it is forgotten at the end.

        ``owner`` is the account whose streams `count` counts.
        """
        stream = Stream(frozenset(profiles), owner)
        self._open.add(stream)
        self._owners[owner] += 1
        for profile in stream.profiles:
            self._streams.setdefault(profile, set()).add(stream)
        if self.closed:
            stream.close()
        try:
            yield stream
        finally:
            self._open.discard(stream)
            self._owners[owner] -= 1
            if not self._owners[owner]:
                del self._owners[owner]
            for profile in stream.profiles:
                streams = self._streams[profile]
                streams.discard(stream)
                if not streams:
                    del self._streams[profile]

    def publish(self, topic: str, profiles: Iterable[UUID]) -> None:
        """Tell the open streams of these profiles, each once."""
        told: set[Stream] = set()
        for profile in profiles:
            told.update(self._streams.get(profile, ()))
        for stream in told:
            stream.tell(topic)

    def close(self) -> None:
        """End all streams, now and later; called before the server waits for its connections."""
        self.closed = True
        for stream in self._open:
            stream.close()
