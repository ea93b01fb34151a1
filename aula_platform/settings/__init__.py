"""What the operator decides, read once from ``aula.toml`` into frozen Structs."""

from aula_platform.settings.loading import WrongSettings, load_settings
from aula_platform.settings.schema import (
    BrokerSettings,
    FileSettings,
    LoginSettings,
    LookSettings,
    MunicipalitySettings,
    PluginChoice,
    RegistrySettings,
    Settings,
    SiteSettings,
    StorageSettings,
    WidgetChoice,
)

__all__ = [
    "BrokerSettings",
    "FileSettings",
    "LoginSettings",
    "LookSettings",
    "MunicipalitySettings",
    "PluginChoice",
    "RegistrySettings",
    "Settings",
    "SiteSettings",
    "StorageSettings",
    "WidgetChoice",
    "WrongSettings",
    "load_settings",
]
