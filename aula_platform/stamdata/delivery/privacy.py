"""What the staging tables keep while a delivery is compared: what their live tables keep."""

import sqlalchemy as sa

from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.privacy import PERSONAL_DATA as LIVE
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_COMPARED = _("Holds a delivery while it is compared with what is there")
_TASK = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_NOBODY = _("None is needed: nothing about people is kept here")
_MEANWHILE = _("Until the delivery has been applied or given up")
_PERSON = FieldPrivacy(DataClass.ORDINARY, _("Which person it is"))
_PROFILE = FieldPrivacy(DataClass.ORDINARY, _("Which of the person's profiles it is"))
_MARKS = ("delivery_id", "row", "live_id", "change", "problem", "field")
_live = {one.table: one for one in LIVE}


def _staged(
    stage: sa.Table, *live: str, technical: tuple[str, ...] = (), **further: FieldPrivacy
) -> PersonalData:
    """Return what a staging table keeps: what the live tables do in the columns of those names."""
    of = [_live[f"stamdata_{name}"] for name in live]
    fields = {
        name: field
        for one in of
        for name, field in one.fields.items()
        if name in stage.c and name not in technical
    } | further
    same = {name for one in of for name in one.technical if name in stage.c and name not in fields}
    marks = (name for name in _MARKS if name in stage.c)
    ground = _TASK if fields else _NOBODY
    declared = (*marks, *technical, *sorted(same - set(technical)))
    return PersonalData(stage.name, _COMPARED, ground, _MEANWHILE, fields, declared)


_NAMED = ("what", "first", "second", "third")
STAGED: tuple[PersonalData, ...] = (
    _staged(tables.institution, "institution"),
    _staged(tables.person, "person", "contact"),
    _staged(tables.profile, "profile", technical=("org_source_id",), person_source_id=_PERSON),
    _staged(tables.profile_role, "profile_role", technical=("institution_id", "profile_row")),
    _staged(tables.group, "group", technical=("org_source_id",)),
    _staged(
        tables.membership,
        "membership",
        technical=("group_source_id", "institution_id"),
        person_source_id=_PERSON,
        person_id=_PERSON,
    ),
    _staged(
        tables.guardianship, "guardianship", guardian_source_id=_PERSON, child_source_id=_PERSON
    ),
    _staged(tables.removed, technical=("what",), **dict.fromkeys(_NAMED[1:], _PERSON)),
    _staged(tables.unchanged, technical=("what",), **dict.fromkeys(_NAMED[1:], _PERSON)),
    _staged(tables.complete, technical=("what",), person_source_id=_PERSON, person_id=_PERSON),
    _staged(tables.leaving, technical=("what",), id=_PROFILE),
)
"""``removed`` and ``unchanged`` name records by the ids that their source gives them."""
