"""The tables: with whom people share their contact data, and who the contact parents are.

Contact data itself is stamdata and is read through its view; it is kept nowhere here.
"""

from enum import StrEnum

import sqlalchemy as sa

from aula_sdk.db import Id, Instant, plugin_metadata, plugin_table

metadata = plugin_metadata("contacts")


class Audience(StrEnum):
    """With whom somebody shares contact data (CNS-5), the narrowest first."""

    NOBODY = "nobody"
    CLASS = "class"
    YEAR = "year"
    INSTITUTION = "institution"

    @property
    def width(self) -> int:
        """The place from narrow to wide, as it is kept; the least of several answers counts."""
        return _WIDTHS.index(self)

    @classmethod
    def of_width(cls, width: int) -> "Audience":
        """Return the audience behind a kept number."""
        return _WIDTHS[width]


_WIDTHS = tuple(Audience)

sharing = plugin_table(
    metadata,
    "contacts_sharing",
    sa.Column("person_id", Id, primary_key=True),
    sa.Column("chooser_id", Id, primary_key=True, index=True),
    sa.Column("width", sa.SmallInteger, nullable=False),
    sa.Column("chosen_at", Instant, nullable=False),
)
"""One answer: whose data, who answered (oneself, or for a child a guardian with custody), with
whom it is shared. Both are persons, so that an answer holds at every institution of theirs. No row
is no answer; without any the data is shared with nobody."""

parent = plugin_table(
    metadata,
    "contacts_parent",
    sa.Column("group_id", Id, primary_key=True),
    sa.Column("profile_id", Id, primary_key=True, index=True),
    sa.Column("chooser_id", Id),
    sa.Column("chosen_at", Instant, nullable=False),
)
"""Contact parents of a group (CON-3). They count while they are guardians in it; no ``chooser_id``:
the employee was erased."""
