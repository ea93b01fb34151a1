"""Reading what forms send; nothing here decides whether it is allowed."""

from typing import Any

from litestar import Request

from aula_plugins.contacts.models import Audience
from aula_plugins.contacts.schemas import MAX_WORDS
from aula_sdk.ids import PROFILE, WrongIdKind

AnyRequest = Request[Any, Any, Any]


async def read_words(request: AnyRequest) -> str:
    """Read what was typed to find somebody."""
    words = (await request.form()).get("q", "")
    return words[:MAX_WORDS] if isinstance(words, str) else ""


async def read_parents(request: AnyRequest) -> list[Any]:
    """Read who was ticked; raise `WrongIdKind` for what is no profile."""
    form = await request.form()
    return [PROFILE.parse(one) for one in form.getall("parent", []) if isinstance(one, str)]


async def read_choice(request: AnyRequest) -> tuple[str, Audience | None]:
    """Read for whom somebody has chosen, and what (None: nothing that there is)."""
    form = await request.form()
    person, audience = form.get("person", ""), form.get("audience", "")
    if not isinstance(person, str):
        raise WrongIdKind
    known = {one.value for one in Audience}
    return person, Audience(audience) if audience in known else None
