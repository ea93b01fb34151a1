"""One value of each kind that columns have on both databases, with the column's type."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, utc_now
from aula_sdk.ids import new_id
from aula_sdk.people import Kind

VALUES: dict[str, tuple[sa.types.TypeEngine[Any], Any]] = {
    "id": (Id(), new_id()),
    "at": (Instant(), utc_now()),
    "document": (JSON, {"a": [1, None, "å"]}),
    "is_true": (sa.Boolean(), True),
    "number": (sa.Integer(), -3),
    "large": (sa.BigInteger(), 2**40),
    "text": (sa.String(20), "Ærø"),
    "share": (sa.Float(), 0.25),
    "raw": (sa.LargeBinary(), b"\0\xff"),
    "day": (sa.Date(), date(2026, 11, 29)),
    "length": (sa.Interval(), timedelta(seconds=90)),
    "kind": (sa.Enum(Kind, native_enum=False), Kind.GUARDIAN),
}
