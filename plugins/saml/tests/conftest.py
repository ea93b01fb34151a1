"""An identity provider that none of us wrote (npm: samlp), and a broker that asks it."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
import pytest

from aula_plugins.saml.broker import SamlBroker
from aula_plugins.saml.settings import NSIS_LEVEL, SamlSettings
from aula_sdk.login import BrokerSetup, LoginRequest, ProvedIdentity
from aula_sdk.people import Assurance, Kind
from tests.login_providers.certificates import make_pair
from tests.login_providers.running import run_node

SITE = "https://aula.example.dk"
ISSUER = "https://idp.example"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
LOGIN = LoginRequest("the-state", "the-nonce", "verifier", f"{SITE}/sign-in/callback")


@dataclass(frozen=True)
class Identity:
    """The provider's address and what both sides know of each other."""

    address: str
    setup: BrokerSetup
    settings: SamlSettings
    provider_key: str

    def broker(self, **changes: Any) -> SamlBroker:
        """Return a broker whose settings differ in this."""
        ours = {name: changes.pop(name) for name in list(changes) if hasattr(self.settings, name)}
        return SamlBroker(
            msgspec.structs.replace(self.setup, **changes),
            msgspec.structs.replace(self.settings, **ours),
        )

    async def answer(
        self, broker: SamlBroker, login: LoginRequest = LOGIN, **how: Any
    ) -> dict[str, str]:
        """Sign in at the provider; return the fields of the form that it sends with the browser."""
        attributes = {"uniid": "ulla0001", NSIS_LEVEL: "Substantial", **how.pop("attributes", {})}
        said = {"subject": "pseudonym-1", "attributes": json.dumps(attributes), **how}
        async with httpx.AsyncClient() as browser:
            page = await browser.get(f"{await broker.begin(login)}&{urlencode(said)}")
        assert page.status_code == 200, page.text
        found = re.findall(r'name="(\w+)"\s+value="([^"]*)"', page.text)
        return {name: html.unescape(value) for name, value in found}

    async def sign_in(self, broker: SamlBroker, **how: Any) -> ProvedIdentity:
        """Sign in all the way."""
        return await broker.finish(LOGIN, await self.answer(broker, **how))


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Identity]:
    """The provider, running, and who knows it."""
    folder = tmp_path_factory.mktemp("saml")
    theirs, ours = make_pair("idp"), make_pair("aula")
    for name, content in (("idp.crt", theirs[1]), ("aula.key", ours[0]), ("aula.crt", ours[1])):
        (folder / name).write_text(content)
    setup = BrokerSetup(
        name="saml",
        title="SAML",
        kinds=tuple(Kind),
        demo=True,
        issuer=ISSUER,
        client_id=f"{SITE}/saml",
        subject_claim="uniid",
        acr={"Low": Assurance.LOW, "Substantial": Assurance.SUBSTANTIAL},
        site_url=SITE,
        callback_url=f"{SITE}/sign-in/saml/answer",
        ended_url=f"{SITE}/sign-in/saml/ended",
    )
    provider = {
        "issuer": ISSUER,
        "key": theirs[0],
        "certificate": theirs[1],
        "acs": setup.callback_url,
        "format": PERSISTENT,
        "encryptionCertificate": ours[1],
        "encryptionKey": ours[2],
        "askedBy": ours[1],
    }
    with run_node("saml.mjs", provider) as address:
        settings = SamlSettings(
            sso_url=f"{address}/sso",
            slo_url=f"{address}/slo",
            idp_certificates=(str(folder / "idp.crt"),),
            key_file=str(folder / "aula.key"),
            certificate_file=str(folder / "aula.crt"),
        )
        yield Identity(address, setup, settings, theirs[0])


@pytest.fixture(scope="module")
def other_certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A certificate that has signed nothing."""
    path: Path = tmp_path_factory.mktemp("other") / "other.crt"
    path.write_text(make_pair("other")[1])
    return str(path)


def decode(answer: dict[str, str]) -> bytes:
    """Return the XML of a response."""
    return base64.b64decode(answer["SAMLResponse"])


def encode(xml: bytes | str) -> dict[str, str]:
    """Return a form with this response."""
    raw = xml.encode() if isinstance(xml, str) else xml
    return {"SAMLResponse": base64.b64encode(raw).decode(), "RelayState": LOGIN.state}
