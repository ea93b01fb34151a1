"""How large the municipality is."""

from __future__ import annotations

import msgspec


class Size(msgspec.Struct, frozen=True):
    """Schools of classes with their people, and what they have written to each other."""

    schools: int = 1
    classes: int = 12
    """In each school."""
    pupils: int = 28
    guardians: int = 52
    """Of a class; each has one child in it, and no child has more than two."""
    threads: int = 26
    """Conversations of each class, in which all its people take part: one more than a page."""
    long_threads: int = 16
    """How many of them are long; the others are a single message."""
    long_messages: int = 50

    @property
    def people_of_class(self) -> int:
        """Pupils, guardians and the teacher."""
        return self.pupils + self.guardians + 1

    @property
    def people(self) -> int:
        """Everybody."""
        return self.schools * self.classes * self.people_of_class

    @property
    def messages(self) -> int:
        """Everything that was written."""
        of_class = self.long_threads * self.long_messages + self.threads - self.long_threads
        return self.schools * self.classes * of_class


SMALL = Size()
BIG = Size(schools=103)
"""More than 100,000 people and 1,000,000 messages."""
HUNDRED_THOUSAND = Size(schools=103, threads=0, long_threads=0)
"""People alone, for an import."""
