"""Who gets in. What somebody sees there is the kernel's to say, right by right.

``plugins.manage`` and ``plugins.manage_municipality`` for features, ``stamdata.read_imports`` for
imports, ``health.read`` and ``health.release`` for how the installation is. So that whoever is
given one of them by a grant is given this door too, and nobody gets past the kernel by it.
"""

from collections.abc import Iterable

from aula_plugins.administration import _
from aula_sdk.contributions import DataClass
from aula_sdk.permissions import INSTITUTION_ADMIN, MUNICIPALITY_ADMIN, Action, RoleDefault

OPEN = "administration.open"
SEE_ATTENTION = "administration.see_attention"
ACTIONS = (
    Action(OPEN, _("Open the administration"), reads=DataClass.ORDINARY),
    Action(SEE_ATTENTION, _("See on the overview what needs attention"), reads=DataClass.ORDINARY),
)
_ADMINISTRATORS = (INSTITUTION_ADMIN, MUNICIPALITY_ADMIN)


def role_defaults() -> Iterable[RoleDefault]:
    """Yield what each role holds until a municipality decides otherwise (ADM-1, ADM-2)."""
    for role in _ADMINISTRATORS:
        yield RoleDefault(role, OPEN)
    # All that it tells so far is the municipality's; an empty box would say nothing to others.
    yield RoleDefault(MUNICIPALITY_ADMIN, SEE_ATTENTION)
