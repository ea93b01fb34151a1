"""Log-in by SAML 2.0, as a service provider."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("saml")

plugin = Plugin(
    name="saml",
    title=_("SAML log-in"),
    summary=_("Lets people sign in at an identity provider that speaks SAML 2.0."),
    package=__name__,
)
