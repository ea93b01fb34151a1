"""What a flow comes to."""

from __future__ import annotations

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One more figure of a flow, with what it is to be at most."""

    name: str
    value: float
    unit: str
    at_most: float | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One flow on one database. Times are milliseconds; what was not measured is None."""

    flow: str
    what: str
    database: str
    people: int
    messages: int
    requests: int = 0
    cpu_ms: float | None = None
    """Processor time of all our processes for one request, the database's included."""
    database_ms: float | None = None
    """What of it PostgreSQL has used."""
    cpu_at_most: float | None = None
    per_second: float | None = None
    per_second_at_least: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    statements: float | None = None
    """Statements that one request sends to the database, as the driver is given them."""
    bytes: float | None = None
    """Of one body as it goes over the wire, mostly compressed."""
    bare_ms: float | None = None
    """Processor time of a bare Litestar handler in the same run."""
    driver_ms: float | None = None
    """Processor time of the bare driver for the same statements, the database's included."""
    growth: float | None = None
    """``cpu_ms`` by that of the same flow in the small municipality of the same run."""
    figures: tuple[Figure, ...] = ()
