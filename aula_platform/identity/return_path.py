"""Where somebody goes after signing in: back to where they were, on this site and nowhere else."""

from urllib.parse import urlsplit

HOME = "/"
_LONGEST = 2000
_NOT_BACK_TO = ("/sign-in", "/sign-out", "/role")


def keep_local(path: str | None) -> str:
    r"""Return ``path`` when it is one of this site's own, else the home page.

    Browsers read ``//host``, ``/\host`` and addresses with tabs or line breaks as other sites'.
    """
    if not path or len(path) > _LONGEST or not path.startswith("/"):
        return HOME
    if path.startswith("//") or "\\" in path or not path.isprintable() or not path.isascii():
        return HOME
    try:
        parts = urlsplit(path)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc:
        return HOME
    ours = any(parts.path == own or parts.path.startswith(f"{own}/") for own in _NOT_BACK_TO)
    return HOME if ours else path
