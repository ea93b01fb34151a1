"""What the kernel's own rooms keep for a time: requests about one's data, contact data of leavers.

The rest of the rooms' tables ends otherwise: sessions, events, files and the audit by their own
jobs, stamdata by its source, and a person as a whole by an erasure (decision 0040).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.privacy.requests.rights import REQUEST
from aula_platform.privacy.tables import State, request
from aula_platform.stamdata.tables import contact, profile
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import PERSON
from aula_sdk.protocols import WriteUnit
from aula_sdk.retention import Link, RetentionSubject

_ = gettext_for("aula")
_last = profile.alias("last_profile")


def _decided_before(before: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    over = request.c.state.in_((State.DONE, State.REFUSED))
    return sa.and_(over, request.c.decided_at < before)


async def _drop_requests(ids: Sequence[UUID], write: WriteUnit) -> int:
    return (await write.execute(sa.delete(request).where(request.c.id.in_(ids)))).rowcount


def _left_before(before: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Nowhere since then; who was never anywhere is a contact person and belongs to a child."""
    mine = profile.c.person_id == contact.c.person_id
    stays = sa.or_(profile.c.valid_to.is_(None), profile.c.valid_to >= before)
    return sa.and_(
        sa.exists().where(mine).correlate(contact),
        ~sa.exists().where(mine, stays).correlate(contact),
    )


async def _drop_contact(ids: Sequence[UUID], write: WriteUnit) -> int:
    return (await write.execute(sa.delete(contact).where(contact.c.person_id.in_(ids)))).rowcount


_LAST_INSTITUTION = (
    sa.select(_last.c.institution_id)
    .where(_last.c.person_id == contact.c.person_id)
    .order_by(_last.c.valid_to.desc(), _last.c.id)
    .limit(1)
    .correlate(contact)
    .scalar_subquery()
)

KERNEL_SUBJECTS: tuple[RetentionSubject, ...] = (
    RetentionSubject(
        "privacy.requests",
        _("Requests for one's own data"),
        _("after they were decided"),
        REQUEST,
        request,
        24,
        6,
        60,
        _decided_before,
        _drop_requests,
        (request.name,),
        people=(
            Link(request.c.id, request.c.person_id),
            Link(request.c.id, request.c.asker_id),
        ),
    ),
    RetentionSubject(
        "stamdata.contact",
        _("Addresses and telephone numbers of people who have left"),
        _("after the person's last institution"),
        PERSON,
        contact,
        6,
        1,
        24,
        _left_before,
        _drop_contact,
        (contact.name,),
        people=(Link(contact.c.person_id, contact.c.person_id),),
        key=contact.c.person_id,
        institution=_LAST_INSTITUTION,
    ),
)


def by_name(plugins: Iterable[RetentionSubject]) -> Mapping[str, RetentionSubject]:
    """Return the kernel's and the plugins' by name, in the order in which they are shown."""
    return {one.name: one for one in sorted((*plugins, *KERNEL_SUBJECTS), key=lambda one: one.name)}
