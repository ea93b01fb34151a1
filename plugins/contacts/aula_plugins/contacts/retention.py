"""How answers and posts of contact parents end: soon after the person has left, by a job."""

from aula_plugins.contacts import _
from aula_plugins.contacts.models import parent, sharing
from aula_sdk.retention import KeptOtherwise

RETENTION: tuple[KeptOtherwise, ...] = (
    KeptOtherwise(
        "contacts.left",
        (sharing.name, parent.name),
        _("A job removes them 30 days after the person has left"),
    ),
)
