"""The reader's own page: who one is here, in which role, with which look, signed in where."""

from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body

from aula_platform.identity.access_keys import USE_KEYS
from aula_platform.identity.return_path import keep_local
from aula_platform.identity.sessions import SessionRow, list_devices
from aula_platform.identity.shared_devices import USE_SHARED
from aula_platform.identity.tables import account
from aula_platform.web.access_keys import KEYS_PLACE
from aula_platform.web.onlookers import PAGE_URL
from aula_platform.web.overview import USE
from aula_platform.web.own_sessions import PLACE
from aula_platform.web.shared_devices import PIN_PLACE, SHARED_PLACE
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.i18n import LOCALES, gettext_for, ngettext_for
from aula_sdk.operations import PAIR_DEVICES
from aula_sdk.people import Actor, Assurance
from aula_sdk.protocols import ReadUnit, Shell, WriteUnit

_, _n = gettext_for("aula"), ngettext_for("aula")
AnyRequest = Request[Any, Any, Any]
THEMES = ("auto", "light", "dark")
_LEVELS = {
    Assurance.LOW: _("You signed in with one factor."),
    Assurance.SUBSTANTIAL: _("You signed in with two factors."),
    Assurance.HIGH: _("You signed in with two factors, at the highest level."),
}

_OWN = needs(USE) | {"own_device": True}


class LookForm(msgspec.Struct, kw_only=True):
    """What the forms of language and colours send."""

    locale: str = ""
    theme: str = ""
    next: str = "/profile"


class Profile(Controller):
    """The profile and its two choices, which follow the account from device to device."""

    path = "/profile"
    include_in_schema = False

    @get("/", opt=needs(USE))
    async def show(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show who one is, where, and the way to one's own devices."""
        session: SessionRow | None = request.scope.get("auth")
        if session is not None and not session.is_whole:
            here = {"facts": _facts(actor), "sections": [], "assurance": ""}
            return await shell.page("aula/profile.html", here, title=_("Profile"))
        devices = await list_devices(read, actor.account_id)
        sections: list[dict[str, Any]] = [
            {
                "title": str(_("Where you are logged in")),
                "text": _n("%(count)s device", "%(count)s devices", len(devices)),
                "href": PLACE,
                "icon": "devices",
            },
            {
                "title": str(_("Who has looked")),
                "text": str(_("Readings of what is confidential about you and your children")),
                "href": PAGE_URL,
                "icon": "look",
            },
            {
                "title": str(_("Your data")),
                "text": str(_("Have it, or have it put right or erased")),
                "href": "/profile/data",
                "icon": "file",
            },
        ]
        if actor.can(USE_KEYS):
            sections.append(
                {
                    "title": str(_("Access keys")),
                    "text": str(_("Let your own programs fetch what you may see")),
                    "href": KEYS_PLACE,
                    "icon": "key",
                }
            )
        if actor.can(USE_SHARED) and actor.may_step_up:
            sections.append(
                {
                    "title": str(_("PIN for shared devices")),
                    "text": str(_("For the tablet in the ward")),
                    "href": PIN_PLACE,
                    "icon": "code",
                }
            )
        if actor.can(PAIR_DEVICES):
            sections.append(
                {
                    "title": str(_("Shared devices")),
                    "text": str(_("Pair the institution's tablets")),
                    "href": SHARED_PLACE,
                    "icon": "tablet",
                }
            )
        context = {
            "facts": _facts(actor),
            "sections": sections,
            "assurance": _LEVELS[actor.assurance],
        }
        return await shell.page("aula/profile.html", context, title=_("Profile"))

    @post("/language", opt=_OWN, status_code=303)
    async def choose_language(
        self,
        data: Annotated[LookForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show texts in another language from the next page on."""
        if data.locale not in LOCALES:
            raise Invalid(_("There is no such language here"))
        await _set(write, actor, locale=data.locale)
        return shell.see_other(keep_local(data.next))

    @post("/theme", opt=_OWN, status_code=303)
    async def choose_theme(
        self,
        data: Annotated[LookForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show pages light, dark, or as the device is set."""
        if data.theme not in THEMES:
            raise Invalid(_("There is no such choice of colours"))
        await _set(write, actor, theme=data.theme)
        return shell.see_other(keep_local(data.next))


def _facts(actor: Actor) -> list[dict[str, Any]]:
    places = dict.fromkeys(profile.institution_name for profile in actor.profiles)
    return [{"label": _("Belongs to"), "value": ", ".join(places)}]


async def _set(write: WriteUnit, actor: Actor, **values: str) -> None:
    await write.execute(sa.update(account).where(account.c.id == actor.account_id).values(**values))
