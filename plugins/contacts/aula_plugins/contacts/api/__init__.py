"""The JSON API below ``/api/v1/contacts``: thin handlers, one service call each."""

from aula_plugins.contacts.api.groups import GroupsApi
from aula_plugins.contacts.api.people import PeopleApi
from aula_plugins.contacts.api.sharing import SharingApi

CONTROLLERS = (GroupsApi, PeopleApi, SharingApi)
