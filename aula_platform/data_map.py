"""What is kept about people in the whole installation: the kernel's rooms and the plugins."""

from collections.abc import Iterator

from aula_platform.audit import privacy as audit
from aula_platform.events import privacy as events
from aula_platform.files import privacy as files
from aula_platform.identity import privacy as identity
from aula_platform.permissions import privacy as permissions
from aula_platform.plugin_host import Host
from aula_platform.plugin_host import privacy as plugin_host
from aula_platform.privacy import privacy as requests
from aula_platform.sampling import privacy as sampling
from aula_platform.stamdata import privacy as stamdata
from aula_platform.stamdata.delivery import privacy as delivery
from aula_platform.storage import privacy as storage
from aula_sdk.contributions import PersonalData

_ROOMS = {
    "stamdata": (*stamdata.PERSONAL_DATA, *delivery.STAGED),
    "identity": identity.PERSONAL_DATA,
    "permissions": permissions.PERSONAL_DATA,
    "audit": audit.PERSONAL_DATA,
    "events": events.PERSONAL_DATA,
    "files": files.PERSONAL_DATA,
    "plugin_host": plugin_host.PERSONAL_DATA,
    "sampling": sampling.PERSONAL_DATA,
    "privacy": requests.PERSONAL_DATA,
    "storage": storage.PERSONAL_DATA,
}


def list_personal_data(host: Host) -> Iterator[tuple[str, PersonalData]]:
    """Yield whose table it is and what is kept in it, for every table that there is (art. 30)."""
    for room, declared in _ROOMS.items():
        for one in declared:
            yield room, one
    yield from host.each(PersonalData)
