"""Samples of the log."""

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration.api.declarations import (
    After,
    AfterEntry,
    EntryPath,
    SamplePath,
)
from aula_plugins.administration.schemas import samples as schemas
from aula_plugins.administration.service import samples
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.log_samples import (
    REVIEW_LOG,
    SAMPLE,
    NothingToDraw,
    NotJudged,
    OwnDeed,
    SampleWaits,
    SignedOff,
)
from aula_sdk.openapi import problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

REVIEW = needs(REVIEW_LOG)
SIGN = needs(REVIEW_LOG, step_up=True)


class SamplesApi(Controller):
    """``/api/v1/administration/samples``."""

    path = "/samples"
    tags = ("Administration",)

    @get(opt=REVIEW, responses=problems(WrongCursor))
    async def list_samples(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        after: After = None,
    ) -> schemas.SampleList:
        """List the samples of the log that one goes through, the newest first."""
        return await samples.list_samples(read, platform, actor, Cursor.parse(after))

    @post(
        opt=REVIEW, responses=problems(WrongIdKind, NotFound, Invalid, SampleWaits, NothingToDraw)
    )
    async def draw_extra(
        self,
        actor: NamedDependency[Actor],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.SampleToDraw],
    ) -> schemas.SampleDrawn:
        """Draw a sample of this month beside the plan, as far as the month has gone."""
        return schemas.SampleDrawn(await samples.draw_extra(platform, actor, data.municipality))

    @get("/{sample_id:str}", opt=REVIEW, responses=problems(WrongIdKind, NotFound))
    async def open_sample(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        sample_id: SamplePath,
    ) -> schemas.SampleItem:
        """Read how far one sample is."""
        return await samples.open_sample(read, platform, actor, SAMPLE.parse(sample_id))

    @get("/{sample_id:str}/entries", opt=REVIEW, responses=problems(WrongIdKind, NotFound))
    async def list_entries(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        sample_id: SamplePath,
        *,
        after: AfterEntry = 0,
    ) -> schemas.EntryList:
        """List a sample's entries in their order; the reading itself is audited."""
        key = SAMPLE.parse(sample_id)
        return (await samples.list_entries(read, platform, actor, key, after))[1]

    @put(
        "/{sample_id:str}/entries/{number:int}",
        opt=REVIEW,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid, OwnDeed, SignedOff),
    )
    async def judge(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        sample_id: SamplePath,
        number: EntryPath,
        data: JSONBody[schemas.EntryToJudge],
    ) -> None:
        """Say what is thought of an entry; all but ``justified`` needs a note."""
        await samples.judge(write, platform, actor, SAMPLE.parse(sample_id), number, data)

    @post(
        "/{sample_id:str}/sign-off",
        opt=SIGN,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, NotJudged, SignedOff),
    )
    async def sign_off(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        sample_id: SamplePath,
    ) -> None:
        """Sign a sample off whose entries have all been judged; it cannot be changed afterwards."""
        await samples.sign_off(write, platform, actor, SAMPLE.parse(sample_id))

    @get("/{sample_id:str}/report", opt=REVIEW, responses=problems(WrongIdKind, NotFound))
    async def open_report(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        sample_id: SamplePath,
    ) -> schemas.ReportView:
        """Read the report: method, seed, how much was drawn of what, and how it was judged."""
        return await samples.open_report(read, platform, actor, SAMPLE.parse(sample_id))
