"""The Structs at the HTTP edge: what programs send and get, and what pages are made of.

Sentences are in the reader's language; what programs decide by stands beside them.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from aula_sdk.grants import HOLDER, MAX_ROLE_NAME, PERSONAL_GRANT, ROLE_PATTERN, Decided
from aula_sdk.health import STREAM
from aula_sdk.ids import GROUP, INSTITUTION, MUNICIPALITY, PROFILE
from aula_sdk.imports import IMPORT, ImportCount, ImportState, ImportStop
from aula_sdk.operations import DecidedBy, LeftTo, Switch
from aula_sdk.people import Kind

PLACE_PATTERN = f"({MUNICIPALITY.pattern})|({INSTITUTION.pattern})"
NAME_PATTERN = "^[a-z][a-z0-9_]{0,62}$"
MAX_SETTINGS = 100
MAX_NUMBER = 2**31 - 1
"""What a row's number can be in both databases."""

PlaceId = Annotated[str, msgspec.Meta(pattern=PLACE_PATTERN)]
MunicipalityId = Annotated[str, msgspec.Meta(pattern=MUNICIPALITY.pattern)]
ImportId = Annotated[str, msgspec.Meta(pattern=IMPORT.pattern)]


class PlaceItem(msgspec.Struct, frozen=True):
    """A municipality or an institution that the reader looks after."""

    id: PlaceId
    name: str
    is_municipality: bool


class Places(msgspec.Struct, frozen=True):
    """All of them: municipalities first, then institutions by name."""

    items: list[PlaceItem]


class Decision(msgspec.Struct, frozen=True):
    """Whose word something rests on."""

    by: DecidedBy
    why: str
    """The whole explanation."""
    name: str = ""
    """Who chose it, where that was a person who is still known."""
    at: datetime | None = None
    key: str = ""
    """Where it stands in the operator's configuration."""


class SettingItem(msgspec.Struct, frozen=True):
    """One setting of a feature at a place."""

    name: str
    title: str
    kind: str
    options: tuple[str, ...]
    value_titles: dict[str, str]
    """How values are called to people."""
    expected: str
    value: Any
    is_open: bool
    is_chosen: bool
    decision: Decision


class FeatureItem(msgspec.Struct, frozen=True):
    """A feature (plugin) at a place: its state and who decided it."""

    name: str
    title: str
    summary: str
    is_on: bool
    is_open: bool
    left_to: LeftTo
    chosen: Switch | None
    """What was chosen at this very place; it rests while a level above decides."""
    decision: Decision
    settings: tuple[SettingItem, ...] = ()
    ignored: tuple[str, ...] = ()
    """Settings that were chosen once and do not fit any more."""


class Features(msgspec.Struct, frozen=True):
    """Every feature at a place, by title."""

    place: PlaceItem
    items: list[FeatureItem]


class StateToChoose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On or off; a municipality says also whether its institutions may choose for themselves."""

    state: Switch
    left_to: LeftTo = "nobody"


class SettingsToChoose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings by name; those that are not named stay as they are."""

    values: Annotated[dict[str, Any], msgspec.Meta(max_length=MAX_SETTINGS)]


class ImportItem(msgspec.Struct, frozen=True):
    """One run of an import."""

    id: ImportId
    municipality: MunicipalityId
    source: str
    format: str
    mode: str
    state: ImportState
    started_at: datetime
    finished_at: datetime | None
    changes: int
    errors: int
    is_well: bool
    counts: tuple[ImportCount, ...]
    stops: tuple[ImportStop, ...]


class ImportList(msgspec.Struct, frozen=True):
    """Some imports, the newest first; ``next`` is what ``after`` has to be for older ones."""

    items: list[ImportItem]
    next: str | None = None


class RowItem(msgspec.Struct, frozen=True):
    """A row that could not be taken."""

    number: int
    file: str
    line: int
    field: str
    code: str
    reason: str
    fatal: bool


