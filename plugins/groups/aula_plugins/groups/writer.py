"""The key with which this plugin writes its groups into the stamdata, and the records it writes."""

from datetime import datetime
from uuid import UUID

from aula_plugins.groups import _
from aula_sdk.ids import GROUP, INSTITUTION, PROFILE
from aula_sdk.stamdata_source import (
    GroupKind,
    GroupRecord,
    MembershipRecord,
    StamdataWriter,
)

WRITER = StamdataWriter(_("Groups made here"))


def group_record(
    group_id: UUID, institution_id: UUID, name: str, ends_at: datetime | None = None
) -> GroupRecord:
    """Return the whole word about a group that was made here."""
    return GroupRecord(
        GROUP.format(group_id),
        INSTITUTION.format(institution_id),
        name,
        GroupKind.OTHER,
        valid_to=ends_at,
    )


def membership_record(
    group_id: UUID, profile_id: UUID, ends_at: datetime | None = None
) -> MembershipRecord:
    """Return the word that somebody is a member from now on, or until ``ends_at``."""
    return MembershipRecord(GROUP.format(group_id), PROFILE.format(profile_id), valid_to=ends_at)
