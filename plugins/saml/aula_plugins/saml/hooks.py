"""What the plugin adds to the platform: a protocol in which log-in brokers can be spoken to."""

from collections.abc import Iterator

from aula_plugins.saml.broker import SamlBroker
from aula_plugins.saml.settings import SamlSettings
from aula_sdk.hookspecs import hookimpl
from aula_sdk.login import LoginProtocol


@hookimpl
def aula_login_protocols() -> Iterator[LoginProtocol]:
    """Yield SAML 2.0."""
    yield LoginProtocol("saml", SamlSettings, SamlBroker)
