"""The host: a plugin that cannot be used is named with the reason, and everybody else goes on."""

from collections.abc import Callable

import pytest

from aula_platform.kernel import ROOMS, make_catalogue
from aula_platform.plugin_host import Host, start_host
from aula_platform.plugin_host.acceptance import is_of_the_platform
from aula_platform.plugin_host.discovery import Installed
from aula_platform.plugin_host.manager import failure_policy, hook_names
from aula_sdk import hookspecs
from aula_sdk.contributions import NavItem, Routes
from aula_sdk.permissions import Action

Install = Callable[..., Installed]

IMPORTS = """
from aula_sdk.contributions import *
from aula_sdk.hookspecs import hookimpl
from aula_sdk.i18n import gettext_for
from aula_sdk.permissions import Action, RoleDefault

_ = gettext_for("good")
"""
GOOD = f"""{IMPORTS}

@hookimpl
def aula_nav_items():
    yield NavItem("good", _("Good"), "/good", "home", "good.use")


@hookimpl
def aula_permissions():
    yield Action("good.use", _("Use it"))
    yield RoleDefault("guardian", "good.use")
"""

TYPO = """
import msgspec


class Own(msgspec.Struct):
    quiet: bool = False


@hookimpl
def aula_settings():
    yield SettingsSchema(Own, ("quite",))
"""


def _assert_good_goes_on(host: Host) -> None:
    assert [item.href for name, item in host.each(NavItem) if name == "good"] == ["/good"]
    assert [item.name for name, item in host.each(Action) if name == "good"] == ["good.use"]


def test_a_good_plugin_contributes_by_name(install: Install) -> None:
    host = start_host([install("good", GOOD)])
    assert host.refusals == []
    _assert_good_goes_on(host)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({"hooks": "import nowhere_at_all"}, "hooks cannot be imported"),
        ({"description": "raise RuntimeError('at import')"}, "cannot be imported (RuntimeError"),
        ({"description": "plugin = 7"}, "is not an aula_sdk.plugin.Plugin"),
        ({"sdk": ">=2,<3"}, "works with SDK >=2,<3, this is"),
        ({"sdk": "newest"}, "is not a version range"),
        (
            {"hooks": f"{IMPORTS}\n@hookimpl\ndef aula_navitems():\n    return ()"},
            "there is no hook 'aula_navitems'",
        ),
        (
            {"hooks": f"{IMPORTS}\n@hookimpl\ndef aula_nav_items(nosuch):\n    return ()"},
            "its hooks do not fit",
        ),
        (
            {"hooks": f"{IMPORTS}\n@hookimpl\ndef aula_settings():\n    raise ValueError('no')"},
            "aula_settings failed (ValueError: no)",
        ),
        (
            {"hooks": f"{IMPORTS}\n{TYPO}"},
            "aula_settings failed (ValueError: Own has no field quite)",
        ),
    ],
    ids=[
        "hooks",
        "import",
        "not-a-plugin",
        "range",
        "bad-range",
        "unknown",
        "args",
        "stop",
        "typo",
    ],
)
def test_a_plugin_that_cannot_be_used_is_refused_whole(
    install: Install, case: dict[str, str], says: str
) -> None:
    """R26, B2: it is named with its distribution and the reason; the good one is not disturbed."""
    host = start_host([install("bad", **case), install("good", GOOD)])
    assert list(host.accepted) == ["good"]
    refusal = host.refusals[0]
    assert (refusal.plugin, refusal.distribution) == ("bad", "dist-installed_bad")
    assert says in refusal.problem
    _assert_good_goes_on(host)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("raise RuntimeError('in the hook')", "aula_nav_items failed (RuntimeError: in the hook)"),
        ("yield {'name': 'dict'}", "aula_nav_items yields dict, not NavItem"),
        ("return 7", "aula_nav_items failed (TypeError"),
    ],
)
def test_a_skipped_hook_costs_only_what_it_would_have_given(
    install: Install, body: str, says: str
) -> None:
    """A hook whose policy is ``skip`` fails alone: the plugin stays, with its other hooks."""
    hooks = f"""{IMPORTS}

@hookimpl
def aula_nav_items():
    {body}


@hookimpl
def aula_routes():
    yield Routes()
"""
    host = start_host([install("half", hooks), install("good", GOOD)])
    assert set(host.accepted) == {"half", "good"}
    assert [name for name, _item in host.each(Routes)] == ["half"]
    assert (host.refusals[0].hook, says in host.refusals[0].problem) == ("aula_nav_items", True)
    _assert_good_goes_on(host)


