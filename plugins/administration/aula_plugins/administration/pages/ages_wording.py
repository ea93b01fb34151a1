"""How age limits are said to people."""

from collections.abc import Iterable

from aula_plugins.administration import _
from aula_plugins.administration.schemas import Ages
from aula_sdk.ages import GROWN_UP, LEAST_CONSENT_AGE
from aula_sdk.i18n import Text

_Options = list[dict[str, object]]


def years(age: int) -> Text:
    """Return an age."""
    return _("%(age)s years") % {"age": age}


def consent_options(found: Ages) -> _Options:
    """Return what can be decided about own consent."""
    return _options(found, found.consent_above, range(LEAST_CONSENT_AGE, GROWN_UP + 1))


def secure_area_options(found: Ages) -> _Options:
    """Return what can be decided about what is sensitive: a higher age than holds above.

    What was decided here before it was raised above stands there still, or it would be lost
    when something else is kept.
    """
    higher = {*range(found.secure_area_above + 1, GROWN_UP + 1)}
    here = {found.secure_area_here} if found.secure_area_here else set()
    return _options(found, found.secure_area_above, sorted(higher | here))


def _options(found: Ages, above: int, ages: Iterable[int]) -> _Options:
    said = _("As it is from the start") if found.place.is_municipality else _("As the municipality")
    first: dict[str, object] = {"value": "", "label": f"{said}: {years(above)}"}
    return [first, *({"value": str(age), "label": years(age)} for age in ages)]
