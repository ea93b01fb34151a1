"""Why somebody may or may not: the relation and grant that matched, or the level that blocked."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.granting.bundles import TITLES, key_of
from aula_platform.permissions.holdings import PLUGIN_OFF, Decision
from aula_platform.permissions.tables import role
from aula_sdk.db import Id, utc_now
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.people import Actor
from aula_sdk.permissions import NO_RELATION, Explanation, Me, Reason
from aula_sdk.protocols import ReadUnit

_ = gettext_for("aula")

_SOURCES: dict[str, Text] = {
    "default": _("the role holds it from the start"),
    "municipality": _("the municipality decided so"),
    "institution": _("the institution decided so"),
    "group": _("it was decided for the group"),
    "person": _("it was decided for this person"),
    PLUGIN_OFF: _("the feature is switched off there"),
}
_LEVELS: dict[tuple[str, bool], Text] = {
    ("default", True): _("%(role)s: given from the start"),
    ("municipality", True): _("%(role)s: given by the municipality"),
    ("municipality", False): _("%(role)s: closed by the municipality"),
    ("institution", True): _("%(role)s: given by the institution"),
    ("institution", False): _("%(role)s: closed by the institution"),
    ("group", True): _("%(role)s: given in this group"),
    ("group", False): _("%(role)s: closed in this group"),
    ("person", True): _("This person: given"),
    ("person", False): _("This person: closed"),
}
_OWN_ROLES = sa.select(role.c.id, role.c.name).where(
    role.c.municipality_id.in_(sa.bindparam("places", expanding=True, type_=Id))
)
WITHHELD = Explanation(
    allowed=False,
    reasons=(
        Reason(
            allowed=False,
            sentence=_("The person may, but it is not shown to who sees the site as them"),
            source="support",
        ),
    ),
)
"""Why something is not there that the person holds (`Actor.withheld`)."""
BROKEN_GLASS = Reason(
    allowed=True,
    sentence=_("A second person has approved that it is read for a time, as the person reads it"),
    source="break-glass",
)
"""Why somebody may read what is another's, beside the other's own reasons."""
_EXPLAINED = Me.named("explained")
"""Plugins keep what they gather about a `Me`: another one each time would be kept for ever."""
Names = Mapping[str, Text | str]
"""What roles are called, by key."""


async def read_names(unit: ReadUnit, actor: Actor) -> Names:
    """Return what the roles are called that somebody can have where the actor belongs."""
    rows = await unit.rows(_OWN_ROLES, {"places": list(actor.municipalities)})
    return {**TITLES, **{key_of(row.id): row.name for row in rows}}


async def explain(
    checks: PermissionChecks,
    unit: ReadUnit,
    actor: Actor,
    decisions: list[Decision],
    action: str,
    object_id: UUID | None = None,
    *,
    names: Names,
    too_young: int | None,
) -> Explanation:
    """Return every relation the actor has to the object, with who decided what it gives.

    ``decisions`` are those about the actor, ``names`` what roles are called, ``too_young`` the age
    that a pupil has not reached (`ActorLoader.age_missed`). Without an object
    (or for an action that is about none) the grants alone are explained. Raises KeyError for an
    unknown action.
    """
    described = checks.catalogue.actions[action]
    of_action = [decision for decision in decisions if decision.action == action]
    if not described.resource or object_id is None:
        reasons = [_reason(decision, actor, names, too_young) for decision in of_action]
    else:
        held = await _relations_held(checks, unit, actor, action, object_id)
        reasons = [
            _reason(decision, actor, names, too_young, held[decision.relation])
            for decision in _about(of_action, object_id)
            if decision.profile.id in held.get(decision.relation, (None, ()))[1]
        ]
        if not reasons and held:
            reasons = [
                Reason(
                    False,
                    _("This person %(relation)s, but no role gives it") % {"relation": sentence},
                    "role",
                )
                for sentence, _profiles in held.values()
            ]
        if not reasons:
            sentence = _("There is no relation to this that could give access")
            reasons = [Reason(allowed=False, sentence=sentence, source="relation")]
    if not reasons:
        sentence = _("No role of this person holds it")
        reasons = [Reason(allowed=False, sentence=sentence, source="role")]
    return Explanation(any(reason.allowed for reason in reasons), tuple(reasons))


def _about(decisions: list[Decision], object_id: UUID) -> list[Decision]:
    """Leave out what was decided for other groups, and what this very group's decision replaces."""
    replaced = {(one.relation, one.profile.id) for one in decisions if one.group_id == object_id}
    return [
        one
        for one in decisions
        if one.group_id == object_id
        or (one.group_id is None and (one.relation, one.profile.id) not in replaced)
    ]


_Held = dict[str, tuple[Text, tuple[UUID, ...]]]


async def _relations_held(
    checks: PermissionChecks, unit: ReadUnit, actor: Actor, action: str, object_id: UUID
) -> _Held:
    """Return, by relation, its sentence and the profiles that have it, whatever is granted."""
    resource = checks.catalogue.resource_of(action)
    found: _Held = {}
    for relation in resource.relations:
        statement = sa.select(sa.literal(1)).where(
            resource.id == sa.bindparam("object_id", type_=Id), relation.condition(_EXPLAINED)
        )
        having = []
        for profile in actor.former if relation.former else actor.profiles:
            params = {
                "object_id": object_id,
                **Me.moment(utc_now()),
                **Me.values(
                    "explained",
                    [profile.id],
                    [profile.institution_id],
                    [profile.municipality_id],
                    profile.groups,
                ),
            }
            if await unit.scalar(statement, params) is not None:
                having.append(profile.id)
        if having:
            found[relation.name] = (relation.sentence, tuple(having))
    return found


def _reason(
    decision: Decision,
    actor: Actor,
    names: Names,
    too_young: int | None,
    held: tuple[Text, tuple[UUID, ...]] | None = None,
) -> Reason:
    decided = _SOURCES[decision.source]
    needs_more = decision.step_up and not (actor.stepped_up and actor.may_step_up)
    if decision.allowed and needs_more:
        decided = _("it takes a log-in with two factors")
        if too_young is not None:
            decided = _("it is for pupils who are known to be %(age)s years old") % {
                "age": too_young
            }
    where = decision.profile.institution_name
    if decision.relation == NO_RELATION or held is None:
        sentence = _("At %(institution)s: %(decided)s") % {"institution": where, "decided": decided}
    else:
        sentence = _("At %(institution)s this person %(relation)s: %(decided)s") % {
            "institution": where,
            "relation": held[0],
            "decided": decided,
        }
    levels = tuple(
        _LEVELS[word.source, word.allowed] % {"role": names.get(word.role, word.role)}
        for word in decision.words
    )
    return Reason(decision.allowed and not needs_more, sentence, decision.source, levels)
