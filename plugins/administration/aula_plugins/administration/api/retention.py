"""How long things are kept, what is exempt from deletion, and runs that delete what is due."""

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration.api.declarations import (
    FreezePath,
    MunicipalityPath,
    RunPath,
    SubjectPath,
)
from aula_plugins.administration.schemas import retention as schemas
from aula_plugins.administration.service import retention
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.retention import DECIDE_RETENTION

SEE = needs(DECIDE_RETENTION)
DECIDE = needs(DECIDE_RETENTION, step_up=True)
_UNKNOWN = problems(WrongIdKind, NotFound)


class RetentionApi(Controller):
    """``/api/v1/administration/retention/mun_…``."""

    path = "/retention/{municipality_id:str}"
    tags = ("Administration",)

    @get("/policies", opt=SEE, responses=_UNKNOWN)
    async def list_policies(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        municipality_id: MunicipalityPath,
    ) -> schemas.Policies:
        """List how long everything is kept in a municipality, and who has decided so."""
        return await retention.list_policies(read, platform, actor, municipality_id)

    @put(
        "/policies/{subject:str}",
        opt=DECIDE,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def decide(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        municipality_id: MunicipalityPath,
        subject: SubjectPath,
        data: JSONBody[schemas.PeriodToDecide],
    ) -> None:
        """Decide how long something is kept; it holds for runs that are announced, too."""
        await retention.decide(write, platform, actor, municipality_id, subject, data.months)

    @get("/freezes", opt=SEE, responses=_UNKNOWN)
    async def list_freezes(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        municipality_id: MunicipalityPath,
    ) -> schemas.Freezes:
        """List what is exempt from deletion, the newest first."""
        return await retention.list_freezes(read, platform, actor, municipality_id)

    @post("/freezes", opt=DECIDE, responses=problems(WrongIdKind, NotFound, Invalid, Conflict))
    async def freeze(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        municipality_id: MunicipalityPath,
        data: JSONBody[schemas.ThingToFreeze],
    ) -> schemas.FreezeMade:
        """Exempt a thing, person, group, institution or the municipality from deletion."""
        return await retention.freeze(write, platform, actor, municipality_id, data)

    @get("/runs", opt=SEE, responses=_UNKNOWN)
    async def list_runs(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        municipality_id: MunicipalityPath,
    ) -> schemas.Runs:
        """List the runs of a municipality, the newest first."""
        return await retention.list_runs(read, platform, actor, municipality_id)

    @post("/runs", opt=DECIDE, responses=problems(WrongIdKind, NotFound, Conflict))
    async def plan(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        municipality_id: MunicipalityPath,
    ) -> schemas.RunMade:
        """Plan a run: what is due is counted within a minute, and nothing is deleted."""
        return await retention.plan(write, platform, actor, municipality_id)


class RetentionRunsApi(Controller):
    """``/api/v1/administration/retention-runs`` and ``…/retention-freezes``."""

    path = "/"
    tags = ("Administration",)

    @get("/retention-runs/{run_id:str}", opt=SEE, responses=_UNKNOWN)
    async def open_run(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        run_id: RunPath,
    ) -> schemas.RunView:
        """Read a run: how much of each kind it would delete, or has deleted, at each place."""
        return await retention.open_run(read, platform, actor, run_id)

    @post(
        "/retention-runs/{run_id:str}/announcement",
        opt=DECIDE,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid, Conflict),
    )
    async def announce(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        run_id: RunPath,
        data: JSONBody[schemas.RunToAnnounce],
    ) -> None:
        """Tell those whose things go; they are deleted from that day on."""
        await retention.announce(write, platform, actor, run_id, data.days)

    @delete(
        "/retention-runs/{run_id:str}",
        opt=DECIDE,
        responses=problems(WrongIdKind, NotFound, Conflict),
    )
    async def cancel(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        run_id: RunPath,
    ) -> None:
        """Call a run off; what it has deleted already stays deleted."""
        await retention.cancel(write, platform, actor, run_id)

    @delete("/retention-freezes/{freeze_id:str}", opt=DECIDE, responses=_UNKNOWN)
    async def lift(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        freeze_id: FreezePath,
    ) -> None:
        """Let something be deleted again when it is due."""
        await retention.lift(write, platform, actor, freeze_id)
