"""All cookies: who it is, in which browser a log-in began, which device it is, what was just done.

Over https their names begin with ``__Host-``, which browsers accept only Secure, for the whole
host and from the host itself: a neighbouring host cannot plant one. Neither is readable by
scripts. The first two have no age, so a shared computer forgets them with its browser; how long a
session lasts is decided on the server. The device's own signs nobody in.
"""

from litestar.datastructures import Cookie

from aula_platform.identity.devices import KEEP

_SESSION = "aula_session"
_LOGIN = "aula_login"
_DEVICE = "aula_device"
_TABLET = "aula_tablet"
_TOAST = "aula_toast"
_TOAST_SECONDS = 30


def is_secure(site_url: str) -> bool:
    """Whether people reach the site over https."""
    return site_url.startswith("https:")


def session_cookie_name(site_url: str) -> str:
    """Return the name of the cookie that holds the session's value."""
    return _name(_SESSION, site_url)


def login_cookie_name(site_url: str) -> str:
    """Return the name of the cookie that ties log-ins to a browser."""
    return _name(_LOGIN, site_url)


def device_cookie_name(site_url: str) -> str:
    """Return the name of the cookie by which a device is known again."""
    return _name(_DEVICE, site_url)


def session_cookie(site_url: str, value: str) -> Cookie:
    """Return the cookie that signs the browser in."""
    return _cookie(session_cookie_name(site_url), site_url, value)


def login_cookie(site_url: str, value: str) -> Cookie:
    """Return the cookie that ties log-ins to the browser."""
    return _cookie(login_cookie_name(site_url), site_url, value)


def device_cookie(site_url: str, value: str) -> Cookie:
    """Return the cookie by which the device is known at the next log-in."""
    age = int(KEEP.total_seconds())
    return _cookie(device_cookie_name(site_url), site_url, value, max_age=age)


def tablet_cookie_name(site_url: str) -> str:
    """Return the name of the cookie that a paired shared device keeps."""
    return _name(_TABLET, site_url)


def tablet_cookie(site_url: str, value: str) -> Cookie:
    """Return the cookie that a shared device is paired by; it signs nobody in."""
    age = int(KEEP.total_seconds())
    return _cookie(tablet_cookie_name(site_url), site_url, value, max_age=age)


def toast_cookie_name(site_url: str) -> str:
    """Return the name of the cookie that holds what the next page tells once."""
    return _name(_TOAST, site_url)


def toast_cookie(site_url: str, value: str) -> Cookie:
    """Return the cookie with what the next page tells; it lasts half a minute."""
    return _cookie(toast_cookie_name(site_url), site_url, value, max_age=_TOAST_SECONDS)


def forget_session(site_url: str) -> Cookie:
    """Return the cookie that takes the session's away."""
    return _forget(session_cookie_name(site_url), site_url)


def forget_tablet(site_url: str) -> Cookie:
    """Return the cookie that makes the device nobody's."""
    return _forget(tablet_cookie_name(site_url), site_url)


def forget_toast(site_url: str) -> Cookie:
    """Return the cookie that takes away what has been told."""
    return _forget(toast_cookie_name(site_url), site_url)


def forget_login(site_url: str) -> Cookie:
    """Return the cookie that takes the log-in's away."""
    return _forget(login_cookie_name(site_url), site_url)


def _name(name: str, site_url: str) -> str:
    return f"__Host-{name}" if is_secure(site_url) else name


def _cookie(name: str, site_url: str, value: str, max_age: int | None = None) -> Cookie:
    # Lax, because the broker sends the browser back from another site.
    return Cookie(
        name,
        value=value,
        path="/",
        secure=is_secure(site_url),
        httponly=True,
        samesite="lax",
        max_age=max_age,
    )


def _forget(name: str, site_url: str) -> Cookie:
    return _cookie(name, site_url, "", max_age=0)
