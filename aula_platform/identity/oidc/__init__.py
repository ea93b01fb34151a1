"""OpenID Connect: authorization code with PKCE, as a relying party."""

from aula_platform.identity.brokers import LoginBroker
from aula_platform.identity.oidc.broker import OidcBroker
from aula_platform.settings import Settings

__all__ = ["OidcBroker", "make_brokers"]


def make_brokers(settings: Settings) -> dict[str, LoginBroker]:
    """Return the brokers in ``aula.toml`` by name, in its order; asks none of them anything."""
    return {name: OidcBroker(name, broker) for name, broker in settings.login.brokers.items()}
