"""The pages below ``/posts``: thin handlers that call the same services as the API.

Everything works by plain forms; HTMX adds loading more and live refresh. What people type comes by
POST; addresses hold enumerations and opaque ids only (rule 25).
"""

from aula_plugins.posts.pages.comments import CommentPages
from aula_plugins.posts.pages.compose import ComposePages
from aula_plugins.posts.pages.feed import FeedPages
from aula_plugins.posts.pages.groups import GroupPages
from aula_plugins.posts.pages.own_posts import OwnPostPages
from aula_plugins.posts.pages.post import PostPages
from aula_plugins.posts.pages.reports import ReportPages

CONTROLLERS = (
    FeedPages,
    ComposePages,
    ReportPages,
    CommentPages,
    PostPages,
    OwnPostPages,
    GroupPages,
)
