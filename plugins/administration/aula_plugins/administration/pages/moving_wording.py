"""How changes of belonging, and what hangs on people, are said to people."""

from collections.abc import Iterable, Mapping, Sequence

from aula_plugins.administration import _
from aula_plugins.administration.schemas import (
    AffectedItem,
    ConsequencesView,
    EntrustedItem,
    MovingView,
)
from aula_sdk.i18n import Text, number
from aula_sdk.moving import MOST, ChangeKind, EntrustedAs
from aula_sdk.people import Kind

_AT_WORK: Mapping[ChangeKind, Text] = {
    ChangeKind.LEAVES: _("The employment here ends"),
    ChangeKind.MOVES: _("Goes on at another institution of the municipality"),
}
_PUPIL: Mapping[ChangeKind, Text] = {
    ChangeKind.LEAVES: _("Leaves, and goes to no other institution of the municipality"),
    ChangeKind.MOVES: _("Moves to another institution of the municipality"),
}
_HELD: Mapping[EntrustedAs, Text] = {
    EntrustedAs.POST: _("Comes with the post"),
    EntrustedAs.ROLE: _("Given here"),
    EntrustedAs.DEPUTY: _("Acts for %(name)s"),
    EntrustedAs.DEPUTISED: _("%(name)s has it, to act for this person"),
    EntrustedAs.RIGHT: _("Decided for this person alone"),
}
_BY_POST = _("Comes with the post: whoever gets the post has it with the import")
_BY_LOGIN = _("It comes with the log-in, and is taken away where log-ins are managed.")
_CLOSED = _("Closed for this person alone; it stays closed.")
_CHOOSE, _ELSEWHERE = _("Choose"), _("An institution that is not on this list")
_MORE = _("more than %(count)s")


def kind_options(view: MovingView) -> list[dict[str, object]]:
    """Return what can become of the person."""
    if ChangeKind.ACCESS_ENDS in view.kinds:
        label = _("Custody of, or access to, a child ends")
        return [{"value": ChangeKind.ACCESS_ENDS.value, "label": label}]
    titles = _PUPIL if view.person.kind == Kind.PUPIL else _AT_WORK
    return [{"value": one.value, "label": titles[one]} for one in view.kinds]


def place_options(view: MovingView) -> list[dict[str, object]]:
    """Return where somebody can move to."""
    return _options(((one.id, one.name) for one in view.places), _ELSEWHERE)


def child_options(view: MovingView) -> list[dict[str, object]]:
    """Return to whom a guardian has access."""
    return _options(((one.profile, one.name) for one in view.children), _CHOOSE)


def successor_options(view: MovingView) -> list[dict[str, object]]:
    """Return who can take over; titles tell namesakes apart."""
    named = (
        (one.profile, f"{one.name} · {one.title}" if one.title else one.name)
        for one in view.successors
    )
    return _options(named, _CHOOSE)


def _options(named: Iterable[tuple[str, str]], nothing: Text) -> list[dict[str, object]]:
    """Return what can be chosen, after what stands there before anything is."""
    return [{"value": key, "label": label} for key, label in (("", nothing), *named)]


def change_title(found: ConsequencesView) -> Text:
    """Return what would become of whom."""
    name = found.person.name
    if found.kind is ChangeKind.ACCESS_ENDS:
        values = {"name": name, "child": found.child}
        return _("%(name)s no longer has custody of, or access to, %(child)s") % values
    if found.kind is ChangeKind.MOVES:
        if not found.place:
            return _("%(name)s moves to another institution") % {"name": name}
        return _("%(name)s moves to %(place)s") % {"name": name, "place": found.place}
    if found.person.kind == Kind.PUPIL:
        return _("%(name)s leaves %(place)s") % {"name": name, "place": found.person.institution}
    values = {"name": name, "place": found.person.institution}
    return _("%(name)s no longer works at %(place)s") % values


def held_as(one: EntrustedItem) -> Text:
    """Return how somebody comes to hold it, or that it is closed for them."""
    if one.decided == "no":
        return _CLOSED
    return _HELD[one.held_as] % {"name": one.other}


def thing_title(one: EntrustedItem) -> str:
    """Return what it is, to what it applies, and where alone."""
    title = f"{one.title}: {one.sentence}" if one.sentence else one.title
    return f"{title} ({one.group})" if one.group else title


def thing_options(things: Sequence[EntrustedItem]) -> list[dict[str, object]]:
    """Return what can be handed over."""
    return [{"value": one.id, "label": thing_title(one), "hint": held_as(one)} for one in things]


def why_kept(one: EntrustedItem) -> Text:
    """Return why it is not handed over."""
    if one.held_as is EntrustedAs.POST:
        return _BY_POST
    return _CLOSED if one.decided == "no" else _BY_LOGIN


def amount(count: int) -> Text | str:
    """Return a number, or that it is more than is counted."""
    return _MORE % {"count": number(MOST)} if count > MOST else number(count)


def losses(one: AffectedItem) -> list[EntrustedItem]:
    """Return what the change ends."""
    return [each.thing for each in one.things if each.ends]


def kept(one: AffectedItem) -> list[EntrustedItem]:
    """Return what hangs on the person afterwards too."""
    return [each.thing for each in one.things if not each.ends]
