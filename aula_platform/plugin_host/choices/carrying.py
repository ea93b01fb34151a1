"""Carrying out a plan: all of it in one transaction, or nothing."""

from itertools import groupby

from aula_platform.identity.epochs import raise_activation_epoch, read_epochs
from aula_platform.plugin_host.choices.document import Slot
from aula_platform.plugin_host.choices.plans import UNSET, Plan, Planner
from aula_platform.plugin_host.choices.writing import ChoiceWriter
from aula_sdk.errors import Conflict
from aula_sdk.i18n import gettext_for
from aula_sdk.protocols import WriteUnit

_ = gettext_for("aula")


class ChoicesMoved(Conflict):
    """Somebody has chosen something since the plan was made."""

    code = "plugins.choices-moved"
    title = _("Something else was chosen in the meantime; look at the difference again")


async def carry_out(write: WriteUnit, planner: Planner, plan: Plan, epoch: int) -> None:
    """Make every change of the plan, as the operator; raise `ChoicesMoved`, having made none.

    ``epoch`` is the activation epoch under which the plan was made.
    """
    await raise_activation_epoch(write)
    if (await read_epochs(write)).activation != epoch + 1:
        raise ChoicesMoved
    for place, changes in groupby(plan.changes, key=lambda change: change.slot[:3]):
        slot = Slot(*place)
        site, institution = planner.site(slot), planner.institution(slot)
        writer = ChoiceWriter(write, site.municipality_id, institution, None)
        for change in changes:
            setting = change.slot.setting
            if change.after is UNSET:
                await writer.take_back(site.plugin, setting)
            elif setting:
                await writer.set_up(site.plugin, {setting: change.after})
            else:
                await writer.switch(site.plugin, change.after)
