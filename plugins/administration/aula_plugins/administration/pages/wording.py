"""How states, settings and imports are said to people."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from aula_plugins.administration import _, _n
from aula_plugins.administration.pages.forms import joined, name_of
from aula_plugins.administration.schemas import (
    ChannelItem,
    Channels,
    FeatureItem,
    GainItem,
    Given,
    GivenRight,
    ImportItem,
    PlaceItem,
    RightItem,
    SettingItem,
    StateToChoose,
)
from aula_plugins.administration.service.giving import Choices
from aula_sdk.i18n import Text, number
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.imports import ImportCount
from aula_sdk.operations import DecidedBy

_CHOICES_OF_MUNICIPALITY: dict[str, tuple[Text, Text]] = {
    "on-institution": (
        _("On, and each institution may choose otherwise"),
        _("Institutions that choose nothing have it on."),
    ),
    "on-nobody": (_("On for all institutions"), _("No institution can switch it off.")),
    "off-institution": (
        _("Off, and each institution may choose otherwise"),
        _("Institutions that want it switch it on themselves."),
    ),
    "off-nobody": (_("Off for all institutions"), _("No institution can switch it on.")),
}
_CHOICES_OF_INSTITUTION: dict[str, tuple[Text, Text]] = {
    "on-nobody": (_("On"), _("It is in the menu and on the overview for those it concerns.")),
    "off-nobody": (_("Off"), _("Its pages are gone here; what was written is kept.")),
}
_YES, _NO = _("Yes"), _("No")
_SWITCHED: dict[tuple[str, str], Text] = {
    ("on", "nobody"): _("%(feature)s is on: %(place)s"),
    ("off", "nobody"): _("%(feature)s is off: %(place)s"),
    ("on", "institution"): _("%(feature)s is on: %(place)s. Institutions may choose otherwise"),
    ("off", "institution"): _("%(feature)s is off: %(place)s. Institutions may choose otherwise"),
}
IMPORT_STATES: dict[str, Text] = {
    "staging": _("Going on"),
    "preview": _("Preview"),
    "stopped": _("Waits for somebody"),
    "refused": _("Refused"),
    "applied": _("Carried out"),
    "failed": _("Broke off"),
}
_STATE_KINDS = {"applied": "success", "stopped": "warning", "refused": "error", "failed": "error"}
_STATE_MEANINGS: dict[str, Text] = {
    "staging": _("It is being read. Come back in a while."),
    "preview": _("Somebody looked at what it would change. Nothing was changed."),
    "stopped": _("More would leave than is taken without being asked. Nothing was changed."),
    "refused": _("The delivery cannot be taken as it is. Nothing was changed."),
    "applied": _("What it says holds now."),
    "failed": _("It did not come to its end. Nothing was changed."),
}
_STATE_REMEDIES: dict[str, Text] = {
    "stopped": _(
        "Is it right that so many leave? Then whoever runs the installation confirms it with"
        " --yes-remove. Otherwise have the delivery mended where it is made."
    ),
    "refused": _("Have the delivery mended where it is made, and import it again."),
    "failed": _("Tell whoever runs the installation; the import can be run again."),
}
_KINDS: dict[str, Text] = {
    "institution": _("Institutions"),
    "person": _("Persons"),
    "pupil": _("Children"),
    "employee": _("Employees"),
    "external": _("Externals"),
    "guardian": _("Guardians"),
    "role": _("Administrators' roles"),
    "group": _("Groups"),
    "membership": _("Memberships"),
    "guardianship": _("Contact persons of children"),
}
_LOSSES: dict[str, Text] = {
    "people": _("%(institution)s would lose %(leaving)s of %(of)s people"),
    "memberships": _("%(institution)s would lose %(leaving)s of %(of)s memberships"),
}
_WHOLE = _("The whole municipality")


class CountLine(NamedTuple):
    """One kind of record, and what became of it in words."""

    kind: Text | str
    told: str


class CountsAt(NamedTuple):
    """What changed at one institution."""

    title: Text | str
    changes: Text
    lines: list[CountLine]


def can_be_typed(setting: SettingItem) -> bool:
    """Whether a form has a field for it."""
    return setting.is_open and setting.kind != "other"


def state_options(place: PlaceItem) -> list[dict[str, object]]:
    """Return what can be chosen of on and off at a place."""
    choices = _CHOICES_OF_MUNICIPALITY if place.is_municipality else _CHOICES_OF_INSTITUTION
    return [
        {"value": value, "label": label, "hint": hint} for value, (label, hint) in choices.items()
    ]


def state_now(feature: FeatureItem, place: PlaceItem) -> str:
    """Return which of the options holds."""
    left_to = feature.left_to if place.is_municipality else "nobody"
    return f"{'on' if feature.is_on else 'off'}-{left_to}"


def say_switched(feature: str, place: str, wanted: StateToChoose) -> Text:
    """Return what happened."""
    return _SWITCHED[wanted.state, wanted.left_to] % {"feature": feature, "place": place}


def yes_or_no() -> list[dict[str, object]]:
    """Return the options of a switch."""
    return [{"value": "true", "label": _YES}, {"value": "false", "label": _NO}]


def options_of(setting: SettingItem) -> list[dict[str, object]]:
    """Return the options of a list."""
    return [{"value": one, "label": setting.value_titles.get(one, one)} for one in setting.options]


def hint_of(setting: SettingItem) -> str:
    """Return what a field can hold, and whose word its value is, unless nobody has said any."""
    told = [setting.expected] if setting.kind in {"number", "text"} else []
    if setting.decision.by is not DecidedBy.PLUGIN:
        told.append(setting.decision.why)
    return " · ".join(told)


def summary_of(feature: FeatureItem, errors: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong by field, each with the title that stands at the field."""
    titles = {name_of(one.name): one.title for one in feature.settings}
    return {
        name: f"{titles[name]}: {reason}" if name in titles else reason
        for name, reason in errors.items()
    }


