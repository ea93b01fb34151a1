"""`Rights`: the implementation of `aula_sdk.protocols.Permissions` as plugins get it."""

from uuid import UUID

from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import Catalogue
from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.explanations import BROKEN_GLASS, WITHHELD, explain, read_names
from aula_sdk.people import Actor
from aula_sdk.permissions import Explanation
from aula_sdk.protocols import ReadUnit


class Rights(PermissionChecks):
    """The two questions, and why."""

    def __init__(self, catalogue: Catalogue, actors: ActorLoader) -> None:
        super().__init__(catalogue)
        self._actors = actors

    async def explain(
        self, unit: ReadUnit, actor: Actor, action: str, object_id: UUID | None = None
    ) -> Explanation:
        """Say which relation and grant matched, or which level blocked it."""
        if action in actor.withheld:
            return WITHHELD
        decisions = await self._actors.decisions(unit, actor)
        names = await read_names(unit, actor)
        too_young = await self._actors.age_missed(unit, actor)
        found = await explain(
            self, unit, actor, decisions, action, object_id, names=names, too_young=too_young
        )
        is_opened = actor.seen_by is not None and actor.seen_by.glass_id is not None
        if is_opened and found.allowed:
            return Explanation(allowed=True, reasons=(BROKEN_GLASS, *found.reasons))
        return found