@pytest.mark.parametrize(
    "name", ["storage", "api", "profile", "plugin", "files_old", "Loud", "two words", "_x"]
)
def test_a_name_that_is_reserved_or_malformed_is_refused(install: Install, name: str) -> None:
    """Rule 4: kernel rooms' names and the kernel's addresses belong to nobody else, nor does a name
    that makes tables look like a room's: ``plugin`` would own what begins ``plugin_``.
    """
    host = start_host([install(name, module="oddly_named"), install("good", GOOD)])
    assert list(host.accepted) == ["good"]
    assert "name" in host.refusals[0].problem


def test_no_accepted_name_can_meet_the_tables_of_a_room() -> None:
    """Every room that owns tables is known to the rule, which leaves the other names alone."""
    for owner in ROOMS:
        for table in owner.metadata.tables:
            words = table.split("_")
            for end in range(1, len(words) + 1):
                assert is_of_the_platform("_".join(words[:end])), table
    assert not any(map(is_of_the_platform, ("plug", "plugins2", "post_files", "administration")))


def test_two_that_offer_one_name_are_both_refused(install: Install) -> None:
    host = start_host([install("twin"), install("twin", module="other"), install("good", GOOD)])
    assert list(host.accepted) == ["good"]
    assert "dist-installed_twin, dist-other" in host.refusals[0].problem


def test_a_name_that_begins_with_anothers_is_refused(install: Install) -> None:
    """Rule 4: tables of ``learning_links`` could be taken for those of ``learning``."""
    host = start_host([install("learning"), install("learning_links")])
    assert list(host.accepted) == ["learning"]
    assert "tables could be taken for those of 'learning'" in host.refusals[0].problem


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('yield Action("other.use", _("X"))', "is not its own"),
        ('yield Action("bad.use", _("X"), resource="bad.nothing")', "unknown"),
        ('yield RoleDefault("guardian", "bad.use")', "unknown"),
        (
            'yield Action("bad.use", _("X"))\n    yield RoleDefault("pupil", "bad.use", "owner")',
            "by the relation 'owner'",
        ),
    ],
)
def test_rights_that_contradict_themselves_take_the_plugin_out(
    install: Install, wrong: str, says: str
) -> None:
    """Permissions fail closed: nobody holds anything of a plugin whose rights make no sense."""
    hooks = f"{IMPORTS}\n\n@hookimpl\ndef aula_permissions():\n    {wrong}\n"
    host = start_host([install("bad", hooks), install("good", GOOD)])
    catalogue = make_catalogue(host)
    assert list(host.accepted) == ["good"]
    assert says in host.refusals[0].problem
    assert "good.use" in catalogue.actions
    assert not [name for name in catalogue.actions if name.startswith("bad")]


def test_every_hook_says_what_it_is_for_and_how_it_fails() -> None:
    """Each hook's docstring has the sentence, when, what to yield, since when and on error."""
    assert len(hook_names()) >= 12
    for name in hook_names():
        text = getattr(hookspecs, name).__doc__
        assert failure_policy(name) in {"skip", "deny", "stop"}
        for part in ("Called", "Yield", "Since: 0.1.", "On error:"):
            assert part in text, f"{name} does not say: {part}"