class RowList(msgspec.Struct, frozen=True):
    """Some rows in the order of the files; ``next`` is what ``after`` has to be for more."""

    items: list[RowItem]
    next: int | None = None


class Trouble(msgspec.Struct, frozen=True):
    """Something that is not as it should be, and what can be done about it."""

    code: str
    title: str
    what: str
    remedy: str
    at: datetime | None = None
    is_past: bool = False
    """Whether nobody needs to do anything about it now."""
    details: str = ""
    """For whoever runs the installation: types and places, never anybody's data."""


class ParkedItem(msgspec.Struct, frozen=True):
    """Deliveries that a feature could not take: they wait, in their order."""

    subscriber: str
    stream: str
    feature: str
    event: str
    waiting: int
    parked_at: datetime
    error: str


class HealthView(msgspec.Struct, frozen=True):
    """How the installation is, in plain words."""

    at: datetime
    is_well: bool
    troubles: list[Trouble]
    parked: list[ParkedItem]
    may_release: bool


class ParkedToRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which parked deliveries are meant."""

    subscriber: Annotated[str, msgspec.Meta(pattern=r"^[\w.:-]{1,120}$")]
    stream: Annotated[str, msgspec.Meta(pattern=STREAM.pattern)]


class Concern(msgspec.Struct, frozen=True):
    """Something that needs somebody now, and where to see more of it."""

    code: str
    text: str
    href: str
    at: datetime | None = None


class Attention(msgspec.Struct, frozen=True):
    """Everything that needs somebody now; empty when all is well."""

    items: list[Concern]


ProfileId = Annotated[str, msgspec.Meta(pattern=PROFILE.pattern)]
RoleKey = Annotated[str, msgspec.Meta(pattern=ROLE_PATTERN)]
ACTION_PATTERN = r"^[a-z][a-z0-9_]{0,38}\.[a-z0-9_]{1,40}$"
RELATION_PATTERN = "^(-|[a-z][a-z0-9_]{0,39})$"


class RoleItem(msgspec.Struct, frozen=True):
    """A role at a place."""

    key: RoleKey
    title: str
    is_own: bool
    """Whether it was made by a municipality or an institution."""
    is_ours: bool
    """Whether it was made at this very place."""


class HolderItem(msgspec.Struct, frozen=True):
    """Somebody who has been given a role, and until when."""

    profile: ProfileId
    name: str
    role: str
    valid_from: datetime
    valid_to: datetime | None
    deputy_for: str
    from_login: bool
    """Whether a log-in broker vouches for it, at each log-in anew."""


class Roles(msgspec.Struct, frozen=True):
    """The roles at a place, and who has been given one."""

    place: PlaceItem
    items: list[RoleItem]
    holders: list[HolderItem]


class RightItem(msgspec.Struct, frozen=True):
    """One right of a role: an action, through a relation where it is about something."""

    action: str
    title: str
    relation: str
    sentence: str
    plugin: str
    feature: str
    """The plugin's title."""
    decided: Decided | None
    source: str
    chosen: Decided | None
    is_open: bool


Moment = Annotated[datetime, msgspec.Meta(tz=True)]
GIVEN_PATTERN = f"({HOLDER.pattern})|({PERSONAL_GRANT.pattern})"
GivenId = Annotated[str, msgspec.Meta(pattern=GIVEN_PATTERN)]
GroupId = Annotated[str, msgspec.Meta(pattern=GROUP.pattern)]


class RoleView(msgspec.Struct, frozen=True):
    """A role with every right that there is."""

    place: PlaceItem
    role: RoleItem
    items: list[RightItem]


class RightToDecide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to hold of one right; null: what the level above says."""

    action: Annotated[str, msgspec.Meta(pattern=ACTION_PATTERN)]
    relation: Annotated[str, msgspec.Meta(pattern=RELATION_PATTERN)]
    decided: Decided | None


class RoleToMake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role to be made."""

    name: Annotated[str, msgspec.Meta(max_length=MAX_ROLE_NAME)]


