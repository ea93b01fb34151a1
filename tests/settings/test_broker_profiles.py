"""A municipality names its log-in service; what it writes itself comes before the profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aula_platform.identity.brokers import levels_of, make_brokers
from aula_platform.settings import BrokerSettings, Settings, WrongSettings, load_settings
from aula_platform.settings.broker_profiles import NSIS, PROFILES
from aula_plugins.saml.hooks import aula_login_protocols
from aula_sdk.people import Assurance
from tests.login_providers.certificates import make_pair

OWN = {
    "subject_claim": 'subject_claim = "kommunens-uniid"',
    "municipalities": 'municipalities = ["fjord"]',
}
HEAD = """\
[login.brokers.one]
profile = "{profile}"
issuer = "https://idp.example"
client_id = "aula"
title = "Log ind"
"""


def _load(folder: Path, profile: str, more: str = "") -> Settings:
    path = folder / "aula.toml"
    path.write_text(HEAD.format(profile=profile) + more, encoding="utf-8")
    return load_settings(path)


def _broker(folder: Path, profile: str, more: str = "") -> BrokerSettings:
    own = "\n".join(OWN[key] for key in PROFILES[profile].own)
    return _load(folder, profile, f"{own}\n{more}").login.brokers["one"]


def _saml(folder: Path) -> str:
    key, certificate, *_rest = make_pair("aula")
    (folder / "aula.key").write_text(key)
    (folder / "aula.crt").write_text(certificate)
    return (
        '[login.brokers.one.settings]\nsso_url = "https://idp.example/sso"\n'
        f'idp_certificates = ["{folder}/aula.crt"]\n'
        f'key_file = "{folder}/aula.key"\ncertificate_file = "{folder}/aula.crt"\n'
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_makes_a_broker(tmp_path: Path, profile: str) -> None:
    """With what is the municipality's own, and nothing else; LOG-6: one value at least means two
    factors, and it is asked for when they are needed.
    """
    is_saml = PROFILES[profile].values.get("protocol") == "saml"
    broker = _broker(tmp_path, profile, _saml(tmp_path) if is_saml else "")
    settings = _load(
        tmp_path,
        profile,
        "\n".join(OWN[key] for key in PROFILES[profile].own)
        + ("\n" + _saml(tmp_path) if is_saml else ""),
    )
    (made,) = make_brokers(settings, aula_login_protocols()).values()
    assert made.takes_forms is is_saml
    assert Assurance.SUBSTANTIAL in levels_of(broker).values()
    assert "cpr" not in broker.subject_claim.lower()


@pytest.mark.parametrize(
    ("profile", "value", "level"),
    [
        ("uni-login", "EnFaktor", Assurance.LOW),
        ("uni-login", "ToFaktor", Assurance.SUBSTANTIAL),
        ("uni-login", "VoksenVerificeret", None),
        ("uni-login", "3", Assurance.SUBSTANTIAL),
        ("mitid", f"{NSIS}/Low", Assurance.LOW),
        ("mitid", f"{NSIS}/Substantial", Assurance.SUBSTANTIAL),
        ("mitid", f"{NSIS}/High", Assurance.HIGH),
        ("oiosaml-3", "Substantial", Assurance.SUBSTANTIAL),
        ("oiosaml-3", f"{NSIS}/loa/High", Assurance.HIGH),
        ("entra-id", "mfa", Assurance.SUBSTANTIAL),
        ("keycloak", "2", Assurance.SUBSTANTIAL),
        ("adfs", "http://schemas.microsoft.com/claims/multipleauthn", Assurance.SUBSTANTIAL),
    ],
)
def test_levels_mean_what_the_service_says(
    tmp_path: Path, profile: str, value: str, level: Assurance | None
) -> None:
    """What stands in no table counts as the lowest, as ever."""
    assert levels_of(_broker(tmp_path, profile)).get(value) == level


def test_what_is_written_comes_first(tmp_path: Path) -> None:
    """Lists and values instead of the profile's, even empty ones; tables entry by entry."""
    broker = _broker(
        tmp_path,
        "uni-login",
        'step_up_acr = []\nsubject_claim = "anden"\nacr = { "ToFaktor" = "low", "x" = "high" }',
    )
    assert (broker.step_up_acr, broker.subject_claim) == ((), "anden")
    assert (broker.acr["ToFaktor"], broker.acr["x"], broker.acr["3"]) == (
        "low",
        "high",
        "substantial",
    )
    saml = _broker(tmp_path, "oiosaml-3", "[login.brokers.one.settings]\nencrypted = false")
    assert saml.settings["encrypted"] is False
    assert saml.settings["context_comparison"] == "minimum"


@pytest.mark.parametrize(
    ("profile", "more", "key", "line", "says"),
    [
        ("uni-logn", "", "profile", 2, "'uni-logn' is no profile; did you mean 'uni-login'?"),
        ("x", "", "profile", 2, "known: uni-login, mitid,"),
        ("mitid", "", "subject_claim", 1, "has to be written with profile = 'mitid'"),
        ("adfs", OWN["subject_claim"], "municipalities", 1, "whose people they are"),
    ],
)
def test_what_a_profile_cannot_know_is_asked_for(
    tmp_path: Path, profile: str, more: str, key: str, line: int, says: str
) -> None:
    """By key and line, at the start."""
    with pytest.raises(WrongSettings) as caught:
        _load(tmp_path, profile, more)
    assert (caught.value.key, caught.value.line) == (f"login.brokers.one.{key}", line)
    assert says in str(caught.value)


@pytest.mark.parametrize("data", ["login = 3", "[login]\nbrokers = 3", "[login.brokers]\none = 3"])
def test_what_is_no_section_is_refused_as_before(tmp_path: Path, data: str) -> None:
    path = tmp_path / "aula.toml"
    path.write_text(data, encoding="utf-8")
    with pytest.raises(WrongSettings):
        load_settings(path)


def test_profiles_hold_keys_that_there_are() -> None:
    """Each value is one that the section takes."""
    fields: Any = set(BrokerSettings.__struct_fields__)
    for profile in PROFILES.values():
        assert set(profile.values) | set(profile.own) <= fields
