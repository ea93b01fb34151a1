"""The pages below ``/contacts``: thin handlers that call the same services as the API.

What people type comes by POST; addresses hold enumerations and opaque ids only (rule 25).
"""

from aula_plugins.contacts.pages.groups import GroupPages
from aula_plugins.contacts.pages.lists import ListPages
from aula_plugins.contacts.pages.parents import ParentPages
from aula_plugins.contacts.pages.people import PeoplePages
from aula_plugins.contacts.pages.sharing import SharingPages

CONTROLLERS = (GroupPages, PeoplePages, SharingPages, ListPages, ParentPages)
