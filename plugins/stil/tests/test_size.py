"""A large municipality: people are streamed, and what is remembered of each is small."""

import os
import tracemalloc
from collections import Counter
from typing import Any

PUPILS = 40_000 if os.environ.get("AULA_LONG") == "1" else 800
BYTES_A_PERSON = 600


def test_memory_is_bounded(exports: Any) -> None:
    """A municipality of 100,000 people is read without holding its people."""
    children = [
        exports.pupil(
            exports.contact(f"mor-{place // 2:032}"),
            person=exports.person(f"barn-{place:032}"),
        )
        for place in range(PUPILS)
    ]
    folder = exports.write(*children)
    tracemalloc.start()
    counts = Counter(type(found).__name__ for found in exports.stream(folder))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counts["GuardianshipRecord"] == counts["MembershipRecord"] == PUPILS
    assert counts["PersonRecord"] == PUPILS * 3 // 2
    assert peak < 5_000_000 + BYTES_A_PERSON * PUPILS * 1.5
