"""The Structs at the HTTP edge: what programs send and get."""

from aula_plugins.groups.schemas.applications import (
    Application,
    Applications,
    Decision,
    Joined,
    Joiner,
)
from aula_plugins.groups.schemas.groups import Group, Groups, GroupToKeep, GroupToMake, Made, Search
from aula_plugins.groups.schemas.members import FoundItems, Members, MembersChanged, PeopleToAdd
from aula_plugins.groups.schemas.roll import RollDone, RolledGroup, RollToDo, YearRoll
from aula_plugins.groups.schemas.templates import Template, Templates, TemplateToMake

__all__ = [
    "Application",
    "Applications",
    "Decision",
    "FoundItems",
    "Group",
    "GroupToKeep",
    "GroupToMake",
    "Groups",
    "Joined",
    "Joiner",
    "Made",
    "Members",
    "MembersChanged",
    "PeopleToAdd",
    "RollDone",
    "RollToDo",
    "RolledGroup",
    "Search",
    "Template",
    "TemplateToMake",
    "Templates",
    "YearRoll",
]
