"""The API of posts, and its pages."""

from tests.api_and_pages.shapes import CUT, RIGHTS, WORDED, Flag, Pair

POST = {"post_id": "pst"}
PAIRS = (
    Pair("/posts", ("/posts",), {"end": "a post's own page says until when it is on top"}),
    Pair(
        "/posts/{post_id}",
        ("/posts/{post_id}",),
        {
            "pinned": "the page says from when until when it is important",
            "unread": "opening the page reads it",
            "comment_count": "the page shows each of them",
            "attachment_count": "the page shows each of them",
            "size": "the page says it rounded, in kB or MB",
        },
        kinds=POST,
    ),
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
    "may": RIGHTS,
    "comments_allowed": RIGHTS,
    "own": "the page names the author, who is the reader",
    "reason": WORDED,
    "decision": WORDED,
}
FLAGS = {
    "removed": Flag("Removed from"),
    "bookmarked": Flag("Remove the bookmark"),
    "pinned": Flag("post--pinned"),
    "unread": Flag("post--unread"),
    "has_preview": Flag("<img"),
}
"""How the pages show what is true or false."""
