"""Which brokers there are: OpenID Connect is built in (`oidc`), plugins bring other protocols."""

from collections.abc import Iterable, Mapping

import msgspec

from aula_platform.identity.broker_settings import WrongBrokerSettings
from aula_platform.identity.oidc.broker import OidcBroker
from aula_platform.settings import BrokerSettings, Settings
from aula_sdk.login import BrokerSetup, LoginBroker, LoginProtocol
from aula_sdk.people import Assurance

CALLBACK = "/sign-in/callback"


def make_brokers(
    settings: Settings, protocols: Iterable[LoginProtocol] = ()
) -> dict[str, LoginBroker]:
    """Return the brokers in ``aula.toml`` by name, in its order; asks none of them anything.

    Raises `WrongBrokerSettings` for a protocol that no plugin brings, and for settings that are not
    the protocol's: nobody should find out at the sign-in page.
    """
    known = {protocol.name: protocol for protocol in protocols}
    return {
        name: _make(name, broker, known, settings.site.url.rstrip("/"))
        for name, broker in settings.login.brokers.items()
    }


async def close_brokers(brokers: Mapping[str, LoginBroker]) -> None:
    """Close the connections that brokers keep; those that plugins bring keep none."""
    for broker in brokers.values():
        if isinstance(broker, OidcBroker):
            await broker.close()


def levels_of(broker: BrokerSettings) -> dict[str, Assurance]:
    """Return what each value of ``acr`` means, by the broker's table."""
    return {acr: Assurance[level.upper()] for acr, level in broker.acr.items()}


def _make(
    name: str, broker: BrokerSettings, known: Mapping[str, LoginProtocol], site_url: str
) -> LoginBroker:
    if broker.protocol == "oidc":
        return OidcBroker(name, broker, levels_of(broker))
    protocol = known.get(broker.protocol)
    if protocol is None:
        raise WrongBrokerSettings(
            f"login.brokers.{name}.protocol",
            f'no installed plugin speaks {broker.protocol!r}; install it, or use "oidc"',
        )
    setup = BrokerSetup(
        name=name,
        title=broker.title,
        kinds=broker.kinds,
        demo=broker.demo,
        issuer=broker.issuer,
        client_id=broker.client_id,
        subject_claim=broker.subject_claim,
        acr=levels_of(broker),
        site_url=site_url,
        callback_url=f"{site_url}/sign-in/{name}/answer",
        ended_url=f"{site_url}/sign-in/{name}/ended",
    )
    try:
        return protocol.make(setup, msgspec.convert(broker.settings, protocol.struct))
    except (msgspec.ValidationError, ValueError, OSError) as error:
        raise WrongBrokerSettings(f"login.brokers.{name}.settings", str(error)) from error
