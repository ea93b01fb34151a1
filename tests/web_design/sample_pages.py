"""Every page of the kernel, and pages of an imagined plugin, with a bit of everything on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from aula_platform.web.shell_context import ShellContext, ShellFlash
from tests.web_design.sample_shell import NAV, NOW, make_shell, render

Page = Callable[[ShellContext], str]


def _thing(**fields: Any) -> SimpleNamespace:
    return SimpleNamespace(**fields)


def _ask(what: str, **fields: Any) -> SimpleNamespace:
    given: dict[str, Any] = {"href": "/asks/1", "child": "", "child_key": "", "due": NOW}
    given |= {"due_soon": False, "institution": "Bakkeskolen", "answers": ()}
    return _thing(what=what, **{**given, **fields})


def _box(name: str, title: str, **fields: Any) -> SimpleNamespace:
    given: dict[str, Any] = dict.fromkeys(("href", "icon", "topic", "url", "html"), "")
    given |= {"wide": False, "failed": False, "embedded": None}
    return _thing(name=name, title=title, **{**given, **fields})


def _asks() -> list[SimpleNamespace]:
    yes = _thing(label="Ja, Alma kommer", kind="primary", action="/answer", fields={"to": "yes"})
    no = _thing(label="Nej", kind="secondary", action="/answer", fields={"to": "no"})
    alma = {"child": "Alma Lind Sørensen", "child_key": "child-alma"}
    noah = {"child": "Noah Lind Sørensen", "child_key": "child-noah"}
    return [
        _ask("Kommer Alma til høstfest?", **alma, due_soon=True, answers=(yes, no)),
        _ask("Hvornår holder Noah juleferie?", **noah, institution="Bøgehaven"),
        _ask("Samtykke til klassebilleder", due=None),
    ]


def _overview(shell: ShellContext, **changes: Any) -> str:
    messages = Markup(render("sample/message_rows.html", shell))
    week = Markup(render("sample/week_rows.html", shell))
    context = {
        "greeting": "Torsdag 19. november",
        "all_href": "/overview",
        "asks": _asks(),
        "going": [],
        "widgets": [
            _box("messages", "Nye beskeder", href="/inbox", icon="messages", html=messages),
            _box("today", "I dag", icon="calendar", html=week),
            _box("week", "Ugeplan", icon="widget", failed=True),
        ],
        "hidden": 1,
        "step_up_url": "/step-up",
    }
    return render("aula/overview.html", shell, **{**context, **changes})


def _outside(shell: ShellContext) -> ShellContext:
    return replace(shell, person=None, nav=(), children=(), live=False)


def _at_messages(shell: ShellContext) -> ShellContext:
    return replace(shell, nav=tuple(replace(n, current=n.icon == "messages") for n in NAV))


def _gallery(shell: ShellContext) -> str:
    flash = ShellFlash("Beskeden er sendt til 44 personer.", undo_url="/undo")
    return render("sample/gallery.html", replace(shell, flashes=(flash,)))


def _login(shell: ShellContext) -> str:
    guardian = {"label": "Forælder eller elev", "detail": "Log ind med MitID eller UNI-Login"}
    employee = {"label": "Medarbejder", "detail": "Log ind med kommunens log-ind"}
    brokers = [
        _thing(**guardian, href="/login/1", icon="people"),
        _thing(**employee, href="/login/2", icon="school"),
    ]
    problem = _thing(title="Du stoppede, før du var logget ind", next="Prøv igen.")
    place = _thing(name="Fjordvang Kommune", text="Ring til kontoret på 55 55 55 55.")
    context = {"brokers": brokers, "notice": "", "problem": problem, "help": [place]}
    return render("aula/login.html", _outside(shell), **context)


def _choose_role(shell: ShellContext) -> str:
    context = {"next_url": "/overview", "roles": shell.roles}
    return render("aula/choose_role.html", _outside(shell), **context)


def _chooser(shell: ShellContext) -> str:
    names = ("Fjordvang Kommune", "Åstrup Kommune")
    places = [_thing(name=name, href="/overview", detail="") for name in names]
    return render("aula/chooser.html", _outside(shell), municipalities=places)


def _error(shell: ShellContext) -> str:
    return render(
        "aula/error.html",
        _outside(shell),
        status=500,
        heading="Noget gik galt hos os",
        text="Siden kunne ikke vises.",
        kept="Det, du skrev, er gemt som kladde.",
        next="Prøv igen om et øjeblik.",
        reference="7f3a-22c1",
        retry_url="/error",
        step_up_url="",
    )


def _profile(shell: ShellContext) -> str:
    facts = [
        _thing(label="E-mail", value="sofie@example.dk"),
        _thing(label="Børn", value="Alma, Noah og Ellen"),
    ]
    bell = {"title": "Notifikationer", "text": "Samlet én gang om dagen", "icon": "bell"}
    sections = [_thing(**bell, href="/notifications")]
    context = {"facts": facts, "sections": sections, "assurance": "Du er logget ind med MitID."}
    return render("aula/profile.html", shell, **context)


SAMPLE_PAGES: dict[str, Page] = {
    "gallery": _gallery,
    "overview": _overview,
    "overview-empty": lambda shell: _overview(shell, asks=[], widgets=[], hidden=0),
    "overview-plain": lambda shell: _overview(shell, asks=None),
    "inbox": lambda shell: render("sample/inbox.html", _at_messages(shell), show="list"),
    "thread": lambda shell: render("sample/inbox.html", _at_messages(shell), show="detail"),
    "compose": lambda shell: render("sample/compose.html", _at_messages(shell)),
    "writing": lambda shell: render("sample/writing.html", shell),
    "login": _login,
    "choose-role": _choose_role,
    "chooser": _chooser,
    "error": _error,
    "offline": lambda shell: render("aula/offline.html", _outside(shell)),
    "profile": _profile,
}


def sample_page(name: str, **changes: Any) -> str:
    """Return one sample page; ``changes`` are fields of its shell."""
    return SAMPLE_PAGES[name](make_shell(**changes))
