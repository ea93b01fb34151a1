"""Somebody who signs in by SAML, at an identity provider that none of us wrote (npm: samlp)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2

from aula_plugins.saml.settings import NSIS_LEVEL
from tests.identity.site import Browser
from tests.login_providers.certificates import make_pair
from tests.login_providers.running import run_node

CROSS_SITE = {"origin": "https://idp.example", "sec-fetch-site": "cross-site"}
HTML = {"accept": "text/html"}


class Person:
    """Somebody with a browser, at a provider that none of us wrote (npm: samlp)."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def answer(self, address: str, level: str, **attributes: str) -> dict[str, str]:
        """Return the form that the provider has the browser send."""
        said = {
            "subject": "pseudonym-1",
            "attributes": json.dumps({"uniid": "ulla0001", NSIS_LEVEL: level, **attributes}),
        }
        async with httpx2.AsyncClient() as outside:
            page = await outside.get(f"{address}&{urlencode(said)}")
        found = re.findall(r'name="(\w+)"\s+value="([^"]*)"', page.text)
        return {name: html.unescape(value) for name, value in found}

    async def send(self, form: dict[str, str]) -> httpx2.Response:
        """Send the form as a browser does: without cookies, then on with them."""
        client = self.browser.client
        kept = list(client.cookies.jar)
        client.cookies.clear()
        first = await client.post("/sign-in/test/answer", data=form, headers=CROSS_SITE)
        for cookie in kept:
            client.cookies.jar.set_cookie(cookie)
        assert first.status_code == 303, first.text
        return await client.get(first.headers["location"], headers=HTML)


@contextmanager
def run_provider(folder: Path, answer_url: str) -> Iterator[dict[str, Any]]:
    """Run the provider; yield what the settings of its broker say of it."""
    theirs, ours = make_pair("idp"), make_pair("aula")
    for name, content in (("idp.crt", theirs[1]), ("aula.key", ours[0]), ("aula.crt", ours[1])):
        (folder / name).write_text(content)
    provider = {
        "issuer": "https://idp.example",
        "key": theirs[0],
        "certificate": theirs[1],
        "acs": answer_url,
        "format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "encryptionCertificate": ours[1],
        "encryptionKey": ours[2],
        "askedBy": ours[1],
    }
    with run_node("saml.mjs", provider) as address:
        yield {
            "sso_url": f"{address}/sso",
            "idp_certificates": [str(folder / "idp.crt")],
            "key_file": str(folder / "aula.key"),
            "certificate_file": str(folder / "aula.crt"),
        }