class RoleMade(msgspec.Struct, frozen=True):
    """The key of a role that was made."""

    key: RoleKey


class PersonItem(msgspec.Struct, frozen=True):
    """A person at one institution."""

    profile: ProfileId
    name: str
    title: str
    kind: Kind
    institution: str


class GivenRole(msgspec.Struct, frozen=True):
    """A role that a person has been given."""

    id: GivenId
    key: RoleKey
    role: str
    valid_from: datetime
    valid_to: datetime | None
    deputy_for: str
    from_login: bool
    """Whether a log-in broker vouches for it; then nobody takes it back here."""


class GivenRight(msgspec.Struct, frozen=True):
    """A right that was decided for one person."""

    id: GivenId
    action: str
    title: str
    relation: str
    sentence: str
    decided: Decided
    group: str
    valid_from: datetime | None
    valid_to: datetime | None


class Given(msgspec.Struct, frozen=True):
    """What a person has been given, beside what their post brings."""

    person: PersonItem
    roles: list[GivenRole]
    rights: list[GivenRight]


class RoleToPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role that somebody might be given, for a deputy with whom they would act for."""

    role: RoleKey
    deputy_for: ProfileId | None = None


class RoleToGive(RoleToPreview, frozen=True, forbid_unknown_fields=True):
    """A role to be given, from now on and for good where no period is said."""

    start: Moment | None = None
    end: Moment | None = None


class GainItem(msgspec.Struct, frozen=True):
    """One right that somebody would have by a role."""

    title: str
    sentence: str
    plugin: str
    feature: str
    """The plugin's title."""
    decided: Decided
    is_new: bool


class Preview(msgspec.Struct, frozen=True):
    """What it means to give a person a role."""

    person: PersonItem
    role: RoleItem
    deputy_for: str
    items: list[GainItem]


class RightForPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A right to be decided for one person, in one group where that is said."""

    action: Annotated[str, msgspec.Meta(pattern=ACTION_PATTERN)]
    relation: Annotated[str, msgspec.Meta(pattern=RELATION_PATTERN)]
    decided: Decided
    group: GroupId | None = None
    start: Moment | None = None
    end: Moment | None = None


class ChannelItem(msgspec.Struct, frozen=True):
    """One kind of person writing to another, at a place."""

    sender: Kind
    recipient: Kind
    is_closed: bool
    closed_here: bool
    """Whether this very place has closed it; what the municipality closed it opens itself."""


class Channels(msgspec.Struct, frozen=True):
    """Which kinds of people can write to which at a place."""

    place: PlaceItem
    items: list[ChannelItem]


class ChannelToDecide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A channel to be closed or opened at a place."""

    sender: Kind
    recipient: Kind
    closed: bool


class GivenMade(msgspec.Struct, frozen=True):
    """The id of what was given: by it, it is taken back."""

    id: GivenId


class ReasonItem(msgspec.Struct, frozen=True):
    """What decided, and what each level had said."""

    allowed: bool
    sentence: str
    source: str
    levels: list[str]


class ExplainedItem(msgspec.Struct, frozen=True):
    """One action of a person, explained."""

    action: str
    title: str
    plugin: str
    feature: str
    """The plugin's title."""
    allowed: bool
    reasons: list[ReasonItem]


class PersonRights(msgspec.Struct, frozen=True):
    """What a person may do, and why."""

    person: PersonItem
    items: list[ExplainedItem]


class ThingToExplain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An action and the id of a thing."""

    action: Annotated[str, msgspec.Meta(pattern=ACTION_PATTERN)]
    thing: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{3}_[0-9a-f]{32}$")]


class Why(msgspec.Struct, frozen=True):
    """Whether somebody may do it to the thing, and why."""

    allowed: bool
    reasons: list[ReasonItem]
