"""Which brokers an installation may have: nobody real signs in through a demonstration."""

import ipaddress
import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from aula_platform.identity.shared_devices import BROKER
from aula_platform.settings import BrokerSettings

RESERVED_NAMES = frozenset({"callback", "tablet", BROKER, f"{BROKER}s"})
"""What stands in the addresses and sessions of log-ins for something else than a broker."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


class WrongBrokerSettings(Exception):
    """A broker in ``aula.toml`` cannot be used; ``key`` is the key to change."""

    def __init__(self, key: str, problem: str) -> None:
        """``key`` is the dotted path of the key in question."""
        super().__init__(f"{key}: {problem}")
        self.key = key


def check_brokers(
    mode: str, brokers: Mapping[str, BrokerSettings], places: Collection[str] | None = None
) -> None:
    """Pass when these brokers may be used in this mode; else raise `WrongBrokerSettings`.

    In production a broker is refused that is marked as a demonstration, that is reached without
    TLS or that is on this machine: each would let people be somebody else. ``places`` are the
    keys of the municipalities that there are.
    """
    for name, broker in brokers.items():
        key = f"login.brokers.{name}"
        if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
            raise WrongBrokerSettings(key, "a name is lower-case letters, digits and hyphens")
        if broker.protocol == "oidc":
            _check_issuer(f"{key}.issuer", broker.issuer)
        _check_references(key, broker, brokers, places)
        if "cpr" in broker.subject_claim.lower():
            raise WrongBrokerSettings(f"{key}.subject_claim", "no CPR number is taken in here")
        if mode == "production":
            _check_production(key, broker)


def _check_references(
    key: str,
    broker: BrokerSettings,
    brokers: Mapping[str, BrokerSettings],
    places: Collection[str] | None,
) -> None:
    if broker.step_up_with and broker.step_up_with not in brokers:
        raise WrongBrokerSettings(
            f"{key}.step_up_with", f"there is no broker {broker.step_up_with!r}"
        )
    unknown = sorted(set(broker.municipalities) - set(places or broker.municipalities))
    if unknown:
        raise WrongBrokerSettings(
            f"{key}.municipalities", f"there is no municipality {unknown[0]!r}"
        )


def _check_issuer(key: str, issuer: str) -> None:
    address = urlsplit(issuer)
    if address.scheme not in {"https", "http"} or not address.hostname:
        raise WrongBrokerSettings(key, "expected an address that begins with https://")
    if address.query or address.fragment or address.username or address.password:
        raise WrongBrokerSettings(key, "an issuer has no query, fragment, user name or password")
    if address.scheme == "http" and not _is_loopback(address.hostname):
        raise WrongBrokerSettings(key, "plain http is for brokers on this machine only")


def _check_production(key: str, broker: BrokerSettings) -> None:
    address = urlsplit(broker.issuer)
    if broker.demo:
        raise WrongBrokerSettings(
            f"{key}.demo", 'a demo broker cannot be used with site.mode = "production"'
        )
    if broker.protocol != "oidc":
        return
    if address.scheme != "https":
        raise WrongBrokerSettings(
            f"{key}.issuer", 'expected https with site.mode = "production", not plain http'
        )
    if _is_loopback(address.hostname or ""):
        raise WrongBrokerSettings(
            f"{key}.issuer", 'this machine cannot be a broker with site.mode = "production"'
        )


def _is_loopback(host: str) -> bool:
    """Whether the name or number means the machine itself, in any of its spellings."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        # 127.1, 2130706433 and 0x7f.1 are numbers too for whoever opens the connection.
        return bool(re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", name))
    mapped = getattr(number, "ipv4_mapped", None) or number
    return bool(mapped.is_loopback or mapped.is_unspecified)
