"""The API of posts, and its pages."""

from tests.api_and_pages.shapes import CUT, WORDED, Pair

POST = {"post_id": "pst"}
PAIRS = (
    Pair("/posts", ("/posts",)),
    Pair("/posts/{post_id}", ("/posts/{post_id}",), kinds=POST),
    Pair("/posts/{post_id}/comments", ("/posts/{post_id}",), kinds=POST),
    Pair(
        "/posts/comments/{comment_id}/answers",
        ("/posts/comments/{comment_id}",),
        kinds={"comment_id": "cmt"},
    ),
    Pair("/posts/reports", ("/posts/reports",)),
)
WORDS = {
    "kind": WORDED,
    "media_type": WORDED,
    "excerpt": CUT,
    "role": WORDED,
    "reason": WORDED,
    "decision": WORDED,
}
