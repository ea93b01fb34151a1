"""``processing-record.md``: a record of processing (GDPR art. 30), made of the data map."""

from __future__ import annotations

from collections.abc import Iterable

from aula_platform.data_map import list_personal_data
from aula_sdk.contributions import DataClass, PersonalData
from workspace.references.personal_data import CLASSES
from workspace.references.site import Site
from workspace.references.tables import code, make_page, make_table

_INTRO = (
    "Forlæg til kommunens fortegnelse (databeskyttelsesforordningen art. 30, stk. 1): én linje for "
    "hvert formål. Felterne står i [personoplysninger](personal-data.md)."
)
_FIXED = (
    ("Dataansvarlig", "Kommunen; navn, kontakt og databeskyttelsesrådgiver udfyldes af den"),
    ("Registrerede", "Børn og elever, forældre og kontaktpersoner, medarbejdere, eksterne"),
    (
        "Modtagere",
        "Databehandleren, der driver det; den valgte log-in-broker; leverandører, med pseudonymer",
    ),
    (
        "Overførsel til tredjelande",
        "Platformen overfører intet; driftens og brokerens valg udfyldes",
    ),
    (
        "Sikkerhed",
        "[Konsekvensanalysen](../privatliv/konsekvensanalyse.md) nævner hver foranstaltning",
    ),
)
_HEADS = ("hos", "formål", "grundlag", "frist", "klasser", "tabeller")


def make_processing_record(site: Site) -> str:
    """Return the page."""
    found: dict[tuple[str, ...], list[PersonalData]] = {}
    for owner, one in list_personal_data(site.host):
        if one.fields:
            key = (owner, str(one.purpose), str(one.legal_basis), str(one.retention))
            found.setdefault(key, []).append(one)
    rows = [
        (*key, _classes(tables), ", ".join(code(one.table) for one in tables))
        for key, tables in found.items()
    ]
    return make_page(
        "Fortegnelse over behandlinger",
        _INTRO,
        make_table(("", "hvad"), _FIXED),
        "## Formål",
        make_table(_HEADS, rows),
    )


def _classes(tables: Iterable[PersonalData]) -> str:
    used = {field.data_class for one in tables for field in one.fields.values()}
    return ", ".join(CLASSES[one] for one in DataClass if one in used)
