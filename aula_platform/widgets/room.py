"""The room as the application holds it: joins catalogue, configuration and keys."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from aula_platform.settings import Settings
from aula_platform.widgets.catalogue import Catalogue, Contents
from aula_platform.widgets.keys import WidgetKeys
from aula_platform.widgets.tokens import MintedToken, mint
from aula_platform.widgets.verdicts import Choices, Site, Verdict, decide, decide_all
from aula_sdk.manifest import origin_of
from aula_sdk.people import Actor


class WidgetBox(msgspec.Struct, frozen=True):
    """What a page needs to show a widget in its frame. Nothing in it is about the reader."""

    widget_id: str
    title: str
    supplier: str
    icon: str
    src: str
    token_url: str
    context: dict[str, Any]


class WidgetRoom:
    """Answers for the widgets of one installation."""

    def __init__(self, settings: Settings, municipalities: Mapping[str, UUID]) -> None:
        """``municipalities`` are the ids by key in the settings."""
        self._settings = settings
        self._catalogue = Catalogue(settings.widgets_folder, settings.registry.root_key)
        self.keys = WidgetKeys(Path(settings.secrets))
        self._sdk_version = version("aula-sdk")
        chosen = settings.municipalities
        self._choices: Choices = {one: chosen[key].widgets for key, one in municipalities.items()}
        self._names = {one: chosen[key].name for key, one in municipalities.items()}
        self._on = frozenset(
            name
            for choices in self._choices.values()
            for name, choice in choices.items()
            if choice.state == "on"
        )

    def contents(self) -> Contents:
        """Return what was fetched from the registry, what was refused, what expires: for health."""
        return self._catalogue.read()

    def verdicts(self, actor: Actor, placement: str) -> list[Verdict]:
        """Return a verdict, with its reason, on each widget that a municipality of theirs names."""
        return decide_all(self._site(), actor, placement)

    def boxes(self, actor: Actor, placement: str, locale: str) -> list[WidgetBox]:
        """Return the widgets that are shown to the actor at this place."""
        verdicts = self.verdicts(actor, placement)
        return [self._box(each, placement, locale) for each in verdicts if each.shown]

    def mint(self, actor: Actor, widget_id: str, locale: str) -> MintedToken:
        """Return a token for a widget that the actor sees somewhere; raise `WidgetNotEnabled`."""
        site = self._site()
        verdict = decide(site, actor, widget_id, None)
        issuer = self._settings.site.url.rstrip("/")
        return mint(
            self.keys, verdict, actor, self._choices, issuer=issuer, locale=locale, now=site.now
        )

    def frame_origins(self) -> frozenset[str]:
        """Return the origins that pages may frame: those of widgets switched on somewhere (R18)."""
        if not self._on:
            return frozenset()
        widgets = self._catalogue.read().widgets
        shown = self._on & widgets.keys()
        return frozenset(origin_of(widgets[name].manifest.entry) for name in shown)

    def _site(self) -> Site:
        return Site(
            widgets=self._catalogue.read().widgets,
            choices=self._choices,
            municipality_names=self._names,
            sdk_version=self._sdk_version,
            is_demo=self._settings.site.mode == "demo",
            now=datetime.now(UTC),
        )

    @staticmethod
    def _box(verdict: Verdict, placement: str, locale: str) -> WidgetBox:
        manifest = verdict.manifest
        assert manifest is not None  # noqa: S101 - what is shown has been read.
        return WidgetBox(
            widget_id=manifest.id,
            title=manifest.title.in_language(locale),
            supplier=manifest.supplier.name,
            icon=manifest.icon,
            src=manifest.entry,
            token_url=f"/widgets/{manifest.id}/token",
            context={
                "placement": placement,
                "locale": locale,
                "widget": manifest.id,
                "version": manifest.version,
            },
        )
