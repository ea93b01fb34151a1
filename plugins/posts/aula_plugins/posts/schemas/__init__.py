"""The Structs at the HTTP edge: what programs send and get."""

from aula_plugins.posts.schemas.audience import (
    AudiencePreview,
    AudienceToPreview,
    FoundGroup,
    FoundGroups,
    GroupSearch,
)
from aula_plugins.posts.schemas.comments import (
    CommentItem,
    CommentPage,
    CommentToWrite,
    OtherText,
    WrittenComment,
)
from aula_plugins.posts.schemas.reading import Post, PostItem, PostPage
from aula_plugins.posts.schemas.reports import (
    DecisionToMake,
    ReportItem,
    ReportPage,
    ReportToSend,
    SentReport,
)
from aula_plugins.posts.schemas.writing import (
    CreatedPost,
    Importance,
    PostToChange,
    PostToCreate,
    PostToKeep,
)

__all__ = [
    "AudiencePreview",
    "AudienceToPreview",
    "CommentItem",
    "CommentPage",
    "CommentToWrite",
    "CreatedPost",
    "DecisionToMake",
    "FoundGroup",
    "FoundGroups",
    "GroupSearch",
    "Importance",
    "OtherText",
    "Post",
    "PostItem",
    "PostPage",
    "PostToChange",
    "PostToCreate",
    "PostToKeep",
    "ReportItem",
    "ReportPage",
    "ReportToSend",
    "SentReport",
    "WrittenComment",
]
