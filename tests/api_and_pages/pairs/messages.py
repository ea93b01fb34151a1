"""The API of messages, and its pages."""

from tests.api_and_pages.shapes import RIGHTS, WORDED, Flag, Pair

THREAD = {"thread_id": "thr"}
PAIRS = (
    Pair("/messages/threads", ("/messages",), opens="/messages/{id}"),
    Pair("/messages/threads/{thread_id}", ("/messages/{thread_id}",), kinds=THREAD),
    Pair("/messages/threads/{thread_id}/messages", ("/messages/{thread_id}",), kinds=THREAD),
    Pair(
        "/messages/threads/{thread_id}/participants",
        ("/messages/{thread_id}/people", "/messages/{thread_id}"),
        kinds=THREAD,
    ),
    Pair("/messages/drafts", ("/messages/drafts",), opens="/messages/drafts/{id}"),
)
WORDS = {"kind": WORDED, "may": RIGHTS, "role": WORDED, "what": WORDED, "to": WORDED}
FLAGS = {
    "has_draft": Flag(">Draft<"),
    "has_attachments": Flag("Has attachments"),
    "withdrawn": Flag("Withdrawn by the sender"),
    "muted": Flag("thread-item--muted|Tell me again of new messages"),
}
"""How the pages show what is true or false."""
