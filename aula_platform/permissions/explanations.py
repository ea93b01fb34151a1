"""Why somebody may or may not: the relation and grant that matched, or the level that blocked."""

from uuid import UUID

import sqlalchemy as sa

from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.holdings import Decision
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
    "person": _("it was decided for this person"),
    "plugin off": _("the feature is switched off there"),
}


async def explain(
    checks: PermissionChecks,
    unit: ReadUnit,
    actor: Actor,
    decisions: list[Decision],
    action: str,
    object_id: UUID | None = None,
) -> Explanation:
    """Return every relation the actor has to the object, with who decided what it gives.

    ``decisions`` are those about the actor. Without an object (or for an action that is about
    none) the grants alone are explained. Raises KeyError for an unknown action.
    """
    described = checks.catalogue.actions[action]
    of_action = [decision for decision in decisions if decision.action == action]
    if not described.resource or object_id is None:
        reasons = [_reason(decision, actor) for decision in of_action]
    else:
        held = await _relations_held(checks, unit, actor, action, object_id)
        reasons = [
            _reason(decision, actor, held[decision.relation])
            for decision in of_action
            if decision.profile.id in held.get(decision.relation, (None, ()))[1]
        ]
        if not reasons:
            sentence = _("There is no relation to this that could give access")
            reasons = [Reason(allowed=False, sentence=sentence, source="relation")]
    if not reasons:
        sentence = _("No role of this person holds it")
        reasons = [Reason(allowed=False, sentence=sentence, source="role")]
    return Explanation(any(reason.allowed for reason in reasons), tuple(reasons))


_Held = dict[str, tuple[Text, tuple[UUID, ...]]]


async def _relations_held(
    checks: PermissionChecks, unit: ReadUnit, actor: Actor, action: str, object_id: UUID
) -> _Held:
    """Return, by relation, its sentence and the profiles that have it, whatever is granted."""
    resource = checks.catalogue.resource_of(action)
    me = Me.named("explained")
    found: _Held = {}
    for relation in resource.relations:
        statement = sa.select(sa.literal(1)).where(
            resource.id == sa.bindparam("object_id", type_=Id), relation.condition(me)
        )
        having = []
        for profile in actor.profiles:
            params = {
                "object_id": object_id,
                "actor_now": utc_now(),
                "explained_profiles": [profile.id],
                "explained_institutions": [profile.institution_id],
                "explained_municipalities": [profile.municipality_id],
                "explained_groups": [],
            }
            if await unit.scalar(statement, params) is not None:
                having.append(profile.id)
        if having:
            found[relation.name] = (relation.sentence, tuple(having))
    return found


def _reason(
    decision: Decision, actor: Actor, held: tuple[Text, tuple[UUID, ...]] | None = None
) -> Reason:
    decided = _SOURCES[decision.source]
    needs_more = decision.step_up and not actor.stepped_up
    if decision.allowed and needs_more:
        decided = _("it takes a log-in with two factors")
    where = decision.profile.institution_name
    if decision.relation == NO_RELATION or held is None:
        sentence = _("At %(institution)s: %(decided)s") % {"institution": where, "decided": decided}
    else:
        sentence = _("At %(institution)s this person %(relation)s: %(decided)s") % {
            "institution": where,
            "relation": held[0],
            "decided": decided,
        }
    return Reason(decision.allowed and not needs_more, sentence, decision.source)
