"""``aula plugins uninstall`` as an operator uses it."""

from __future__ import annotations

from aula_platform.plugin_host.uninstalling import StillOn
from tests.uninstalling.operator import Operator


def _held(operator: Operator) -> dict[str, int]:
    """Return the rows that the command counts, by table."""
    found = operator.read("plugins", "uninstall", "guest")
    return {one["table"]: one["rows"] for one in found}


def test_it_shows_what_it_would_take_and_asks(operator: Operator) -> None:
    """Without a yes nothing is done; with one the tables are gone, and it says what comes next."""
    # To look at the plugins opens the kernel, which makes the guest's subscriber known.
    assert operator.run("plugins").exit_code == 0
    assert _held(operator) == {"guest_note": 0, "events_subscriber": 1}
    asked = operator.run("plugins", "uninstall", "guest", "--purge-data", words="n\n")
    assert asked.exit_code == 1
    assert "guest_note: 0 rows, the whole table" in asked.output
    assert "Take all this away for good?" in asked.output
    assert _held(operator) == {"guest_note": 0, "events_subscriber": 1}
    done = operator.run("plugins", "uninstall", "guest", "--purge-data", words="y\n")
    assert (done.exit_code, "Uninstall its package now" in done.output) == (0, True), done.output
    assert _held(operator) == {}


def test_kept_data_is_found_again(operator: Operator) -> None:
    """Nothing waits for it any more, and its table stays."""
    assert operator.run("plugins").exit_code == 0
    assert operator.run("plugins", "uninstall", "guest", "--keep-data", "--yes").exit_code == 0
    assert _held(operator) == {"guest_note": 0}


def test_it_refuses_what_is_on_and_what_is_not_said(operator: Operator) -> None:
    """On somewhere; neither kept nor purged: nothing is done."""
    unsaid = operator.run("plugins", "uninstall", "guest", "--yes")
    assert (unsaid.exit_code, "--keep-data or --purge-data" in unsaid.output) == (2, True)
    operator.choose("on")
    refused = operator.run("plugins", "uninstall", "guest", "--purge-data", "--yes")
    assert isinstance(refused.exception, StillOn)
    operator.choose("off")
    assert "guest_note" in _held(operator)
