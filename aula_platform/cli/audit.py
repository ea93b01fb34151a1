"""``aula audit``: whether the audit is what was written, and the head of each chain."""

import asyncio
import sys

import click
import msgspec

from aula_platform.audit.anchoring import anchor_heads
from aula_platform.audit.anchors import Anchor, AnchorStore
from aula_platform.audit.sealing import seal
from aula_platform.audit.verifying import Fault, Verdict, verify
from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.kernel import Kernel
from aula_sdk.i18n import Text, gettext_for

_ = gettext_for("aula")
_SHOWN = 20
_FAULTS: dict[Fault, Text] = {
    Fault.CHANGED: _("changed since it was sealed"),
    Fault.REMOVED: _("removed"),
    Fault.INSERTED: _("put in afterwards: it is in no chain"),
    Fault.UNTRUE: _("says another time than its id"),
    Fault.NOT_ANCHORED: _("the chain is not the one that was anchored"),
    Fault.NOT_EXPIRED: _("a checkpoint lets this month go, but it has not expired"),
}


@click.group()
def audit() -> None:
    """Look after the audit: its chain, and what is anchored of it outside of the database."""


@audit.command("verify")
@click.argument("keys", nargs=-1, metavar="[MUNICIPALITY]...")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@pass_context
def verify_chain(context: CommandContext, keys: tuple[str, ...], *, as_json: bool) -> None:
    """Find every entry that was changed, removed or put in since it was sealed; exit 1 if any.

    All municipalities, or those that are named. Changes nothing, and can run beside the site.
    """
    verdicts = asyncio.run(_verify(context, keys))
    if as_json:
        click.echo(msgspec.json.encode(verdicts))
    else:
        for key, verdict in verdicts.items():
            _show(key, verdict)
    if any(verdict.findings for verdict in verdicts.values()):
        sys.exit(1)


@audit.command("seal")
@pass_context
def seal_and_anchor(context: CommandContext) -> None:
    """Seal what waits and anchor the heads now, before a backup or when the site is down."""
    for key, anchor in asyncio.run(_seal(context)):
        click.echo(f"{key} {anchor.month} {anchor.number} {anchor.hash.hex()}")


async def _verify(context: CommandContext, keys: tuple[str, ...]) -> dict[str, Verdict]:
    async with context.kernel() as kernel:
        unknown = sorted(set(keys) - set(kernel.municipalities))
        if unknown:
            known = ", ".join(sorted(kernel.municipalities))
            raise click.UsageError(f"no municipality {', '.join(unknown)}; known: {known}")
        anchors = AnchorStore(context.settings.anchors_url)
        return {
            key: await verify(
                kernel.storage,
                kernel.municipalities[key],
                context.settings.municipalities[key].audit.keep_months,
                anchors,
            )
            for key in keys or sorted(kernel.municipalities)
        }


async def _seal(context: CommandContext) -> list[tuple[str, Anchor]]:
    async with context.kernel() as kernel:
        await seal(kernel.storage)
        anchors = AnchorStore(context.settings.anchors_url)
        found = await anchor_heads(kernel.storage, anchors, kernel.municipalities.values())
        return [(_key_of(kernel, anchor), anchor) for anchor in found]


def _key_of(kernel: Kernel, anchor: Anchor) -> str:
    return next(key for key, one in kernel.municipalities.items() if one == anchor.municipality_id)


def _show(key: str, verdict: Verdict) -> None:
    told = {
        "key": key,
        "sealed": verdict.sealed,
        "waiting": verdict.waiting,
        "anchors": verdict.anchors,
        "expired": verdict.expired,
    }
    sentence = _(
        "%(key)s: %(sealed)s entries in the chain, %(waiting)s wait to be sealed, "
        "%(anchors)s anchors, %(expired)s months have expired"
    )
    click.echo(str(sentence % told))
    for one in verdict.findings[:_SHOWN]:
        place = f"{one.month} {one.number} {one.entry_id or ''}".strip()
        click.echo(f"  ! {place}: {_FAULTS[one.fault]}")
    if len(verdict.findings) > _SHOWN:
        click.echo("  " + str(_("and %(count)s more") % {"count": len(verdict.findings) - _SHOWN}))
