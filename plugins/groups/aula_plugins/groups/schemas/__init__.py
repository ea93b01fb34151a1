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
from aula_plugins.groups.schemas.template_rights import (
    GroupMade,
    Matrices,
    Matrix,
    RightOfKind,
    TemplateTaken,
    TemplateToTake,
)
from aula_plugins.groups.schemas.templates import Template, Templates, TemplateToMake

__all__ = [
    "Application",
    "Applications",
    "Decision",
    "FoundItems",
    "Group",
    "GroupMade",
    "GroupToKeep",
    "GroupToMake",
    "Groups",
    "Joined",
    "Joiner",
    "Made",
    "Matrices",
    "Matrix",
    "Members",
    "MembersChanged",
    "PeopleToAdd",
    "RightOfKind",
    "RollDone",
    "RollToDo",
    "RolledGroup",
    "Search",
    "Template",
    "TemplateTaken",
    "TemplateToMake",
    "TemplateToTake",
    "Templates",
    "YearRoll",
]
