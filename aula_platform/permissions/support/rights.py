"""Who may see the site as whom, and who reads afterwards that it was done (R2, ADM-7)."""

from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.tables import break_glass, impersonation
from aula_platform.stamdata.tables import guardianship, person, profile
from aula_sdk import stamdata
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import GLASS, IMPERSONATION, PROFILE
from aula_sdk.operations import (
    APPROVE_GLASS,
    BREAK_GLASS,
    END_SESSIONS,
    READ_GLASSES,
    READ_SUPPORT,
    SEE_AS,
)
from aula_sdk.permissions import (
    INSTITUTION_ADMIN,
    MUNICIPALITY_ADMIN,
    Action,
    Me,
    Relation,
    Resource,
    RoleDefault,
)

_ = gettext_for("aula")
OWNER = "identity"
_seen = stamdata.profile


def _is_family(me: Me, profile_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """Is or was a child of the actor, a parent of the actor, or a parent of a common child.

    Custody that has ended ties too: the wish may be about the conflict in which it ended (R8).
    """
    mine, theirs = profile.alias("family_mine"), profile.alias("family_theirs")
    tie, other = guardianship.alias("tie"), guardianship.alias("other_tie")
    us = (mine.c.id.in_(me.profiles), theirs.c.id == profile_id)
    parent_of = sa.and_(
        tie.c.guardian_person_id == mine.c.person_id, tie.c.child_person_id == theirs.c.person_id
    )
    child_of = sa.and_(
        tie.c.child_person_id == mine.c.person_id, tie.c.guardian_person_id == theirs.c.person_id
    )
    with_common_child = sa.exists().where(
        *us,
        tie.c.guardian_person_id == mine.c.person_id,
        other.c.child_person_id == tie.c.child_person_id,
        other.c.guardian_person_id == theirs.c.person_id,
    )
    return sa.or_(sa.exists().where(*us, sa.or_(parent_of, child_of)), with_common_child)


def _is_not_me(me: Me) -> sa.ColumnElement[bool]:
    """Belongs there now and is not the actor, in whatever role. Who has left is others' to log out:
    what they may still do, they may elsewhere.
    """
    mine = profile.alias("mine")
    is_me = sa.exists().where(mine.c.id.in_(me.profiles), mine.c.person_id == _seen.c.person_id)
    return sa.and_(stamdata.valid(_seen, me.now), sa.not_(is_me))


def _is_another(me: Me) -> sa.ColumnElement[bool]:
    """Belongs there now, and is neither the actor in another role nor of the actor's family."""
    return sa.and_(_is_not_me(me), ~_is_family(me, _seen.c.id))


def _may_be_seen(me: Me) -> sa.ColumnElement[bool]:
    """Nobody protected: neither the person, nor a child that the person would see (R8)."""
    child = person.alias("seen_child")
    is_protected = sa.exists().where(person.c.id == _seen.c.person_id, person.c.protected)
    sees_protected = sa.exists().where(
        guardianship.c.guardian_person_id == _seen.c.person_id,
        guardianship.c.child_person_id == child.c.id,
        child.c.protected,
        stamdata.valid(guardianship, me.now),
    )
    return sa.and_(_is_another(me), sa.not_(is_protected), ~sees_protected)


def _concerns_me(me: Me, *columns: sa.Column[UUID]) -> sa.ColumnElement[bool]:
    """Whether one of these profiles is the actor's own, in whatever role."""
    mine, theirs = profile.alias("mine"), profile.alias("theirs")
    return sa.exists().where(
        theirs.c.id.in_(columns),
        theirs.c.person_id == mine.c.person_id,
        mine.c.id.in_(me.profiles),
    )


def _is_anothers_wish(me: Me) -> sa.ColumnElement[bool]:
    """Neither asked for by the actor, in whatever role, nor about them or their family (R2)."""
    concerns_me = _concerns_me(me, break_glass.c.asker_id, break_glass.c.profile_id)
    is_near = sa.or_(concerns_me, _is_family(me, break_glass.c.profile_id))
    return ~is_near


def _is_told_to_family(me: Me, about: sa.Column[UUID]) -> sa.ColumnElement[bool]:
    """Of a protected person, and of who has a protected child, nothing is told to family that is
    not protected with them (R8): a parent's institution is the child's.
    """
    own = profile.alias("own")
    theirs, whose, mine = profile.alias("about"), person.alias("whose"), person.alias("hiding")
    tie, child = guardianship.alias("hidden_tie"), person.alias("hidden_child")
    hides = sa.exists().where(
        theirs.c.id == about, whose.c.id == theirs.c.person_id, whose.c.protected
    )
    hides_child = sa.exists().where(
        theirs.c.id == about,
        tie.c.guardian_person_id == theirs.c.person_id,
        child.c.id == tie.c.child_person_id,
        child.c.protected,
    )
    hides_too = sa.exists().where(
        own.c.id.in_(me.profiles), mine.c.id == own.c.person_id, mine.c.protected
    )
    is_open = sa.and_(~hides, ~hides_child)
    return sa.or_(is_open, _concerns_me(me, about), hides_too)


def _is_support_to_review(me: Me) -> sa.ColumnElement[bool]:
    """Not of family that hides from the actor, though it may not have hidden then (R8)."""
    about = impersonation.c.profile_id
    return sa.or_(~_is_family(me, about), _is_told_to_family(me, about))


def _is_to_be_reviewed(me: Me) -> sa.ColumnElement[bool]:
    """What was approved; of the rest what is not about the actor or their family.

    Whose data it is learns of a wish when it is approved, also when they review others' (R2).
    """
    about = break_glass.c.profile_id
    is_near = sa.or_(_concerns_me(me, about), _is_family(me, about))
    is_approved = break_glass.c.ends_at.is_not(None)
    return sa.or_(sa.and_(is_approved, _is_told_to_family(me, about)), ~is_near)


SEEN = Resource(
    "identity.seen",
    PROFILE,
    _("Person as whom the site can be seen"),
    _seen,
    (
        Relation(
            "own",
            _("is of an institution where I work, and not protected"),
            lambda me: sa.and_(_seen.c.institution_id.in_(me.institutions), _may_be_seen(me)),
        ),
        Relation(
            "municipality",
            _("is of a municipality where I work, and not protected"),
            lambda me: sa.and_(_seen.c.municipality_id.in_(me.municipalities), _may_be_seen(me)),
        ),
    ),
)
IMPERSONATIONS = Resource(
    "identity.impersonation",
    IMPERSONATION,
    _("Support that saw the site as somebody"),
    impersonation,
    (
        Relation(
            "own",
            _("is of an institution where I work"),
            lambda me: sa.and_(
                impersonation.c.institution_id.in_(me.institutions), _is_support_to_review(me)
            ),
        ),
        Relation(
            "municipality",
            _("is of a municipality where I work"),
            lambda me: sa.and_(
                impersonation.c.municipality_id.in_(me.municipalities), _is_support_to_review(me)
            ),
        ),
    ),
)
OPENED = Resource(
    "identity.opened",
    PROFILE,
    _("Person whose data can be opened"),
    _seen,
    (
        Relation(
            "own",
            _("is of an institution where I work"),
            lambda me: sa.and_(_seen.c.institution_id.in_(me.institutions), _is_another(me)),
        ),
        Relation(
            "municipality",
            _("is of a municipality where I work"),
            lambda me: sa.and_(_seen.c.municipality_id.in_(me.municipalities), _is_another(me)),
        ),
    ),
)
LOGGED_OUT = Resource(
    "identity.logged_out",
    PROFILE,
    _("Person who can be logged out"),
    _seen,
    (
        Relation(
            "own",
            _("is of an institution where I work"),
            lambda me: sa.and_(_seen.c.institution_id.in_(me.institutions), _is_not_me(me)),
        ),
        Relation(
            "municipality",
            _("is of a municipality where I work"),
            lambda me: sa.and_(_seen.c.municipality_id.in_(me.municipalities), _is_not_me(me)),
        ),
    ),
)
GLASSES = Resource(
    "identity.glass",
    GLASS,
    _("Access that somebody has asked for"),
    break_glass,
    (
        Relation(
            "own",
            _("is of an institution where I work, asked by another and about another"),
            lambda me: sa.and_(
                break_glass.c.institution_id.in_(me.institutions), _is_anothers_wish(me)
            ),
        ),
        Relation(
            "others",
            _("is of a municipality where I work, asked by another and about another"),
            lambda me: sa.and_(
                break_glass.c.municipality_id.in_(me.municipalities), _is_anothers_wish(me)
            ),
        ),
    ),
)
KEPT_GLASSES = Resource(
    "identity.kept_glass",
    GLASS,
    _("Access that somebody has asked for, to be reviewed"),
    break_glass,
    (
        Relation(
            "own",
            _("is of an institution where I work"),
            lambda me: sa.and_(
                break_glass.c.institution_id.in_(me.institutions), _is_to_be_reviewed(me)
            ),
        ),
        Relation(
            "municipality",
            _("is of a municipality where I work"),
            lambda me: sa.and_(
                break_glass.c.municipality_id.in_(me.municipalities), _is_to_be_reviewed(me)
            ),
        ),
    ),
)
RIGHTS: tuple[Action | Resource | RoleDefault, ...] = (
    SEEN,
    IMPERSONATIONS,
    OPENED,
    LOGGED_OUT,
    GLASSES,
    KEPT_GLASSES,
    Action(SEE_AS, _("See the site as somebody else"), SEEN.name, sensitive=True),
    Action(END_SESSIONS, _("Log somebody out everywhere"), LOGGED_OUT.name, sensitive=True),
    Action(READ_SUPPORT, _("Read who has seen the site as whom"), IMPERSONATIONS.name),
    Action(BREAK_GLASS, _("Read what a second person has approved"), OPENED.name, sensitive=True),
    Action(
        APPROVE_GLASS, _("Approve what somebody else asks to read"), GLASSES.name, sensitive=True
    ),
    Action(READ_GLASSES, _("Read who has asked to read whose data"), KEPT_GLASSES.name),
    RoleDefault(MUNICIPALITY_ADMIN, BREAK_GLASS, "municipality"),
    RoleDefault(MUNICIPALITY_ADMIN, APPROVE_GLASS, "others"),
    RoleDefault(MUNICIPALITY_ADMIN, READ_GLASSES, "municipality"),
    RoleDefault(MUNICIPALITY_ADMIN, SEE_AS, "municipality"),
    RoleDefault(MUNICIPALITY_ADMIN, END_SESSIONS, "municipality"),
    RoleDefault(INSTITUTION_ADMIN, END_SESSIONS, "own"),
    RoleDefault(MUNICIPALITY_ADMIN, READ_SUPPORT, "municipality"),
    RoleDefault(INSTITUTION_ADMIN, READ_SUPPORT, "own"),
)
