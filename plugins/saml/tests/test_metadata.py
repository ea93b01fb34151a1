"""What identity providers are told of us, read by a library that has not written it."""

from __future__ import annotations

from pathlib import Path

import onelogin.saml2
import pytest
import xmlschema
from lxml import etree

from aula_plugins.saml.settings import NSIS_LEVEL
from plugins.saml.tests.conftest import SITE, Identity

SCHEMAS = Path(onelogin.saml2.__file__).parent / "schemas"
MD = {
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    """The standard's schema."""
    return xmlschema.XMLSchema(SCHEMAS / "saml-schema-metadata-2.0.xsd")


def test_our_metadata_is_what_the_standard_says(
    identity: Identity, schema: xmlschema.XMLSchema
) -> None:
    """Addresses, bindings, certificates for signing and encryption, signed both ways, no end."""
    metadata = identity.broker().metadata
    schema.validate(metadata)
    root = etree.fromstring(metadata.encode())
    assert root.get("entityID") == f"{SITE}/saml"
    assert root.get("validUntil") is None
    (sp,) = root.findall("md:SPSSODescriptor", MD)
    assert (sp.get("AuthnRequestsSigned"), sp.get("WantAssertionsSigned")) == ("true", "true")
    uses = [one.get("use") for one in sp.findall("md:KeyDescriptor", MD)]
    assert sorted(uses) == ["encryption", "signing"]
    (acs,) = sp.findall("md:AssertionConsumerService", MD)
    assert acs.get("Location") == f"{SITE}/sign-in/saml/answer"
    assert acs.get("Binding").endswith(":HTTP-POST")
    (slo,) = sp.findall("md:SingleLogoutService", MD)
    assert slo.get("Location") == f"{SITE}/sign-in/saml/ended"
    assert slo.get("Binding").endswith(":HTTP-Redirect")
    asked = [one.get("Name") for one in sp.iterfind(".//md:RequestedAttribute", MD)]
    assert asked == ["uniid", NSIS_LEVEL]


def test_nothing_secret_is_told(identity: Identity) -> None:
    key = Path(identity.settings.key_file).read_text().splitlines()[1]
    assert key not in identity.broker().metadata


def test_a_title_of_any_signs_is_written_rightly(
    identity: Identity, schema: xmlschema.XMLSchema
) -> None:
    """The library puts texts between tags as they are."""
    broker = identity.broker(title="Børn & <unge>", subject_claim='a"b&c')
    schema.validate(broker.metadata)
    root = etree.fromstring(broker.metadata.encode())
    assert root.findtext(".//md:ServiceName", namespaces=MD) == "Børn & <unge>"
    assert root.find(".//md:RequestedAttribute", MD).get("Name") == 'a"b&c'


def test_what_cannot_be_told_stops_the_start(identity: Identity) -> None:
    """The operator hears of it when the site starts, not from the identity provider."""
    with pytest.raises(ValueError, match="no metadata can be made"):
        identity.broker(client_id="x" * 2000)
