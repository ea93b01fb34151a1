"""The ways in which a plugin can be broken, each a real plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aula_platform.plugin_host.discovery import Installed, installed_plugins
from tests.broken_plugins.factory import Shelf, add_good, names_of

REFUSED: dict[str, dict[str, Any]] = {
    "badimport": {"description": "import module_that_is_not_there"},
    "exits": {"description": "raise SystemExit(3)"},
    "number": {"description": "plugin = 7"},
    "untitled": {"description": """
        from aula_sdk.plugin import Plugin
        plugin = Plugin("untitled", 7, None, __name__)
        """},
    "future": {"sdk": ">=2,<3"},
    "hooksfail": {"hooks": "raise ValueError('hooks')"},
    "nohook": {"hooks": "@hookimpl\ndef aula_navitems():\n    return ()"},
    "greedy": {"hooks": """
        @hookimpl
        def aula_migrations():
            metadata = plugin_metadata("good")
            sa.Table("good_thing", metadata, sa.Column("id", sa.Integer, primary_key=True))
            yield Migrations(Path(__file__).parent, metadata)
        """},
    "rightless": {
        "rights": False,
        "hooks": "@hookimpl\ndef aula_permissions():\n    yield Action('good.use', _('Use'))",
    },
    "relation": {"rights": False, "hooks": """
        @hookimpl
        def aula_permissions():
            table = sa.Table("relation_it", sa.MetaData(), sa.Column("id", sa.Integer))
            broken = Relation("broken", _("broken"), lambda me: 1 / 0)
            yield Resource("relation.it", PROFILE, _("It"), table, (broken,))
            yield Action("relation.use", _("Use"), "relation.it")
            yield RoleDefault("guardian", "relation.use", "broken")
        """},
    "talker": {"hooks": """
        class Told(Event, frozen=True, kw_only=True):
            name: ClassVar[str] = "talker.told.v1"
            words: str
        """},
    "forger": {"hooks": """
        class Forged(Event, frozen=True, kw_only=True):
            name: ClassVar[str] = "good.noted.v1"
        """},
    "impostor": {"hooks": """
        @get("/", opt=needs("impostor.use") | {"plugin": "good"})
        async def page() -> str:
            return "not good"

        @hookimpl
        def aula_routes():
            yield Routes(pages=(page,))
        """},
    "namesake": {"hooks": """
        @get("/", name="licences", opt=needs("namesake.use"))
        async def page() -> str:
            return "the platform has a handler of that name"

        @hookimpl
        def aula_routes():
            yield Routes(pages=(page,))
        """},
    "noroute": {"hooks": "@hookimpl\ndef aula_routes():\n    yield Routes(pages=(7,))"},
}  # fmt: skip
"""Plugins of which nothing is used."""

IN_PART: dict[str, tuple[str, str]] = {
    "thief": ("aula_nav_items", """
        @hookimpl
        def aula_nav_items():
            yield NavItem("thief", _("Thief"), "/good", "home", "thief.use")
        """),
    "borrower": ("aula_widgets", """
        async def show(*given):
            return {}

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("W"), "good/box.html", "borrower.use", show)
        """),
    "shouter": ("aula_nav_items", """
        @hookimpl
        def aula_nav_items():
            yield NavItem("shouter", _("S"), "/shouter", "home", "shouter.use", order="last")
        """),
    "jobber": ("aula_jobs", """
        async def run(platform):
            return None

        @hookimpl
        def aula_jobs():
            yield Job("good.work", timedelta(hours=1), run)
        """),
    "listener": ("aula_subscribers", """
        class Anything(Event, frozen=True, kw_only=True):
            name: ClassVar[str] = "listener.any.v1"

        async def handle(event, write, platform):
            return None

        @hookimpl
        def aula_subscribers():
            yield Subscriber("good.note", Anything, handle)
        """),
    "double": ("aula_widgets", """
        async def show(*given):
            return {}

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("W"), "double/box.html", "double.use", show)
            yield Widget("w", _("W"), "double/box.html", "double.use", show)
        """),
}  # fmt: skip
"""Plugins of which one hook is not used, with that hook."""

ALIVE: dict[str, str] = {
    "hanger": """
        async def hang(*given):
            await asyncio.sleep(3600)

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("Hanging box"), "hanger/box.html", "hanger.use", hang)

        @hookimpl
        def aula_nav_items():
            yield NavItem("n", _("Hanging place"), "/hanger", "home", "hanger.use", badge=hang)
        """,
    "raiser": """
        async def fail(*given):
            raise RuntimeError("no such thing")

        @get("/", opt=needs("raiser.use"))
        async def page() -> str:
            raise KeyError("page")

        @get("/end", opt=needs("raiser.use"))
        async def end() -> str:
            raise SystemExit(5)

        @hookimpl
        def aula_routes():
            yield Routes(pages=(page, end))

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("Raising box"), "raiser/box.html", "raiser.use", fail)

        @hookimpl
        def aula_nav_items():
            yield NavItem("n", _("Raising place"), "/raiser", "home", "raiser.use", badge=fail)
        """,
    "misfit": """
        async def wrong(*given):
            return "a word"

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("Misfit box"), "misfit/box.html", "misfit.use", wrong)

        @hookimpl
        def aula_nav_items():
            yield NavItem("n", _("Misfit place"), "/misfit", "home", "misfit.use", badge=wrong)
        """,
    "speller": """
        async def show(*given):
            return {}

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("Misspelt box"), "speller/box.html", "speller.use", show)
        """,
    "stuck": """
        @get("/read", opt=needs("stuck.use"))
        async def read_forever(read: NamedDependency[ReadUnit]) -> str:
            await read.scalar(sa.select(sa.literal(1)))
            await asyncio.sleep(3600)
            return "never"

        @post("/write", opt=needs("stuck.use"))
        async def write_forever(
            actor: NamedDependency[Actor], write: NamedDependency[WriteUnit]
        ) -> None:
            person = sa.table("stamdata_person", sa.column("name"), sa.column("id", Id))
            me = person.c.id == actor.profiles[0].person_id
            await write.execute(sa.update(person).where(me).values(name="lost"))
            await asyncio.sleep(3600)

        @hookimpl
        def aula_routes():
            yield Routes(api=(read_forever, write_forever))
        """,
}
"""Plugins that are accepted, and fail when they are called."""


BROKEN_TEMPLATE = {"speller": "{{ nowhere.at.all }}"}


def install_whole(shelf: Shelf) -> list[Installed]:
    """Put those on the shelf that are accepted, and the good neighbour."""
    return [
        add_good(shelf),
        *(
            shelf.add(name, hooks, files={f"templates/{name}/box.html": _template(name)})
            for name, hooks in ALIVE.items()
        ),
    ]


def install_all(shelf: Shelf) -> list[Installed]:
    """Put all of them on the shelf, the good neighbour among them."""
    return [
        *(shelf.add(name, **given) for name, given in REFUSED.items()),
        *install_whole(shelf),
        *(shelf.add(name, hooks) for name, (_hook, hooks) in IN_PART.items()),
    ]


def find_installed(made: Iterable[Installed]) -> list[Installed]:
    """Return them as the host finds every other installed plugin."""
    names = names_of(made)
    found = [plugin for plugin in installed_plugins() if plugin.name in names]
    assert sorted(names_of(found)) == sorted(names)
    return found


def _template(name: str) -> str:
    return BROKEN_TEMPLATE.get(name, "<p>it</p>")
