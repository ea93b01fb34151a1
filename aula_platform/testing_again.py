"""What the test kit uses again for the next site: applications, and what statements became.

Every test has a site of its own. What costs most about one is the same for all (decision 0047).
"""

from collections import OrderedDict, defaultdict
from collections.abc import Hashable
from itertools import count
from typing import Any

from litestar import Litestar

from aula_platform.plugin_host import Host
from aula_platform.site_routes import Lifespan, assemble, shape_of
from aula_platform.storage import Storage


class SpareApps:
    """Applications of sites that have ended, to be opened again for others of the same shape.

    Making several hundred routes takes as long as a whole test does otherwise. Nothing else is
    used twice: settings, database, host and kernel are each site's own.
    """

    def __init__(self, most: int) -> None:
        """Keep the ``most`` that were used last."""
        self._most = most
        self._spare: OrderedDict[tuple[Hashable, int], Litestar] = OrderedDict()
        self._numbers = count()

    def assemble(self, site_url: str, host: Host, lifespan: Lifespan) -> Litestar:
        """Return one that nobody uses, or a new one; implements `Assemble`."""
        shape = shape_of(site_url, host)
        found = next((key for key in self._spare if key[0] == shape), None)
        if found is None:
            return assemble(site_url, host, lifespan)
        app = self._spare.pop(found)
        app.state.clear()
        return app

    def keep(self, app: Litestar) -> None:
        """Take back an application that was closed."""
        shape = shape_of(app.state.settings.site.url, app.state.host)
        self._spare[shape, next(self._numbers)] = app
        if len(self._spare) > self._most:
            self._spare.popitem(last=False)


SPARE = SpareApps(most=16)


class CompiledTexts(dict[Any, Any]):
    """Statements that were made into SQL once, for all engines of a kind in this process.

    SQLAlchemy keeps them for each engine by itself, and every site has engines of its own. They are
    the same texts: what tells engines apart, their addresses, is in none of them.
    """

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        """Return what was made of the statement; ``key`` begins with the engine's dialect."""
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], made: Any) -> None:
        super().__setitem__(key[1:], made)


_COMPILED: defaultdict[str, CompiledTexts] = defaultdict(CompiledTexts)


def share_compiled_texts(storage: Storage) -> None:
    """Let the engines of a site find what those of earlier sites have compiled."""
    engines = storage.engines
    for engine in (engines.reading, engines.writing, engines.noting):
        shared = _COMPILED[engine.dialect.name]
        engine.sync_engine.update_execution_options(compiled_cache=shared)