def value_in_form(setting: SettingItem) -> str:
    """Return the value as the form's field has it; several of them with commas between."""
    if setting.kind == "options":
        return joined(setting.value)
    if setting.kind == "switch":
        return "true" if setting.value else "false"
    return str(setting.value)


def setting_in_words(setting: SettingItem) -> str:
    """Return a setting's value as people read it, by the titles that its feature gives."""
    return value_in_words(setting.value, setting.value_titles)


def value_in_words(value: Any, titles: Mapping[str, str]) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return str(_YES if value else _NO)
    if isinstance(value, dict):
        return (
            ", ".join(f"{name}: {value_in_words(one, titles)}" for name, one in value.items())
            or "–"
        )
    if isinstance(value, list | tuple):
        return ", ".join(value_in_words(one, titles) for one in value) or "–"
    if isinstance(value, int):
        return number(value)
    return "–" if value in {None, ""} else titles.get(str(value), str(value))


def import_kind(report: ImportItem) -> str:
    """Return the kind of badge of an import's state."""
    if report.state == "applied" and not report.is_well:
        return "warning"
    return _STATE_KINDS.get(report.state, "neutral")


def import_meaning(report: ImportItem) -> Text:
    """Return what the state means."""
    return _STATE_MEANINGS[report.state]


def import_remedy(report: ImportItem) -> Text | str:
    """Return what somebody can do about it; nothing where all is well."""
    return _STATE_REMEDIES.get(report.state, "")


def import_summary(report: ImportItem) -> str:
    """Return one line about what an import found."""
    told = [str(_n("%(count)s change", "%(count)s changes", report.changes))]
    if report.errors:
        left_out = _n("%(count)s row left out", "%(count)s rows left out", report.errors)
        told.append(str(left_out))
    return " · ".join(told)


def losses(report: ImportItem) -> list[Text]:
    """Return what stopped the import."""
    return [
        _LOSSES[one.what]
        % {
            "institution": one.institution,
            "leaving": number(one.leaving),
            "of": number(one.of),
        }
        for one in report.stops
    ]


def counts(report: ImportItem) -> Iterator[CountsAt]:
    """Yield what changed, institution by institution."""
    for institution, found in groupby(report.counts, lambda count: count.institution):
        here = list(found)
        total = sum(one.changes for one in here)
        changes = _n("%(count)s change", "%(count)s changes", total)
        lines = [CountLine(_KINDS.get(one.kind, one.kind), _told(one)) for one in here]
        yield CountsAt(institution or _WHOLE, changes, lines)


