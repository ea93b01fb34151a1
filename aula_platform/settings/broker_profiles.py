"""What the usual log-in services have in common, so that a municipality need not find it out.

A broker's section names its ``profile`` and writes what is its own. Whatever is written there comes
before the profile: single values and lists instead of it, tables entry by entry. Names of claims,
attributes and levels are the services' own (LOG-6 to LOG-8 of the domain; OIOSAML Web SSO Profile
3.0.3; NSIS 2.0). UNI-ID is what people are matched by, so services that do not have it say so here.
"""

import difflib
from collections.abc import Mapping
from typing import Any

import msgspec

NSIS = "https://data.gov.dk/concept/core/nsis"
_NSIS_LEVELS = {
    **{name: name.lower() for name in ("Low", "Substantial", "High")},
    # The same as a class of authentication, and as MitID's brokers write it.
    **{
        f"{NSIS}{place}/{name}": name.lower()
        for place in ("", "/loa")
        for name in ("Low", "Substantial", "High")
    },
}
_PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"  # noqa: S105  # A name.
_SUBJECT = "the claim or attribute with the UNI-ID; the service has none of its own"


class BrokerProfile(msgspec.Struct, frozen=True):
    """The values of one kind of log-in service."""

    about: str
    values: Mapping[str, Any]
    """Keys of ``[login.brokers.NAME]``, as they would stand in the file."""
    own: Mapping[str, str] = {}
    """Keys that each municipality has to write itself, and what they are."""


PROFILES: dict[str, BrokerProfile] = {
    "uni-login": BrokerProfile(
        "UNI-Login (STIL), OpenID Connect",
        {
            "scopes": ["openid"],
            "subject_claim": "uniid",
            "assurance_claims": ["unilogin_loa", "loa", f"{NSIS}/loa"],
            "acr": {"EnFaktor": "low", "ToFaktor": "substantial", "2": "low", "3": "substantial"}
            | _NSIS_LEVELS,
            "step_up_acr": ["Loasubstantial"],
        },
    ),
    "mitid": BrokerProfile(
        "MitID through a broker, OpenID Connect",
        {
            "scopes": ["openid", "mitid"],
            "assurance_claims": ["loa", "acr"],
            "acr": _NSIS_LEVELS,
            "step_up_acr": [f"{NSIS}/Substantial"],
        },
        {"subject_claim": _SUBJECT},
    ),
    "entra-id": BrokerProfile(
        "Microsoft Entra ID, OpenID Connect",
        {
            "scopes": ["openid"],
            "assurance_claims": ["acrs", "amr"],
            "acr": {"pwd": "low", "mfa": "substantial"},
        },
        {
            "subject_claim": _SUBJECT,
            "municipalities": "whose people they are; a tenant is one municipality's own",
        },
    ),
    "keycloak": BrokerProfile(
        "Keycloak, OpenID Connect, with levels 1 to 3 (ACR to LoA mapping)",
        {
            "scopes": ["openid"],
            "subject_claim": "uniid",
            "assurance_claims": ["acr"],
            "acr": {"1": "low", "2": "substantial", "3": "high"},
            "step_up_acr": ["2"],
        },
    ),
    "oiosaml-3": BrokerProfile(
        "NemLog-in and Fælleskommunal Adgangsstyring, OIOSAML 3",
        {
            "protocol": "saml",
            "acr": _NSIS_LEVELS,
            "step_up_acr": [f"{NSIS}/loa/Substantial"],
            "settings": {
                "encrypted": True,
                "level_attributes": [f"{NSIS}/loa"],
                "name_id_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
                "context_comparison": "minimum",
                "signature_algorithm": "rsa-sha256",
            },
        },
        {"subject_claim": _SUBJECT},
    ),
    "adfs": BrokerProfile(
        "Active Directory Federation Services, SAML 2.0",
        {
            "protocol": "saml",
            "acr": {
                _PASSWORD: "low",
                "urn:federation:authentication:windows": "low",
                "http://schemas.microsoft.com/claims/multipleauthn": "substantial",
            },
            "step_up_acr": ["http://schemas.microsoft.com/claims/multipleauthn"],
            "settings": {
                "encrypted": False,
                "level_attributes": ["http://schemas.microsoft.com/claims/authnmethodsreferences"],
                "name_id_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
                "context_comparison": "exact",
                "signature_algorithm": "rsa-sha256",
            },
        },
        {
            "subject_claim": _SUBJECT,
            "municipalities": "whose people they are; a directory is one municipality's own",
        },
    ),
}
"""By the name that stands in the settings."""


class WrongProfile(Exception):
    """A section cannot be filled by its profile; ``key`` is the key in the section."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = key


def fill(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a broker's section with what its profile has for it; without one as it is.

    Raises `WrongProfile` for a name that is none, and where a key is missing that the profile
    leaves to each municipality.
    """
    name = written.get("profile", "")
    if not name:
        return dict(written)
    profile = PROFILES.get(name) if isinstance(name, str) else None
    if profile is None:
        nearest = difflib.get_close_matches(str(name), PROFILES, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"known: {', '.join(PROFILES)}"
        raise WrongProfile("profile", f"{name!r} is no profile; {hint}")
    for key, what in profile.own.items():
        if not written.get(key):
            raise WrongProfile(key, f"has to be written with profile = {name!r}: {what}")
    filled = dict(profile.values)
    for key, value in written.items():
        base = filled.get(key)
        both = isinstance(base, Mapping) and isinstance(value, Mapping)
        filled[key] = {**base, **value} if both else value  # type: ignore[dict-item]
    return filled


def explain(name: str, broker: msgspec.Struct) -> list[str]:
    """Return which keys of a broker come from its profile, and which were written instead."""
    chosen = getattr(broker, "profile", "")
    if not chosen:
        return []
    profile = PROFILES[chosen]
    given: list[str] = []
    changed: list[str] = []
    for key, value in profile.values.items():
        mine = msgspec.to_builtins(getattr(broker, key))
        is_table = isinstance(value, Mapping)
        taken = value.items() <= mine.items() if is_table else list(mine) == list(value)
        (given if taken else changed).append(key)
    lines = [f"login.brokers.{name}: profile {chosen!r} ({profile.about})"]
    lines.append(f"  from the profile: {', '.join(given) or 'nothing'}")
    lines.append(f"  changed in this file: {', '.join(changed) or 'nothing'}")
    return lines
