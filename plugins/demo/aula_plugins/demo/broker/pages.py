"""The pages of the broker: whom to be, what went wrong, and good-bye."""

from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar.response import Response

from aula_plugins.demo import _
from aula_plugins.demo.broker.config import BrokerConfig
from aula_plugins.demo.broker.requests import AuthorizationRequest
from aula_plugins.demo.broker.tokens import LOW, SUBSTANTIAL
from aula_plugins.demo.cast import Side
from aula_sdk.i18n import LOCALES, current_locale, use_locale

_HERE = Path(__file__).parent
_HEADINGS = {
    Side.GUARDIAN: _("Parents and guardians"),
    Side.EMPLOYEE: _("Staff"),
    Side.PUPIL: _("Pupils"),
    Side.EXTERNAL: _("Others"),
}
_LANGUAGES = (("da", "Dansk"), ("en", "English"))
_LEVELS = ((SUBSTANTIAL, _("Substantial: two factors")), (LOW, _("Low: password only")))


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    environment.globals["current_locale"] = current_locale
    return environment


@cache
def stylesheet() -> str:
    """Return the style of all pages."""
    return (_HERE / "static" / "broker.css").read_text("utf-8")


def choose_locale(asked: str, preferred: str, accepted: str) -> None:
    """Speak the language that was chosen, asked for or is understood; Danish otherwise."""
    wanted = [asked, *preferred.split(), *(part.split(";")[0] for part in accepted.split(","))]
    known = (tag.strip().lower().split("-")[0] for tag in wanted)
    use_locale(next((tag for tag in known if tag in LOCALES), "da"))


def people_page(config: BrokerConfig, request: AuthorizationRequest) -> Response[str]:
    """Return the page on which one picks a person."""
    groups = [
        (heading, [person for person in config.people if person.side is side])
        for side, heading in _HEADINGS.items()
    ]
    return _page(
        "people.html",
        200,
        form_action=_origin(request.redirect_uri),
        groups=[group for group in groups if group[1]],
        fields=request.fields(),
        levels=_LEVELS,
        languages=[(tag, name, _in_language(request, tag)) for tag, name in _LANGUAGES],
        chosen=request.wanted_level or SUBSTANTIAL,
    )


def refusal_page(reason: str) -> Response[str]:
    """Return the page for a request that is answered nowhere else."""
    return _page("refused.html", 400, reason=reason)


def goodbye_page() -> Response[str]:
    """Return the page after signing out, where nobody asked for another."""
    return _page("goodbye.html", 200)


def _page(name: str, status: int, form_action: str = "", **context: object) -> Response[str]:
    text = _templates().get_template(name).render(**context)
    # The answer to the form is a redirect, which browsers hold against form-action too.
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {form_action}"
    )
    headers = {"Content-Security-Policy": policy.strip(), "Content-Language": current_locale()}
    return Response(text, status_code=status, media_type="text/html", headers=headers)


def _in_language(request: AuthorizationRequest, locale: str) -> str:
    return f"?{urlencode({**request.fields(), 'lang': locale})}"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