def _told(count: ImportCount) -> str:
    every: Sequence[tuple[Text, int]] = (
        (_n("%(count)s new", "%(count)s new", count.added), count.added),
        (_n("%(count)s changed", "%(count)s changed", count.changed), count.changed),
        (_n("%(count)s leaving", "%(count)s leaving", count.leaving), count.leaving),
        (_n("%(count)s back", "%(count)s back", count.returning), count.returning),
        (_n("%(count)s as before", "%(count)s as before", count.same), count.same),
    )
    return " · ".join(str(text) for text, how_many in every if how_many)


def place_in_file(file: str, line: int, field: str) -> str:
    """Return where in a delivery a row stands."""
    told = [file]
    if line:
        told.append(str(_("line %(line)s") % {"line": line}))
    if field:
        told.append(field)
    return ", ".join(told)


DECIDED: dict[str, Text] = {
    "yes": _("Yes"),
    "two_factors": _("Yes, with two factors"),
    "no": _("No"),
}
_SAID_BY: dict[str, Text] = {
    "default": _("from the start"),
    "municipality": _("the municipality"),
    "institution": _("the institution"),
}


def right_options(right: RightItem) -> list[dict[str, str]]:
    """Return what can be decided of a right, for a list; first what the level above says."""
    above = _("As above")
    if right.chosen is None:
        above = _("As above: %(word)s") % {"word": DECIDED[right.decided or "no"]}
    options = [{"value": key, "label": str(text)} for key, text in DECIDED.items()]
    return [{"value": "", "label": str(above)}, *options]


def right_title(right: RightItem) -> str:
    """Return the action, and to what it applies."""
    return f"{right.title}: {right.sentence}" if right.sentence else right.title


def said_by(right: RightItem) -> str:
    """Return what holds and who decided it."""
    word = DECIDED[right.decided or "no"]
    source = _SAID_BY.get(right.source)
    return f"{word} ({source})" if source else str(word)


_NOBODY, _EVERYWHERE = _("Nobody"), _("All groups")


def role_options(choices: Choices) -> list[dict[str, str]]:
    """Return the roles that can be given, for a list."""
    return [{"value": head.key, "label": str(head.title)} for head in choices.roles]


def superior_options(choices: Choices) -> list[dict[str, str]]:
    """Return for whom somebody can act, for a list."""
    found = [
        {
            "value": PROFILE.format(one.profile_id),
            "label": f"{one.name}, {one.title}" if one.title else one.name,
        }
        for one in choices.superiors
    ]
    return [{"value": "", "label": str(_NOBODY)}, *found]


def open_right_options(choices: Choices) -> list[dict[str, Any]]:
    """Return the rights that can be decided for a person, by feature."""
    features: dict[str, list[dict[str, str]]] = {}
    for one in choices.rights:
        label = f"{one.title}: {one.sentence}" if one.sentence else str(one.title)
        option = {"value": f"{one.action}:{one.relation}", "label": label}
        features.setdefault(choices.features.get(one.plugin, one.plugin), []).append(option)
    return [{"label": name, "options": features[name]} for name in sorted(features)]


def group_options(choices: Choices) -> list[dict[str, str]]:
    """Return the groups to which a right can be limited, for a list."""
    found = [{"value": GROUP.format(one.id), "label": one.name} for one in choices.groups]
    return [{"value": "", "label": str(_EVERYWHERE)}, *found]


def decided_options() -> list[dict[str, str]]:
    """Return what can be decided of a right."""
    return [{"value": key, "label": str(text)} for key, text in DECIDED.items()]


def given_title(right: GivenRight) -> str:
    """Return the action, to what it applies, and what was decided."""
    title = f"{right.title}: {right.sentence}" if right.sentence else right.title
    return f"{title} ({DECIDED[right.decided]})"


def gain_title(gain: GainItem) -> str:
    """Return the action, to what it applies, and whether it takes two factors."""
    title = f"{gain.title}: {gain.sentence}" if gain.sentence else gain.title
    return f"{title} ({DECIDED[gain.decided]})" if gain.decided == "two_factors" else title


KINDS: dict[str, Text] = {
    "employee": _("Employees"),
    "guardian": _("Guardians"),
    "pupil": _("Children and pupils"),
    "external": _("Externals"),
}


def channels_by_sender(channels: Channels) -> list[tuple[Text, list[ChannelItem]]]:
    """Return the channels, each kind of sender with those they could write to."""
    return [
        (title, [one for one in channels.items if one.sender == kind])
        for kind, title in KINDS.items()
    ]


def has_anything(given: Given) -> bool:
    """Whether the person has been given anything."""
    return bool(given.roles or given.rights)
