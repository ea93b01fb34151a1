"""What the operator decides, read once from ``aula.toml`` into frozen Structs."""

from aula_platform.settings.loading import WrongSettings, load_settings
from aula_platform.settings.schema import (
    AuditChoice,
    AuditSettings,
    BrokerSettings,
    BudgetSettings,
    FileSettings,
    LoginSettings,
    LookSettings,
    MunicipalitySettings,
    PluginChoice,
    QuarantineSettings,
    RegistrySettings,
    Settings,
    SiteSettings,
    StepUpSettings,
    StorageSettings,
    WatchdogSettings,
    WidgetChoice,
)

__all__ = [
    "AuditChoice",
    "AuditSettings",
    "BrokerSettings",
    "BudgetSettings",
    "FileSettings",
    "LoginSettings",
    "LookSettings",
    "MunicipalitySettings",
    "PluginChoice",
    "QuarantineSettings",
    "RegistrySettings",
    "Settings",
    "SiteSettings",
    "StepUpSettings",
    "StorageSettings",
    "WatchdogSettings",
    "WidgetChoice",
    "WrongSettings",
    "load_settings",
]
