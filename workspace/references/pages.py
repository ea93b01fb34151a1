"""All the pages, as the code has them now."""

from __future__ import annotations

from contextvars import copy_context
from pathlib import Path
from tempfile import TemporaryDirectory

from aula_sdk.i18n import use_locale
from workspace.places import ROOT
from workspace.references.events import make_events
from workspace.references.hooks import make_hooks
from workspace.references.permissions import make_permissions
from workspace.references.personal_data import make_personal_data
from workspace.references.processing_record import make_processing_record
from workspace.references.routes import make_routes
from workspace.references.settings import make_settings
from workspace.references.site import put_together

FOLDER = ROOT / "docs" / "reference"
_PAGES = {
    "hooks.md": make_hooks,
    "events.md": make_events,
    "settings.md": make_settings,
    "permissions.md": make_permissions,
    "personal-data.md": make_personal_data,
    "processing-record.md": make_processing_record,
    "routes.md": make_routes,
}


def make_pages() -> dict[str, str]:
    """Return each page by the name of its file; titles for people are Danish."""
    return copy_context().run(_make_in_danish)


def _make_in_danish() -> dict[str, str]:
    use_locale("da")
    with TemporaryDirectory(prefix="aula-references-") as folder:
        site = put_together(Path(folder))
        return {name: make(site) for name, make in _PAGES.items()}
