"""People, roles and reasons as they travel."""

from collections.abc import Mapping, Sequence

from aula_plugins.administration import schemas
from aula_sdk.grants import ActionExplained, Candidate, RoleHead
from aula_sdk.i18n import Text
from aula_sdk.ids import PROFILE
from aula_sdk.permissions import Explanation


def person_item(one: Candidate) -> schemas.PersonItem:
    """Return a person at one institution."""
    key = PROFILE.format(one.profile_id)
    return schemas.PersonItem(key, one.name, one.title, one.kind, one.institution_name)


def role_item(head: RoleHead) -> schemas.RoleItem:
    """Return a role at a place."""
    return schemas.RoleItem(head.key, str(head.title), head.is_own, head.is_ours)


def explained(
    found: Sequence[ActionExplained], features: Mapping[str, Text | str]
) -> list[schemas.ExplainedItem]:
    """Return actions with what decided them, by the title of the feature."""
    items = [
        schemas.ExplainedItem(
            one.action, str(one.title), one.plugin, str(features.get(one.plugin, one.plugin)),
            one.explanation.allowed, reasons(one.explanation),
        )
        for one in found
    ]  # fmt: skip
    return sorted(items, key=lambda one: (one.feature, one.action))


def reasons(why: Explanation) -> list[schemas.ReasonItem]:
    """Return what decided, and what each level had said."""
    return [
        schemas.ReasonItem(
            reason.allowed, str(reason.sentence), reason.source, [str(one) for one in reason.levels]
        )
        for reason in why.reasons
    ]
