"""The JSON API below ``/api/v1/posts``: thin handlers, one service call each."""

from aula_plugins.posts.api.audience import AudienceApi
from aula_plugins.posts.api.comments import CommentsApi
from aula_plugins.posts.api.posts import PostsApi
from aula_plugins.posts.api.reports import ReportsApi

CONTROLLERS = (PostsApi, CommentsApi, ReportsApi, AudienceApi)
