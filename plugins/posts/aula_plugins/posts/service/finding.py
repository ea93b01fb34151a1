"""Finding groups to post to: by name, or those one belongs to."""

from uuid import UUID

import msgspec

from aula_plugins.posts.queries import audience as queries
from aula_plugins.posts.service.choices import Choice
from aula_sdk.names import natural_sort_key
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Platform, ReadUnit

MAX_SEARCH = 100


class Candidate(msgspec.Struct, frozen=True):
    """The people of one kind in a group, who can be chosen."""

    choice: Choice
    name: str
    size: int

    @property
    def key(self) -> str:
        """The choice as it is written on the wire."""
        return self.choice.key


async def find_groups(
    read: ReadUnit, platform: Platform, actor: Actor, sender: ActorProfile, words: str
) -> tuple[Candidate, ...]:
    """Return groups at the sender's institution whose name begins with the words.

    Without words the groups of the sender and of the children are suggested.
    """
    right = platform.permissions.visible(actor, "posts.write_to_group")
    params = {**right.params, "institution": sender.institution_id, "now": read.now}
    if words.strip():
        statement = queries.groups_by_name(right.clause)
        params["prefix"] = _pattern(natural_sort_key(words[:MAX_SEARCH]))
    else:
        statement = queries.own_groups(right.clause)
        params["members"] = _members(actor, sender)
    found = await read.structs(queries.GroupSize, statement, params)
    return tuple(Candidate(Choice(hit.id, Kind(hit.role)), hit.name, hit.size) for hit in found)


def _members(actor: Actor, sender: ActorProfile) -> list[UUID]:
    return [sender.id, *(child.profile_id for child in actor.children)]


def _pattern(folded: str) -> str:
    for sign in ("\\", "%", "_"):
        folded = folded.replace(sign, f"\\{sign}")
    return f"{folded}%"
