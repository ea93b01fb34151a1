"""Whether there is a way to write to somebody: messages, where that plugin is switched on.

The address is all that is known of it; whom one may write to is decided there.
"""

from aula_sdk.people import Actor
from aula_sdk.protocols import Platform

_PLUGIN, _ACTION = "messages", "messages.create"


def can_write(actor: Actor, platform: Platform) -> bool:
    """Whether the reader can start a conversation at all."""
    return actor.can(_ACTION) and any(
        platform.is_active(_PLUGIN, municipality) for municipality in actor.municipalities
    )
