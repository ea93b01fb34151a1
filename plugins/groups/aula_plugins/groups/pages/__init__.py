"""The pages below ``/groups``: thin handlers that call the same services as the API.

Everything works by plain forms. What people type comes by POST; addresses hold enumerations and
opaque ids only (rule 25).
"""

from aula_plugins.groups.pages.applications import ApplicationPages
from aula_plugins.groups.pages.group import GroupPages
from aula_plugins.groups.pages.lists import ListPages
from aula_plugins.groups.pages.making import MakingPages
from aula_plugins.groups.pages.people import PeoplePages
from aula_plugins.groups.pages.roll import RollPages
from aula_plugins.groups.pages.templates import TemplatePages

CONTROLLERS = (
    ListPages,
    MakingPages,
    ApplicationPages,
    TemplatePages,
    RollPages,
    GroupPages,
    PeoplePages,
)
