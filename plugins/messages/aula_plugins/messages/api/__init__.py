"""The JSON API below ``/api/v1/messages``: thin handlers, one service call each."""

from aula_plugins.messages.api.drafts import DraftsApi
from aula_plugins.messages.api.messages import MessagesApi
from aula_plugins.messages.api.recipients import RecipientsApi
from aula_plugins.messages.api.threads import ThreadsApi

CONTROLLERS = (ThreadsApi, MessagesApi, RecipientsApi, DraftsApi)
