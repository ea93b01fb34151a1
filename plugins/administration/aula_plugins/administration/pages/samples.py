"""Samples of the log: the list, going through one, signing it off, and the report for paper."""

from typing import Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import After, AfterEntry, EntryPath, SamplePath
from aula_plugins.administration.pages import sample_wording
from aula_plugins.administration.pages.forms import AnyRequest, Typed, read_fields, read_word
from aula_plugins.administration.schemas.samples import EntryToJudge
from aula_plugins.administration.service import samples
from aula_sdk.contributions import needs
from aula_sdk.errors import FieldError, Invalid, NotFound
from aula_sdk.ids import MUNICIPALITY
from aula_sdk.log_samples import REVIEW_LOG, SAMPLE, Verdict
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

REVIEW = needs(REVIEW_LOG)
SIGN = needs(REVIEW_LOG, step_up=True)
URL = "/administration/samples"
CSV = "text/csv"


class SamplePages(Controller):
    """``/administration/samples``."""

    path = "/samples"

    @get("/", opt=REVIEW)
    async def show_samples(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        after: After = None,
    ) -> Response[Any]:
        """Show the samples, the newest first."""
        found = await samples.list_samples(read, platform, actor, Cursor.parse(after))
        towns = await samples.list_towns(read, platform, actor)
        context = {
            "samples": found.items,
            "next": found.next,
            "towns": towns,
            "say": sample_wording,
        }
        title = _("Samples of the log")
        return await shell.page("administration/samples.html", context, title=title)

    @post("/", opt=REVIEW)
    async def draw_extra(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Draw a sample of this month beside the plan."""
        municipality = await read_word(request, "municipality")
        if not municipality.startswith(f"{MUNICIPALITY.prefix}_"):
            raise NotFound
        key = await samples.draw_extra(platform, actor, municipality)
        return shell.see_other(f"{URL}/{key}", toast=_("The sample is drawn"))

    @get("/{sample_id:str}", opt=REVIEW)
    async def show_sample(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        sample_id: SamplePath,
        after: AfterEntry = 0,
    ) -> Response[Any]:
        """Show a sample's entries, 20 at a time, each with the form to judge it."""
        return await _show(read, platform, shell, actor, sample_id, after)

    @post("/{sample_id:str}/entries/{number:int}", opt=REVIEW)
    async def judge(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        sample_id: SamplePath,
        number: EntryPath,
    ) -> Response[Any]:
        """Keep what is thought of an entry; what cannot be kept comes back with what was typed."""
        typed = await read_fields(request, ("verdict", "note"))
        after = (number - 1) // samples.PAGE * samples.PAGE
        try:
            wanted = _wanted(typed["verdict"], typed["note"])
            await samples.judge(write, platform, actor, SAMPLE.parse(sample_id), number, wanted)
        except Invalid as error:
            told = Typed(typed, {f"{one.field}-{number}": one.reason for one in error.fields})
            shown = await _show(write, platform, shell, actor, sample_id, after, number, told)
            shown.status_code = Invalid.status
            return shown
        where = f"{URL}/{sample_id}?after={after}#entry-{number}"
        return shell.see_other(where, toast=_("Your judgement is kept"))

    @post("/{sample_id:str}/sign-off", opt=SIGN)
    async def sign_off(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        sample_id: SamplePath,
    ) -> Response[Any]:
        """Sign the sample off for good."""
        await samples.sign_off(write, platform, actor, SAMPLE.parse(sample_id))
        return shell.see_other(f"{URL}/{sample_id}/report", toast=_("The sample is signed off"))

    @get("/{sample_id:str}/report", opt=REVIEW)
    async def show_report(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        sample_id: SamplePath,
    ) -> Response[Any]:
        """Show the report as it is printed."""
        found = await samples.open_report(read, platform, actor, SAMPLE.parse(sample_id))
        context = {"report": found, "say": sample_wording}
        title = _("Report of a sample of the log")
        return await shell.page("administration/sample_report.html", context, title=title)

    @get("/{sample_id:str}/report.csv", opt=REVIEW, media_type=CSV)
    async def download_report(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        sample_id: SamplePath,
    ) -> Response[str]:
        """Hand out the report's lines for a spreadsheet."""
        key = SAMPLE.parse(sample_id)
        report = await samples.open_report(read, platform, actor, key)
        name = f"attachment; filename={SAMPLE.format(key)}.csv"
        # A spreadsheet takes it for UTF-8 by the mark in front alone.
        content = f"\ufeff{samples.write_csv(report)}"
        return Response(content, media_type=CSV, headers={"Content-Disposition": name})


async def _show(
    read: ReadUnit,
    platform: Platform,
    shell: Shell,
    actor: Actor,
    sample_id: str,
    after: int,
    number: int = 0,
    typed: Typed | None = None,
) -> Response[Any]:
    key = SAMPLE.parse(sample_id)
    found, entries = await samples.list_entries(read, platform, actor, key, after)
    context = {
        "sample": found,
        "entries": entries.items,
        "next": entries.next,
        "before": max(0, after - samples.PAGE) if after else None,
        "number": number,
        "typed": typed or Typed(),
        "say": sample_wording,
    }
    title = sample_wording.title_of(found)
    return await shell.page("administration/sample.html", context, title=title)


def _wanted(verdict: str, note: str) -> EntryToJudge:
    try:
        return msgspec.convert({"verdict": verdict, "note": note}, EntryToJudge)
    except msgspec.ValidationError as error:
        if verdict in set(Verdict):
            raise Invalid(fields=(FieldError("note", str(_("That is too long"))),)) from error
        reason = str(_("Choose one of the list"))
        raise Invalid(fields=(FieldError("verdict", reason),)) from error
