"""What the terminal says when the demo is up: where it is, and who can sign in."""

import unicodedata

import click

from aula_plugins.demo import _, cast
from aula_plugins.demo.running.places import Ports
from aula_sdk.i18n import current_locale

_HEADINGS = {
    cast.Side.GUARDIAN: _("Parents and guardians"),
    cast.Side.EMPLOYEE: _("Staff"),
    cast.Side.PUPIL: _("Pupils"),
    cast.Side.EXTERNAL: _("Others"),
}


def welcome(ports: Ports, *, with_vendor: bool) -> str:
    """Return the addresses and the table of people."""
    lines = [
        "",
        click.style(str(_("The demo is ready.")), bold=True),
        "",
        *_addresses(ports, with_vendor=with_vendor),
        "",
        str(_("Who can sign in (no passwords; everybody is made up):")),
    ]
    for side, heading in _HEADINGS.items():
        lines += ["", click.style(str(heading), bold=True)]
        lines += [
            f"  {_padded(member.name, 20)} {member.da if current_locale() == 'da' else member.en}"
            for member in cast.CAST
            if member.side is side
        ]
    return "\n".join([*lines, "", str(_("End it with Ctrl+C.")), ""])


def _addresses(ports: Ports, *, with_vendor: bool) -> list[str]:
    known = [
        (_("Aula"), ports.site),
        (_("Demo log-in"), ports.broker),
        (_("Registry"), ports.registry),
    ]
    if with_vendor:
        known.append((_("A vendor's widget"), ports.vendor))
    return [f"  {_padded(str(name), 20)} {ports.url(port)}" for name, port in known]


def _padded(text: str, width: int) -> str:
    # A letter with a separate accent takes one place on the screen.
    return unicodedata.normalize("NFC", text).ljust(width)
