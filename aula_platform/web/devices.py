"""The kinds of browser and system that sessions remember, in words for their owner."""

from aula_sdk.i18n import Text, gettext_for

_ = gettext_for("aula")

_BROWSERS = {
    "chrome": "Chrome",
    "edge": "Edge",
    "firefox": "Firefox",
    "safari": "Safari",
    "samsung": "Samsung Internet",
}
_SYSTEMS = {
    "android": "Android",
    "chromeos": "ChromeOS",
    "ipad": "iPad",
    "iphone": "iPhone",
    "linux": "Linux",
    "mac": "Mac",
    "windows": "Windows",
}


def say_device(kind: str) -> Text | str:
    """Return "Chrome on Linux" for what `classify` has made of a browser; "Unknown device" else."""
    browser, _slash, system = kind.partition("/")
    if browser in _BROWSERS and system in _SYSTEMS:
        values = {"browser": _BROWSERS[browser], "system": _SYSTEMS[system]}
        return _("%(browser)s on %(system)s") % values
    known = _BROWSERS.get(browser) or _SYSTEMS.get(system)
    return known or _("Unknown device")
