"""Basic Privilege Profile: what is well said is read, and nothing else gives anything."""

from __future__ import annotations

import base64
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aula_plugins.saml.privileges import LONGEST, MOST, NAMESPACES, read_privileges
from aula_sdk.login import Privilege
from plugins.saml.tests.conftest import Identity

SCOPE = "urn:dk:gov:saml:cvrNumberIdentifier:12345678"
ADMIN = "https://fjordvang.example/roles/usersystemrole/admin/1"
PRIVILEGES = "https://data.gov.dk/model/core/eid/privilegesIntermediate"
_WORDS = st.text(
    st.characters(categories=("L", "N", "P", "S"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
)


def encode(xml: str) -> str:
    """Return the attribute's value."""
    return base64.b64encode(xml.encode()).decode()


def b64(raw: bytes) -> str:
    """Return Base64 of what is no XML."""
    return base64.b64encode(raw).decode()


def group(scope: str, *names: str, more: str = "", prefix: str = "") -> str:
    """Return one ``PrivilegeGroup``."""
    inside = "".join(f"<{prefix}Privilege>{escape(one)}</{prefix}Privilege>" for one in names)
    start = f"<{prefix}PrivilegeGroup Scope={quoteattr(scope)}>"
    return f"{start}{inside}{more}</{prefix}PrivilegeGroup>"


def listed(*groups: str, namespace: str = NAMESPACES[1]) -> str:
    """Return a whole list."""
    return f'<bpp:PrivilegeList xmlns:bpp="{namespace}">{"".join(groups)}</bpp:PrivilegeList>'


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("prefix", ["", "bpp:"])
def test_both_versions_are_read(namespace: str, prefix: str) -> None:
    """Its own namespace since 1.2, and whether what is in the list has one or not."""
    xml = listed(group(SCOPE, ADMIN, "b", prefix=prefix), namespace=namespace)
    broken = "\n".join(encode(xml)[at : at + 76] for at in range(0, len(encode(xml)), 76))
    assert read_privileges([broken]) == (Privilege(SCOPE, ADMIN), Privilege(SCOPE, "b"))


@given(st.lists(st.tuples(_WORDS, st.lists(_WORDS, max_size=4)), max_size=4))
def test_what_is_said_is_what_is_read(groups: list[tuple[str, list[str]]]) -> None:
    """Whatever the words are, each once and in order."""
    xml = listed(*(group(scope, *names) for scope, names in groups))
    said = dict.fromkeys(Privilege(scope, name) for scope, names in groups for name in names)
    assert read_privileges([encode(xml)]) == tuple(said)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(b64)))
def test_wild_input_gives_nothing(value: str) -> None:
    """Neither an exception nor a privilege."""
    assert read_privileges([value]) == ()


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + listed(group(SCOPE, "a")),
        '<!DOCTYPE x [<!ENTITY e "eee">]>' + listed(group(SCOPE, "a")).replace(">a<", ">&e;<"),
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + listed(group(SCOPE, "a")),
        listed(group(SCOPE, "a"), namespace="http://elsewhere.example"),
        group(SCOPE, "a"),
        listed(group(SCOPE, "a", more='<Constraint Name="n">v</Constraint>')),
        listed(group("", "a")),
        listed(group(SCOPE, "  ")),
        listed(group(SCOPE, "a" * 300)),
        listed(group(SCOPE, "a" * LONGEST)),
        listed(f"<x>{group(SCOPE, 'a')}</x>"),
    ],
    ids=[
        *("file", "entity", "address", "namespace", "no list", "constraint", "no scope"),
        *("empty", "long name", "long", "nested"),
    ],
)
def test_what_is_not_the_profile_gives_nothing(xml: str) -> None:
    """Of a constraint nobody here knows what it leaves; a DTD is in no privilege."""
    assert read_privileges([encode(xml)]) == ()


def test_one_bad_value_spoils_no_other_and_there_is_an_end() -> None:
    good = encode(listed(group(SCOPE, *(f"p{number}" for number in range(MOST + 5)))))
    assert len(read_privileges(["???", good])) == MOST


async def test_privileges_come_with_the_assertion(identity: Identity) -> None:
    """Signed with it, from the attribute of OIOSAML 3; none without."""
    value = encode(listed(group(SCOPE, ADMIN)))
    proved = await identity.sign_in(identity.broker(), attributes={PRIVILEGES: value})
    assert proved.privileges == (Privilege(SCOPE, ADMIN),)
    assert (await identity.sign_in(identity.broker())).privileges == ()
