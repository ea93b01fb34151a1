"""``personal-data.md``: what is kept about people, in Danish, for a municipality's record."""

from __future__ import annotations

from itertools import groupby

from aula_platform.data_map import list_personal_data
from aula_sdk.contributions import DataClass, PersonalData
from workspace.references.site import Site
from workspace.references.tables import code, make_page, make_table

_INTRO = (
    "Hvad der gemmes om mennesker, hvorfor, på hvilket grundlag og hvor længe, tabel for tabel "
    "(databeskyttelsesforordningen art. 30). Tabeller, hvor intet handler om mennesker, er ikke "
    "med. Klasserne er *almindelig*, *fortrolig* og *følsom*."
)
CLASSES = {
    DataClass.ORDINARY: "almindelig",
    DataClass.CONFIDENTIAL: "fortrolig",
    DataClass.SENSITIVE: "følsom",
}


def make_personal_data(site: Site) -> str:
    """Return the page."""
    parts = []
    for owner, declared in groupby(list_personal_data(site.host), key=lambda item: item[0]):
        parts.append(f"## {owner}")
        parts += [_describe(one) for _owner, one in declared if one.fields]
    return make_page("Personoplysninger", _INTRO, *parts)


def _describe(one: PersonalData) -> str:
    rows = [
        (code(name), field.what, CLASSES[field.data_class]) for name, field in one.fields.items()
    ]
    said = (
        f"### `{one.table}`\n\n{one.purpose}.\n\n"
        f"- Grundlag: {one.legal_basis}\n- Gemmes: {one.retention}"
    )
    return f"{said}\n\n{make_table(('felt', 'hvad', 'klasse'), rows)}"
