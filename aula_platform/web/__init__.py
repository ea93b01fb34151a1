"""The shell around the plugins: layout, navigation, overview, profile, sign-in, error pages."""

from pathlib import Path

from aula_sdk.i18n import add_catalogues

add_catalogues("aula", Path(__file__).parent / "locale")
