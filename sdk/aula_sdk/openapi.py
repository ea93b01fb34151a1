"""What an API handler tells the OpenAPI document: refusals, ids, the idempotency key.

Write ``@post(responses=problems(NotFound, Invalid))``, and in the handler's parameters
``idempotency_key: IdempotencyKey = None``.
"""

from typing import Annotated

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, PathParameter

from aula_sdk.errors import FieldError, Forbidden, NotSignedIn, Problem

PROBLEM_JSON = "application/problem+json"


class ProblemDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """A refusal as RFC 9457 has it; ``code`` is what programs decide by."""

    type: str
    title: str
    status: int
    code: str
    instance: str
    detail: str = ""
    errors: list[FieldError] = []


def problems(*kinds: type[Problem]) -> dict[int, ResponseSpec]:
    """Return the ``responses`` of a handler that can refuse in these ways.

    That a request cannot be read, that nobody is signed in and that the right is lacking can happen
    to every handler, and are always among them.
    """
    every: tuple[type[Problem], ...] = (Problem, NotSignedIn, Forbidden, *kinds)
    by_status: dict[int, list[str]] = {}
    for kind in dict.fromkeys(every):
        by_status.setdefault(kind.status, []).append(f"`{kind.code}`")
    return {
        status: ResponseSpec(
            ProblemDocument,
            media_type=PROBLEM_JSON,
            generate_examples=False,
            description=", ".join(codes),
        )
        for status, codes in sorted(by_status.items())
    }


IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=100,
        required=False,
        description="The same key again returns what the first request made (kept seven days).",
    ),
]
"""Handlers declare ``idempotency_key: IdempotencyKey = None``."""


def path_id(pattern: str, description: str) -> PathParameter:
    """Return the declaration of a path parameter that holds an id; its kind parses it."""
    return PathParameter(description=description, schema_extra={"pattern": pattern})
