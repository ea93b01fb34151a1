"""Which feature is on where, and choosing it (decision 0012). People say feature, code plugin."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from aula_plugins.administration import _, schemas
from aula_plugins.administration import plugin as own
from aula_plugins.administration.errors import WouldShutOut
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.queries.people import names_of
from aula_plugins.administration.service.places import find_place, item_of
from aula_sdk.errors import NotFound
from aula_sdk.names import sort_key
from aula_sdk.operations import Place, PluginReport, SettingReport, Source
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


async def list_features(
    read: ReadUnit, platform: Platform, actor: Actor, place_key: str
) -> schemas.Features:
    """Return every feature at the place by title, each explained."""
    place = await find_place(read, platform, actor, place_key)
    reports = await platform.choices.reports(read, actor, place)
    items = await _items(read, place, reports)
    return schemas.Features(item_of(place), sorted(items, key=lambda one: sort_key(one.title)))


async def open_feature(
    read: ReadUnit, platform: Platform, actor: Actor, place_key: str, name: str
) -> tuple[schemas.PlaceItem, schemas.FeatureItem]:
    """Return one feature with its settings, and where; raise `NotFound`."""
    place = await find_place(read, platform, actor, place_key)
    report = await _report(read, platform, actor, place, name)
    return item_of(place), (await _items(read, place, [report]))[0]


async def switch(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    place_key: str,
    name: str,
    wanted: schemas.StateToChoose,
) -> None:
    """Choose on or off; raise `ChoiceLocked` where a level above has decided.

    Raises `WouldShutOut` when whoever chooses could not come back to choose otherwise.
    """
    place = await find_place(write, platform, actor, place_key)
    if wanted.state == "off":
        _require_a_way_back(actor, place, name)
    await platform.choices.switch(write, actor, place, name, wanted.state, left_to=wanted.left_to)


async def take_back(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    place_key: str,
    name: str,
    setting: str = "",
) -> None:
    """Forget what was chosen there of a setting, or of on and off.

    Raises `WouldShutOut`, and `NotFound` for a setting that there is not and never was.
    """
    place = await find_place(write, platform, actor, place_key)
    if setting:
        report = await _report(write, platform, actor, place, name)
        if setting not in {*report.ignored, *(one.name for one in report.settings)}:
            raise NotFound
    else:
        # The level above may say that it is off.
        _require_a_way_back(actor, place, name)
    await platform.choices.take_back(write, actor, place, name, setting)


async def set_up(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    place_key: str,
    name: str,
    values: dict[str, Any],
) -> None:
    """Choose settings; raise `Invalid` by field, or `ChoiceLocked`, and then take none."""
    place = await find_place(write, platform, actor, place_key)
    await platform.choices.set_up(write, actor, place, name, values)


async def _report(
    read: ReadUnit, platform: Platform, actor: Actor, place: Place, name: str
) -> PluginReport:
    for report in await platform.choices.reports(read, actor, place):
        if report.name == name:
            return report
    raise NotFound


def _require_a_way_back(actor: Actor, place: Place, name: str) -> None:
    """Raise `WouldShutOut` when these very pages would be gone where the actor gets in."""
    gets_in_there = any(
        profile.municipality_id == place.municipality_id
        and place.institution_id in {None, profile.institution_id}
        for profile in actor.profiles_for(OPEN)
    )
    if name == own.name and gets_in_there:
        raise WouldShutOut(
            _("Whoever runs the installation can switch it off in its configuration")
        )


async def _items(
    read: ReadUnit, place: Place, reports: Sequence[PluginReport]
) -> list[schemas.FeatureItem]:
    sources = [one.source for one in reports]
    sources += [setting.source for one in reports for setting in one.settings]
    choosers = (source.profile_id for source in sources)
    names = await names_of(read, (place.municipality_id,), choosers)
    return [_item(one, names) for one in reports]


def _item(report: PluginReport, names: Mapping[UUID, str]) -> schemas.FeatureItem:
    return schemas.FeatureItem(
        report.name,
        str(report.title),
        str(report.summary),
        report.is_on,
        report.is_open,
        report.left_to,
        report.chosen,
        _decision(report.source, names),
        tuple(_setting(one, names) for one in report.settings),
        report.ignored,
    )


def _setting(report: SettingReport, names: Mapping[UUID, str]) -> schemas.SettingItem:
    return schemas.SettingItem(
        report.name,
        str(report.title),
        report.kind,
        report.options,
        {value: str(title) for value, title in report.value_titles.items()},
        str(report.expected),
        report.value,
        report.is_open,
        report.is_chosen,
        _decision(report.source, names),
    )


def _decision(source: Source, names: Mapping[UUID, str]) -> schemas.Decision:
    name = names.get(source.profile_id, "") if source.profile_id else ""
    return schemas.Decision(source.by, str(source.text), name, source.at, source.key)
