"""Which brokers may be configured: nobody real signs in through a demonstration."""

from __future__ import annotations

from pathlib import Path

import pytest

from aula_platform.identity.broker_settings import WrongBrokerSettings, check_brokers
from aula_platform.identity.oidc.broker import OidcBroker
from aula_platform.settings import BrokerSettings
from aula_platform.web.headers import security_policy


def _broker(issuer: str = "https://broker.example", **values: object) -> BrokerSettings:
    return BrokerSettings(issuer=issuer, client_id="aula", title="Log-in", **values)  # type: ignore[arg-type]


def test_a_demo_broker_is_refused_in_production() -> None:
    """LOG: where anybody may be anybody, nobody real may be."""
    with pytest.raises(WrongBrokerSettings, match=r"login\.brokers\.demo\.demo: .*production"):
        check_brokers("production", {"demo": _broker(demo=True)})
    check_brokers("demo", {"demo": _broker(demo=True)})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://broker.example",
        "https://localhost",
        "https://LOCALHOST.:8443/x",
        "https://broker.localhost",
        "https://127.0.0.1:9000",
        "https://127.9.9.9",
        "https://127.1",
        "https://2130706433",
        "https://0x7f.0.0.1",
        "https://0.0.0.0",
        "https://[::1]:9000",
        "https://[::ffff:127.0.0.1]",
        "http://127.0.0.1:9000",
    ],
)
def test_production_needs_a_broker_elsewhere_and_tls(issuer: str) -> None:
    """A broker on this machine or without TLS is one that somebody can play."""
    with pytest.raises(WrongBrokerSettings) as refused:
        check_brokers("production", {"broker": _broker(issuer)})
    assert refused.value.key == "login.brokers.broker.issuer"


def test_production_takes_a_real_broker() -> None:
    """The refusals are not of everything."""
    check_brokers(
        "production", {"uni-login": _broker("https://broker.unilogin.dk/auth/realms/broker")}
    )


def test_the_demo_may_use_loopback_without_tls_but_nothing_else_may() -> None:
    """Even a demonstration does not send people over an open network."""
    check_brokers("demo", {"demo": _broker("http://127.0.0.1:9000", demo=True)})
    with pytest.raises(WrongBrokerSettings, match="plain http"):
        check_brokers("demo", {"demo": _broker("http://broker.example", demo=True)})


@pytest.mark.parametrize(
    "name",
    [
        "callback",
        "shared-device",
        "shared-devices",
        "tablet",
        "Uni Login",
        "a/b",
        "",
        "a" * 33,
        "../x",
    ],
)
def test_a_name_is_fit_for_an_address(name: str) -> None:
    """The name is part of a path; ``callback`` is where brokers send people back to,
    and ``shared-device`` is how sessions begun with a PIN say so.
    """
    with pytest.raises(WrongBrokerSettings):
        check_brokers("demo", {name: _broker()})


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "broker.example",
        "ftp://broker.example",
        "https://",
        "https://a.example/?x=1",
        "https://u:p@a.example",
    ],
)
def test_an_issuer_is_an_address(issuer: str) -> None:
    """OIDC Discovery: https, a host, no query, no fragment."""
    with pytest.raises(WrongBrokerSettings, match="issuer"):
        check_brokers("production", {"broker": _broker(issuer)})


def test_a_secret_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    """The operator hears of it at the start, by the name of the key, not at the first log-in."""
    with pytest.raises(WrongBrokerSettings, match="client_secret_file: cannot be read"):
        OidcBroker("broker", _broker(client_secret_file=str(tmp_path / "none")), {})


def test_signing_out_may_lead_to_the_broker() -> None:
    """The policy on forms names brokers' origins, else the browser stops on its way there."""
    brokers = [_broker("https://a.example:8443/realms/x"), _broker("https://b.example")]
    origins = [OidcBroker("broker", broker, {}).origins for broker in brokers]
    assert origins == [("https://a.example:8443",), ("https://b.example",)]
    policy = security_policy("n", (), frozenset(origins[0] + origins[1]))
    assert "form-action 'self' https://a.example:8443 https://b.example" in policy
