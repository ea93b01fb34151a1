"""What Piccolo's migrations need to know of the registry."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from aula_registry.tables import TABLES

APP_NAME = "registry"

APP_CONFIG = AppConfig(
    app_name=APP_NAME,
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=list(TABLES),
)
