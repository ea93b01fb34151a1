"""Which widgets somebody sees, and why one is not shown (WID-R5). Nothing here does I/O."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from aula_platform.settings import WidgetChoice
from aula_platform.widgets.catalogue import StoredWidget
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.manifest import WidgetManifest, fits_sdk, is_loopback
from aula_sdk.people import Actor

_ = gettext_for("widgets")

Choices = Mapping[UUID, Mapping[str, WidgetChoice]]
"""What the configuration says, by municipality and widget."""


class Reason(StrEnum):
    """Why a widget is shown or not; the order is that in which the levels are asked."""

    NOT_CHOSEN = "not-chosen"
    OFF = "off"
    NOT_HERE = "not-here"
    EXPIRED = "expired"
    INCOMPATIBLE = "incompatible"
    INSECURE = "insecure"
    ROLE_OF_WIDGET = "role-of-widget"
    ROLE_OF_MUNICIPALITY = "role-of-municipality"
    PLACEMENT = "placement"
    STEP_UP = "step-up"
    SHOWN = "shown"


SENTENCES: dict[Reason, Text] = {
    Reason.NOT_CHOSEN: _("Hidden because %(municipality)s has not taken it into use"),
    Reason.OFF: _("Hidden because %(municipality)s has switched it off"),
    Reason.NOT_HERE: _("Hidden because it has not been fetched, or was refused when it was read"),
    Reason.EXPIRED: _("Hidden because the registry has not confirmed it for a long time"),
    Reason.INCOMPATIBLE: _("Hidden because it is made for another version of the platform"),
    Reason.INSECURE: _("Hidden because its page is not encrypted"),
    Reason.ROLE_OF_WIDGET: _("Hidden because the supplier has not made it for your role"),
    Reason.ROLE_OF_MUNICIPALITY: _("Hidden because %(municipality)s does not show it to your role"),
    Reason.PLACEMENT: _("Shown elsewhere: %(municipality)s has placed it on another page"),
    Reason.STEP_UP: _("Sign in with two factors to see it"),
    Reason.SHOWN: _("Shown because %(municipality)s has taken it into use"),
}


class Site(msgspec.Struct, frozen=True):
    """What the verdicts depend on besides the person."""

    widgets: Mapping[str, StoredWidget]
    choices: Choices
    municipality_names: Mapping[UUID, str]
    sdk_version: str
    is_demo: bool
    now: datetime


class Verdict(msgspec.Struct, frozen=True):
    """Whether somebody sees a widget at a place, why, and by whose choice."""

    widget_id: str
    reason: Reason
    municipalities: tuple[UUID, ...]
    """Those that show it to this person here; of the others when it is not shown, those asked."""
    text: Text
    manifest: WidgetManifest | None = None

    @property
    def shown(self) -> bool:
        """Whether it is shown."""
        return self.reason is Reason.SHOWN


def decide_all(site: Site, actor: Actor, placement: str) -> list[Verdict]:
    """Return a verdict on each widget that one of the actor's municipalities mentions."""
    mentioned = [name for each in actor.municipalities for name in site.choices.get(each, {})]
    return [decide(site, actor, name, placement) for name in dict.fromkeys(mentioned)]


def decide(site: Site, actor: Actor, widget_id: str, placement: str | None) -> Verdict:
    """Return the verdict on one widget at one place; without a place, on whether it is anywhere.

    Somebody who belongs to two municipalities sees a widget when one of them shows it; what the
    other one has not granted stays there (WID-19).
    """
    stored = site.widgets.get(widget_id)
    asked = {
        each: _ask_municipality(site, actor, widget_id, each, placement)
        for each in actor.municipalities
    }
    best = max(asked.values(), key=_weight, default=Reason.NOT_CHOSEN)
    if _weight(best) > _weight(Reason.OFF):
        own = _ask_widget(site, stored, actor, placement)
        if own is not Reason.SHOWN:
            best = min(best, own, key=_weight)
    names = tuple(each for each, reason in asked.items() if reason is best) or tuple(asked)
    told = ", ".join(site.municipality_names.get(each, "") for each in names)
    text = SENTENCES[best] % {"municipality": told}
    return Verdict(widget_id, best, names, text, stored.manifest if stored else None)


def _ask_municipality(
    site: Site, actor: Actor, widget_id: str, municipality: UUID, placement: str | None
) -> Reason:
    choice = site.choices.get(municipality, {}).get(widget_id)
    if choice is None:
        return Reason.NOT_CHOSEN
    if choice.state == "off":
        return Reason.OFF
    if actor.role not in choice.roles:
        return Reason.ROLE_OF_MUNICIPALITY
    if placement is not None and choice.placement != placement:
        return Reason.PLACEMENT
    return Reason.SHOWN


def _ask_widget(
    site: Site, stored: StoredWidget | None, actor: Actor, placement: str | None
) -> Reason:
    if stored is None:
        return Reason.NOT_HERE
    manifest = stored.manifest
    demo_page = site.is_demo and is_loopback(manifest.entry)
    tests = (
        (Reason.EXPIRED, stored.expires > site.now),
        (Reason.INCOMPATIBLE, fits_sdk(manifest.sdk, site.sdk_version)),
        (Reason.INSECURE, manifest.entry.startswith("https://") or demo_page),
        (Reason.ROLE_OF_WIDGET, actor.role in manifest.roles),
        (Reason.PLACEMENT, placement is None or placement in manifest.placements),
        (Reason.STEP_UP, not manifest.step_up or actor.stepped_up),
    )
    return next((reason for reason, passed in tests if not passed), Reason.SHOWN)


def _weight(reason: Reason) -> int:
    return list(Reason).index(reason)
