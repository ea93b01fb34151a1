"""Versions of packages (semver) and the range of SDK versions that a package is made for."""

from packaging.specifiers import InvalidSpecifier, SpecifierSet

Order = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]


def version_order(version: str) -> Order:
    """Return a key that sorts versions as semver does: 1.0.0-rc.2 < 1.0.0-rc.10 < 1.0.0.

    Raises ValueError when ``version`` is not a semantic version.
    """
    core, dash, pre = version.partition("-")
    major, minor, patch = (int(part) for part in core.split("."))
    marks = tuple(_mark(part) for part in pre.split(".")) if dash else ()
    return major, minor, patch, 0 if dash else 1, marks


def _mark(part: str) -> tuple[int, int, str]:
    """Numbers come before words, and are compared as numbers."""
    return (0, int(part), "") if part.isdigit() else (1, 0, part)


def fits_sdk(wanted: str, sdk_version: str) -> bool:
    """Whether the SDK of this version is inside the range; a broken range fits nothing."""
    try:
        return SpecifierSet(wanted).contains(sdk_version, prereleases=True)
    except InvalidSpecifier:
        return False


def is_sdk_range(wanted: str) -> bool:
    """Whether ``wanted`` is a range such as ``>=1.2,<2`` with at least one bound."""
    try:
        return len(SpecifierSet(wanted)) > 0
    except InvalidSpecifier:
        return False
