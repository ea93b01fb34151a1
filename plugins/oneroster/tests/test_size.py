"""A large municipality: rows are streamed, and what is remembered of a person is small."""

import os
import tracemalloc
from typing import Any

from aula_plugins.oneroster.reading import read
from aula_sdk.stamdata_source import GuardianshipRecord, MembershipRecord

PUPILS = 40_000 if os.environ.get("AULA_LONG") == "1" else 2_000
BYTES_A_PERSON = 900


def test_memory_is_bounded(roster: Any) -> None:
    """Issue 2: a municipality of 100,000 people is read without holding its rows."""
    children = [
        {"sourcedId": f"b-{place:032}", "agentSourcedIds": f"v-{place // 2:032}"}
        for place in range(PUPILS)
    ]
    parents = [
        {"sourcedId": f"v-{place:032}", "role": "parent", "userIds": f"{{uniid:v{place}}}"}
        for place in range(PUPILS // 2)
    ]
    rows = [f"n-{place:032},,,k1,skole,b-{place:032},student,,," for place in range(PUPILS)]
    folder = roster.write(
        users=roster.users(*children, *parents), enrollments=roster.enrollments(*rows)
    )
    counts = {GuardianshipRecord: 0, MembershipRecord: 0}
    tracemalloc.start()
    for found in read(folder):
        if type(found) in counts:
            counts[type(found)] += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counts == {GuardianshipRecord: PUPILS, MembershipRecord: PUPILS}
    assert peak < BYTES_A_PERSON * PUPILS * 1.5
