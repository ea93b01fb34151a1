"""A whole delivery: what lies there, and its people as neutral records."""

from collections.abc import Iterator
from pathlib import Path

from aula_plugins.stil import _
from aula_plugins.stil.package import SUFFIX
from aula_plugins.stil.parsing import XmlRefused
from aula_plugins.stil.persons import Persons
from aula_plugins.stil.problems import problem
from aula_plugins.stil.settings import StilSettings
from aula_plugins.stil.survey import Refused, Survey, take_survey
from aula_sdk.errors import Invalid
from aula_sdk.stamdata_files import PackageRefused, open_package
from aula_sdk.stamdata_source import Delivery, Record, RowError

_WITHOUT_FAMILIES = frozenset({"org", "person", "profile", "group", "membership"})


class Export:
    """The format as one municipality has set it."""

    def __init__(self, settings: StilSettings) -> None:
        self._settings = settings

    def inspect(self, path: Path) -> Delivery:
        """Say what lies at ``path``; raise `Invalid` when it is no export to be read.

        It speaks of the institutions that are in it and of no other, and only of what its package
        carries, so that one institution's file closes nothing elsewhere.
        """
        try:
            return _describe(take_survey(open_package(path, SUFFIX, single=True), self._settings))
        except _REFUSALS as refused:
            error = _as_error(refused)
            detail = _("%(file)s, line %(line)s: %(reason)s") % {
                "file": error.file,
                "line": error.line,
                "reason": error.reason,
            }
            raise Invalid(
                detail if error.line else error.reason,
                reason=error.code,
                file=error.file,
                line=error.line,
                field=error.field,
            ) from None

    def read(self, path: Path) -> Iterator[Record | RowError]:
        """Yield every record and every bad element of the delivery at ``path``.

        Nothing is raised for what the files hold: a delivery that cannot be read as a whole ends in
        one fatal `RowError`.
        """
        try:
            package = open_package(path, SUFFIX, single=True)
            survey = take_survey(package, self._settings)
            yield from survey.problems
            for org, _envelope in survey.orgs:
                yield org
            yield from survey.groups
            yield from Persons(package, survey, self._settings).read()
        except _REFUSALS as refused:
            yield _as_error(refused)


_REFUSALS = (Refused, PackageRefused, XmlRefused, OSError)


def _describe(survey: Survey) -> Delivery:
    orgs = {org.source_id: envelope for org, envelope in survey.orgs}
    size = next(iter(survey.envelopes.values())).size
    years = sorted({each.school_year for each in survey.envelopes.values() if each.school_year})
    kinds = _WITHOUT_FAMILIES | {"guardianship"} if size.carries_families else _WITHOUT_FAMILIES
    return Delivery(
        format=f"UNI-Login XML ({', '.join([size.value, *years])})",
        mode="delta" if survey.is_filtered else "bulk",
        kinds=kinds,
        institutions=frozenset(orgs),
        left_out=size.left_out,
        as_of={number: envelope.exported_at for number, envelope in orgs.items()},
    )


def _as_error(refused: BaseException) -> RowError:
    """Return the one report that stands for a delivery of which nothing is taken."""
    match refused:
        case Refused():
            return refused.error
        case PackageRefused():
            return problem(refused.entry, 0, "", refused.reason, fatal=True)
        case XmlRefused():
            return problem(refused.file, refused.line, "", refused.reason, fatal=True)
        case _:
            return problem("", 0, "", "package.damaged", fatal=True)
