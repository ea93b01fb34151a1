"""What people and programs type where something else was meant."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = (
    "",
    " ",
    "x",
    "\0",
    "a\0b",
    "\ud800",
    "a\udfffb",
    "\u202egnirts",
    "e\u0301\u200d" * 50,
    "\N{PILE OF POO}" * 300,
    "x" * 300,
    "x" * 200_001,
    "<p>" * 3_000,
    "<script>alert(1)</script>",
    "'; DROP TABLE stamdata_person; --",
    "%s %(x)s {0} {{x}}",
    "../../etc/passwd",
    "\r\nSet-Cookie: a=b",
    "null",
    "[]",
    "{" * 2_000,
)
"""Words: of no length, of too much, and of characters that a database or a page may not take."""

NUMBERS = ("-1", "0", "9" * 30, "1e400", "NaN", "-0", "2147483648", "9223372036854775808", "\u0662")
TIMES = (
    "0001-01-01",
    "0001-01-01T00:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31",
    "9999-12-31T23:59",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00",
    "10000-01-01",
    "2026-02-30",
    "2026-03-29T02:30",
    "2026-12-31T24:00",
    "2026-W01-1",
    "20260101",
    "-0001-01-01",
)
IDS = (
    "pro_" + "0" * 32,
    "thr_" + "f" * 32,
    "grp_" + "0" * 32 + ":pupil",
    "fil_" + "0" * 32,
    "per_" + "A" * 32,
    "pro_",
    "_" * 36,
    "zzz_" + "0" * 32,
)

wild_words = st.one_of(st.sampled_from(WORDS + NUMBERS + TIMES + IDS), st.text(max_size=20))
