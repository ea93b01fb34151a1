"""The pages below ``/messages``: thin handlers that call the same services as the API.

Everything works by plain forms; HTMX adds loading more, answering in place and live refresh. What
people type comes by POST; addresses hold enumerations and opaque ids only (rule 25).
"""

from aula_plugins.messages.pages.compose import ComposePages
from aula_plugins.messages.pages.conversation import ConversationPages
from aula_plugins.messages.pages.inbox import InboxPages
from aula_plugins.messages.pages.own_words import OwnWordsPages
from aula_plugins.messages.pages.people import PeoplePages

CONTROLLERS = (InboxPages, ComposePages, OwnWordsPages, ConversationPages, PeoplePages)
