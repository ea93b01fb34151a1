"""``aula-sdk publish``: send a checked manifest to a registry."""

import httpx
import msgspec

from aula_sdk.manifest import Manifest, is_loopback, plain_manifest

TIMEOUT_SECONDS = 30


class PublishRefused(Exception):
    """The registry did not take it; the text says what the registry said."""


class Published(msgspec.Struct, frozen=True):
    """What the registry made of it: its state, and the page where it is shown."""

    id: str
    version: str
    state: str
    url: str


def publish_manifest(
    manifest: Manifest, registry: str, token: str, *, draft: bool = False
) -> Published:
    """Send the manifest; afterwards the registry holds it as submitted (or as a draft).

    The same content twice changes nothing. Raises `PublishRefused` with the registry's words, and
    when the registry cannot be reached or is not asked over https.
    """
    if not registry.startswith("https://") and not is_loopback(registry):
        raise PublishRefused("the token is sent over https only")
    try:
        answer = httpx.post(
            f"{registry.rstrip('/')}/api/v1/publish",
            json={"manifest": plain_manifest(manifest), "submit": not draft},
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_SECONDS,
        )
    except httpx.HTTPError as error:
        raise PublishRefused(f"{registry} does not answer: {error}") from None
    if answer.is_success:
        return msgspec.json.decode(answer.content, type=Published)
    raise PublishRefused(_told_by(answer))


def _told_by(answer: httpx.Response) -> str:
    """Return the registry's problem document as lines of text."""
    try:
        problem = answer.json()
        lines = [f"{problem['title']} ({problem['code']})", problem.get("detail") or ""]
        lines += [f"{found['key']}: {found['message']}" for found in problem.get("findings", ())]
    except (ValueError, KeyError, TypeError):
        return f"the registry answered {answer.status_code}"
    return "\n".join(line for line in lines if line)
