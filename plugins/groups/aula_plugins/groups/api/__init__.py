"""The JSON API below ``/api/v1/groups``: thin handlers, one service call each."""

from aula_plugins.groups.api.applications import ApplicationsApi
from aula_plugins.groups.api.groups import GroupsApi
from aula_plugins.groups.api.members import MembersApi
from aula_plugins.groups.api.roll import RollApi
from aula_plugins.groups.api.templates import TemplatesApi

CONTROLLERS = (GroupsApi, MembersApi, ApplicationsApi, TemplatesApi, RollApi)
