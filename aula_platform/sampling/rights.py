"""Who goes through samples: whoever administers the municipality, and whom they give it to.

An institution's administrator has samples to go through where the municipality gives the right,
and has some drawn for institutions; they are then of that institution's people alone.
"""

from aula_platform.sampling.tables import sample
from aula_sdk.i18n import gettext_for
from aula_sdk.log_samples import REVIEW_LOG, SAMPLE
from aula_sdk.permissions import MUNICIPALITY_ADMIN, Action, Relation, Resource, RoleDefault

_ = gettext_for("aula")
OWNER = "audit"
WHOLE = "municipality"

SAMPLES = Resource(
    "audit.sample",
    SAMPLE,
    _("Sample of the log"),
    sample,
    (
        Relation(
            "own",
            _("is of an institution where I work"),
            lambda me: sample.c.institution_id.in_(me.institutions),
        ),
        Relation(
            WHOLE,
            _("is of a municipality where I work"),
            lambda me: sample.c.municipality_id.in_(me.municipalities),
        ),
    ),
)

RIGHTS: tuple[Action | Resource | RoleDefault, ...] = (
    SAMPLES,
    Action(REVIEW_LOG, _("Go through samples of the log"), SAMPLES.name),
    RoleDefault(MUNICIPALITY_ADMIN, REVIEW_LOG, WHOLE),
)
