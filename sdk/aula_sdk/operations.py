"""How a site is run: which plugin is on where, who decided so, and what may be chosen there.

The operator's configuration decides, or leaves the decision to the municipality or to each
institution. What is decided above is fixed below; what is taken back falls to the level above.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol
from uuid import UUID

import msgspec

from aula_sdk.errors import Conflict
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("sdk")

MANAGE = "plugins.manage"
"""The action of choosing for an institution: its administrators hold it from the start."""
MANAGE_MUNICIPALITY = "plugins.manage_municipality"
"""The action of choosing for a municipality: its administrators hold it from the start."""

HANDLE_REQUESTS = "privacy.handle"
"""The action of deciding what people have asked about their own data."""
PAIR_DEVICES = "shell.pair_devices"
"""The action of making a tablet a device that the staff of an institution share."""
SEE_AS = "identity.see_as"
"""The action of seeing the site as somebody else, to help them: reading, what is ordinary alone."""
END_SESSIONS = "identity.end_sessions"
"""The action of logging somebody out everywhere, when a device is lost or a log-in stolen."""
BREAK_GLASS = "identity.break_glass"
"""The action of asking to read, for a time, what one's own rights do not give."""
APPROVE_GLASS = "identity.approve_break_glass"
"""The action of approving what somebody else has asked to read."""
READ_GLASSES = "identity.read_break_glass"
"""The action of reading who has asked to read whose data, why, and what became of it."""
READ_SUPPORT = "identity.read_support"
"""The action of reading who has seen the site as whom, and why."""

Switch = Literal["on", "off"]
LeftTo = Literal["nobody", "institution"]
"""To whom a municipality leaves what it has chosen: its institutions may choose anew, or not."""


class DecidedBy(StrEnum):
    """Whose word a state or a setting rests on."""

    PLATFORM = "platform"
    """The plugin is not there, or has failed."""
    CONFIGURATION = "configuration"
    MUNICIPALITY = "municipality"
    INSTITUTION = "institution"
    PLUGIN = "plugin"
    """Nobody has set it: the plugin's own default."""


class Source(msgspec.Struct, frozen=True):
    """Where something was decided, and by whom."""

    by: DecidedBy
    text: Text
    """The whole explanation, for people: "Hidden because the institution has chosen so"."""
    key: str = ""
    """Where it stands in the configuration, for operators."""
    profile_id: UUID | None = None
    """Who chose it; None when the operator did, by a command."""
    at: datetime | None = None
    """When it was chosen; None when it was not a choice."""


class Place(msgspec.Struct, frozen=True):
    """A municipality, or one institution in it."""

    municipality_id: UUID
    institution_id: UUID | None = None
    name: str = ""


class SettingReport(msgspec.Struct, frozen=True):
    """One setting of a plugin at a place."""

    name: str
    title: Text | str
    kind: Literal["switch", "number", "text", "option", "options", "other"]
    """What a form shows: a switch, a field, a list of which one or several ``options`` are chosen,
    or nothing to be filled in."""
    options: tuple[str, ...]
    value_titles: Mapping[str, Text]
    """How values are called (`SettingsSchema.value_titles`); one without is shown as it is."""
    expected: Text
    """What can be chosen, in words."""
    value: Any
    """What holds, as JSON has it."""
    source: Source
    is_open: bool
    """Whether it can be chosen at this place."""
    is_chosen: bool
    """Whether it has been chosen at this very place, so that the choice can be taken back."""


class PluginReport(msgspec.Struct, frozen=True):
    """One plugin at a place."""

    name: str
    title: Text | str
    summary: Text | str
    is_on: bool
    source: Source
    is_open: bool
    """Whether on or off can be chosen at this place."""
    left_to: LeftTo
    """Whether institutions may choose for themselves."""
    chosen: Switch | None
    """What has been chosen at this very place; it may rest while a level above decides."""
    settings: tuple[SettingReport, ...] = ()
    ignored: tuple[str, ...] = ()
    """Settings that were chosen once and do not fit the plugin any more."""


class ChoiceLocked(Conflict):
    """A level above has decided it, so that it cannot be chosen here; ``detail`` says which."""

    code = "plugins.locked"
    title = _("This cannot be chosen here")


class Choices(Protocol):
    """Choosing, for those who hold `MANAGE` or `MANAGE_MUNICIPALITY`.

    A choice holds from everybody's next request on, in every process, and is audited. Each method
    raises `NotFound` for a place or a plugin that the actor has nothing to do with, and
    `Forbidden` to somebody who manages institutions of a municipality, but not the municipality.
    """

    async def places(self, unit: ReadUnit, actor: Actor) -> Sequence[Place]:
        """Return where the actor may choose: municipalities first, then institutions by name."""
        ...

    async def reports(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[PluginReport]:
        """Return every plugin's state there, by name, explained."""
        ...

    async def switch(
        self,
        write: WriteUnit,
        actor: Actor,
        place: Place,
        plugin: str,
        state: Switch,
        *,
        left_to: LeftTo = "nobody",
    ) -> None:
        """Choose on or off; for a municipality also whether its institutions may choose anew.

        Raises `ChoiceLocked` where a level above has decided.
        """
        ...

    async def set_up(
        self,
        write: WriteUnit,
        actor: Actor,
        place: Place,
        plugin: str,
        values: Mapping[str, Any],
    ) -> None:
        """Choose settings, as JSON has them or as forms send them; others stay as they are.

        Raises `Invalid` with a field for each that cannot be taken, and then takes none;
        `ChoiceLocked` where a level above has set one of them.
        """
        ...

    async def take_back(
        self, write: WriteUnit, actor: Actor, place: Place, plugin: str, setting: str = ""
    ) -> None:
        """Forget what was chosen there of a setting, or of on and off: the level above decides."""
        ...
