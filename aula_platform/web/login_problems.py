"""The page that says why a second factor was not taken, and lets one try again."""

from typing import Any

from litestar import MediaType, Request, Response

from aula_platform.web.frame import Frame
from aula_sdk.login import LoginRefused


def show_refusal(request: Request[Any, Any, Any], refused: LoginRefused) -> Response[Any]:
    """Return the page; the session is as it was."""
    context = {
        "status": refused.status,
        "heading": refused.title,
        "text": refused.detail or "",
        "kept": "",
        "next": "",
        "reference": "",
        "retry_url": "",
        "step_up_url": refused.again,
    }
    body = Frame(request).fill("aula/error.html", context)
    answer: Response[Any] = Response(body, status_code=refused.status, media_type=MediaType.HTML)
    answer.headers.update(refused.headers)
    return answer
