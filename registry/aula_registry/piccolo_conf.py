"""Where Piccolo looks for its engine; ``connect`` puts it here."""

from piccolo.conf.apps import AppRegistry
from piccolo.engine.base import Engine

DB: Engine | None = None  # type: ignore[type-arg]  # One of two kinds of engine.
APP_REGISTRY = AppRegistry(apps=["aula_registry.piccolo_app"])
