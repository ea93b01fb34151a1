"""Administrators pair an institution's tablets; employees choose the PIN that they use there."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from aula_platform.identity.pins import has_pin, hash_pin, is_fit, keep_pin
from aula_platform.identity.shared_devices import (
    USE_SHARED,
    add_device,
    list_shared,
    remove_device,
)
from aula_platform.storage import around
from aula_platform.web.authentication import storage_of, unit_of
from aula_sdk import ids
from aula_sdk.contributions import needs
from aula_sdk.errors import FieldError, Invalid, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.operations import PAIR_DEVICES
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, Shell, WriteUnit

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
SHARED_PLACE = "/shared-devices"
PIN_PLACE = "/profile/pin"
_LONGEST_NAME = 100


class SharedDevicePages(Controller):
    """The tablets of the institutions for which one may pair."""

    path = SHARED_PLACE
    include_in_schema = False

    @get("/", opt=needs(PAIR_DEVICES))
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show the institutions' devices."""
        places = _places(actor)
        context = {
            "places": [
                {"value": ids.INSTITUTION.format(one), "label": name}
                for one, (name, _town) in places.items()
            ],
            "devices": [
                {
                    "id": ids.SHARED_DEVICE.format(one.id),
                    "name": one.name,
                    "place": places[one.institution_id][0],
                    "paired_at": one.paired_at,
                }
                for one in await list_shared(read, list(places))
            ],
        }
        return await shell.page("aula/shared_devices.html", context, title=_("Shared devices"))

    @post("/", opt=needs(PAIR_DEVICES, step_up=True), status_code=200)
    async def add(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Make a code with which one device is paired within 15 minutes; shown this once."""
        form = await request.form()
        name = str(form.get("name", "")).strip()[:_LONGEST_NAME]
        places = _places(actor)
        institution = ids.INSTITUTION.parse(str(form.get("institution", "")))
        if institution not in places:
            raise NotFound
        if not name:
            raise Invalid(fields=(FieldError("name", str(_("Say where the device is."))),))
        town = places[institution][1]
        device_id, code = await add_device(
            write, name, municipality_id=town, institution_id=institution
        )
        write.audit("identity.device_added", municipality_id=town, object_id=device_id)
        context = {"name": name, "code": f"{code[:5]}-{code[5:]}"}
        return await shell.page("aula/shared_code.html", context, title=_("Pair the device now"))

    @post("/{device_id:str}/remove", opt=needs(PAIR_DEVICES), status_code=303)
    async def remove(
        self,
        actor: NamedDependency[Actor],
        device_id: FromPath[str],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Unpair a device; whoever is signed in there is out at their next request."""
        wanted = ids.SHARED_DEVICE.parse(device_id)
        removed = await remove_device(write, wanted, list(_places(actor)))
        if removed is None:
            raise NotFound
        town = removed.municipality_id
        write.audit("identity.device_unpaired", municipality_id=town, object_id=wanted)
        return shell.see_other(SHARED_PLACE, toast=_("The device is unpaired"))


class PinPages(Controller):
    """One's own PIN, chosen after a second factor."""

    path = PIN_PLACE
    include_in_schema = False

    @get("/", opt=needs(USE_SHARED, step_up=True))
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Ask for a PIN, and say whether there is one."""
        found = await has_pin(read, actor.account_id)
        context = {"is_there": found is not False, "is_locked": found is None}
        return await shell.page("aula/pin.html", context, title=_("PIN for shared devices"))

    @post("/", opt=needs(USE_SHARED, step_up=True), status_code=303)
    async def choose(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Keep the PIN, unlocked; it never comes back from here."""
        typed = str((await request.form()).get("pin", ""))
        if not is_fit(typed):
            wrong = str(_("Choose six digits that are not easily guessed."))
            raise Invalid(fields=(FieldError("pin", wrong),))
        await unit_of(request.scope).close()
        made = await hash_pin(typed)
        async with storage_of(request.app).write(around(actor.municipalities), actor) as write:
            await keep_pin(write, actor.account_id, made)
            for town in actor.municipalities:
                write.audit("identity.pin_chosen", municipality_id=town)
        return shell.see_other("/profile", toast=_("Your PIN is chosen"))


def _places(actor: Actor) -> dict[UUID, tuple[str, UUID]]:
    """Return the institutions for which the actor may pair, with their municipality."""
    return {
        one.institution_id: (one.institution_name, one.municipality_id)
        for one in actor.profiles_for(PAIR_DEVICES)
    }
