"""What an identity provider says that somebody may do (OIOSAML Basic Privilege Profile 1.2).

It is XML in Base64 in an attribute of the assertion, whose signature covers it. It is read by the
library's parser for what comes from outside: no DTD, no entities, nothing fetched.
"""

import base64
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from onelogin.saml2.xmlparser import fromstring

from aula_sdk.login import Privilege

_log = logging.getLogger("aula.saml")
NAMESPACES = (
    "http://itst.dk/oiosaml/basic_privilege_profile",
    "http://digst.dk/oiosaml/basic_privilege_profile",
)
"""Of the root, in versions up to 1.1 and since; what is in it has a namespace or none."""
LONGEST = 64 * 1024
MOST = 500
_LONGEST_NAME = 255


def read_privileges(values: Iterable[str]) -> tuple[Privilege, ...]:
    """Return the privileges in the values of an attribute; of what cannot be read none.

    A group with a ``Constraint`` gives less than its privileges say; what it leaves cannot be told,
    so it gives nothing. What is left out is in the log, without anything personal.
    """
    found: dict[Privilege, None] = {}
    for value in values:
        try:
            found.update(dict.fromkeys(_read(value)))
        except Exception as error:  # noqa: BLE001  # Wild XML makes parsers stumble in many ways.
            _log.warning("privileges cannot be read: %s", type(error).__name__)
    if len(found) > MOST:
        _log.warning("privileges beyond the first %d are left out", MOST)
    return tuple(found)[:MOST]


def _read(encoded: str) -> Iterator[Privilege]:
    if len(encoded) > LONGEST:
        message = "too long"
        raise ValueError(message)
    root = fromstring(base64.b64decode("".join(encoded.split()), validate=True), forbid_dtd=True)
    if root.tag not in {f"{{{one}}}PrivilegeList" for one in NAMESPACES}:
        message = "no PrivilegeList"
        raise ValueError(message)
    for group in _children(root, "PrivilegeGroup"):
        if next(_children(group, "Constraint"), None) is not None:
            _log.warning("privileges with a constraint are left out")
            continue
        scope = group.get("Scope", "").strip()
        for one in _children(group, "Privilege"):
            name = (one.text or "").strip()
            if name and scope and max(len(name), len(scope)) <= _LONGEST_NAME:
                yield Privilege(scope, name)


def _children(element: Any, name: str) -> Iterator[Any]:
    wanted = {name, *(f"{{{one}}}{name}" for one in NAMESPACES)}
    return (child for child in element if child.tag in wanted)
