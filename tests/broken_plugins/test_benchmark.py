"""The measurement of what broken plugins cost others works; its figure is for a quiet machine."""

from __future__ import annotations

import pytest

from benchmarks.faults import measure


@pytest.mark.benchmark
@pytest.mark.expects_fault(
    r"incident|plugin_quarantined|plugin_ignores_its_end", reason="plugins that fail are the load"
)
async def test_no_request_fails_beside_broken_plugins() -> None:
    """B2: a sample of `python -m benchmarks.faults`, in which the time is not judged."""
    found = await measure(requests=40, rounds=2)
    assert (found["requests"], found["failed"]) == (80, 0)
    assert found["ratio"] > 0
