"""Whatever a program sends to the API: an answer that the API's description knows, never a fault.

Schemathesis makes the requests from the description: such as fit it, and such as do not.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.bad_input.wild_site import ID, ROLES, WildSite
from workspace.places import find_plugins

pytestmark = pytest.mark.xdist_group("bad_input")
LONG = os.environ.get("AULA_LONG") == "1"
EXAMPLES = 400 if LONG else 7
PARTS = ["", *(name for name in find_plugins() if name != "demo")]
"""The kernel's own operations, and each plugin's."""
WITHOUT_API = {"oneroster", "saml", "stil"}

CHECKED = [status_code_conformance, content_type_conformance, response_schema_conformance]


def part_of(path: str) -> str:
    """Return the plugin to which an address of the API belongs; empty: the kernel."""
    name = path.removeprefix("/api/v1/").partition("/")[0]
    return name if name in PARTS else ""


def with_real_ids(value: Any, ids: dict[str, list[str]], random: Random) -> Any:
    """Return the value with well-formed ids turned into ids of what there is, half of them.

    So the request gets past the door and to the object, which is somebody else's more often than
    not.
    """
    if isinstance(value, dict):
        return {key: with_real_ids(each, ids, random) for key, each in value.items()}
    if isinstance(value, list):
        return [with_real_ids(each, ids, random) for each in value]
    if isinstance(value, str) and (match := ID.match(value)) and random.random() < 0.7:
        known = ids.get(match[1])
        return random.choice(known) + value[match.end() :] if known else value
    return value


def ask(site: WildSite, case: Case[Any], role: str, random: Random) -> None:
    """Send the request and hold the answer against the description."""
    case.path_parameters = with_real_ids(case.path_parameters, site.ids, random)
    case.query = with_real_ids(case.query, site.ids, random)
    case.body = with_real_ids(case.body, site.ids, random)
    sent = {key: value for key, value in case.as_transport_kwargs().items() if value}
    if isinstance(sent.get("data"), str | bytes):
        sent["content"] = sent.pop("data")
    if "files" in sent:
        sent["files"] = [_as_part(*each) for each in sent["files"]]
    answer = site.send(role, sent.pop("method"), sent.pop("url"), **sent)
    case.validate_response(answer, checks=CHECKED)


def _as_part(name: str, part: Any) -> tuple[str, tuple[Any, ...]]:
    """Return a part of a form as httpx takes it: bytes, whatever they were made of."""
    filename, content, *more = part if isinstance(part, tuple) else (None, part)
    return name, (filename, content if isinstance(content, bytes) else str(content), *more)


def is_askable(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> bool:
    """Whether there is anything that can be wrong about the request."""
    given = (operation.body, operation.path_parameters, operation.query, operation.headers)
    return mode is GenerationMode.POSITIVE or any(given)


def try_operation(site: WildSite, operation: APIOperation[Any, Any, Any, Any], mode: Any) -> None:
    """Ask one operation many things."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        operation.as_strategy(generation_mode=mode),
        st.sampled_from(ROLES),
        st.randoms(use_true_random=False),
    )
    def wild(case: Case[Any], role: str, random: Random) -> None:
        ask(site, case, role, random)

    wild()


@pytest.mark.parametrize("part", [part for part in PARTS if part not in WITHOUT_API])
def test_no_request_is_answered_as_a_fault(
    wild: WildSite, subtests: pytest.Subtests, part: str
) -> None:
    """No 5xx and no error in the log for any input, and every answer is as described."""
    schema = schemathesis.openapi.from_dict(wild.document)
    described = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    found = [operation for operation in described if part_of(operation.path) == part]
    assert found
    for operation in found:
        for mode in GenerationMode:
            with subtests.test(f"{operation.label} {mode.name}"):
                if is_askable(operation, mode):
                    try_operation(wild, operation, mode)
