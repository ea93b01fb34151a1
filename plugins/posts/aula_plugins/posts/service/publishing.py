"""Writing a post: a rule over groups is stored, not the people that it reaches now (rule 13)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts import _
from aula_plugins.posts.errors import wrong_field
from aula_plugins.posts.models import MAX_ATTACHMENTS, MOST_PICTURES, audience, draft, post
from aula_plugins.posts.service import audience as audiences
from aula_plugins.posts.service.choices import Choice
from aula_plugins.posts.service.telling import LIVE_TOPIC, announce
from aula_plugins.posts.service.words import clean_html, clean_title, excerpt_of
from aula_plugins.posts.settings import settings_of
from aula_sdk.ids import FILE, new_id
from aula_sdk.people import Actor, ActorProfile
from aula_sdk.protocols import Platform, StoredFile, WriteUnit


class Window(msgspec.Struct, frozen=True):
    """From when until when an important post stands on top (POST-4)."""

    start: datetime | None = None
    """None: from its publication."""
    end: datetime | None = None
    """None: as long as the municipality has set."""


class NewPost(msgspec.Struct, frozen=True):
    """What somebody wants to tell."""

    title: str
    html: str
    audience: tuple[Choice, ...]
    attachments: tuple[UUID, ...] = ()
    comments_allowed: bool = True
    publish_at: datetime | None = None
    """None, or a moment that has passed: now."""
    expire_at: datetime | None = None
    important: Window | None = None
    sender: UUID | None = None


class Times(msgspec.Struct, frozen=True):
    """The moments of a post, checked against each other."""

    publish_at: datetime
    expire_at: datetime | None
    important_from: datetime | None
    important_to: datetime | None


async def posted_before(write: WriteUnit, key: str) -> UUID | None:
    """Return the post that a request with this key has made, if one has (rule 15)."""
    return await write.once(f"posts.create:{key}")


async def create_post(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    new: NewPost,
    *,
    key: str,
    draft_id: UUID | None = None,
) -> UUID:
    """Store a post and return its id; it is announced now, or by the job when its time comes.

    The same ``key`` again returns the same post (rule 15). The draft it was written in is gone
    afterwards. Raises `Invalid` naming the field that cannot be taken.
    """
    earlier = await posted_before(write, key)
    if earlier is not None:
        return earlier
    sender = audiences.choose_sender(actor, new.sender)
    title = clean_title(new.title)
    html = clean_html(new.html, has_attachments=bool(new.attachments))
    check_attachment_count(len(new.attachments))
    reached = await audiences.resolve(write, platform, actor, sender, new.audience)
    audiences.check_audience(reached)
    times = settle_times(platform, sender.municipality_id, write.now, new)
    post_id = new_id()
    files = await platform.files.waiting(write, actor, new.attachments) if new.attachments else ()
    await write.execute(
        sa.insert(post),
        _row(write, post_id, sender, times)
        | {
            "title": title,
            "html": html,
            "excerpt": excerpt_of(html),
            "attachment_count": len(new.attachments),
            "pictures": pictures_of(files),
            "comments_allowed": new.comments_allowed,
        },
    )
    await write.execute(sa.insert(audience), _audience_rows(post_id, sender, times, new.audience))
    await attach(write, platform, actor, new.attachments, post_id, sender.municipality_id)
    write.audit(
        "posts.post_created",
        municipality_id=sender.municipality_id,
        object_id=post_id,
        details={"groups": len(new.audience), "people": reached.size},
    )
    if times.publish_at <= write.now:
        await announce(write, post_id)
    write.changed(LIVE_TOPIC, [sender.id])
    if draft_id is not None:
        mine = (draft.c.id == draft_id, draft.c.profile_id == sender.id)
        await write.execute(sa.delete(draft).where(*mine))
    await write.remember(f"posts.create:{key}", post_id)
    return post_id


def settle_times(
    platform: Platform,
    municipality_id: UUID,
    now: datetime,
    new: NewPost,
    published_at: datetime | None = None,
) -> Times:
    """Return the moments of a post; raise `Invalid` naming the one that cannot be.

    ``published_at``: it is out already, so that this moment is a fact.
    """
    publish_at = published_at or max(new.publish_at or now, now)
    if new.expire_at is not None and new.expire_at <= max(publish_at, now):
        raise wrong_field("expire_at", _("It would end before it can be read"), "too-early")
    start = end = None
    if new.important is not None:
        start = new.important.start or publish_at
        days = settings_of(platform, municipality_id).important_days
        end = new.important.end or start + timedelta(days=days)
        if end <= start:
            raise wrong_field(
                "important_to", _("It would leave the top before it comes there"), "too-early"
            )
    return Times(publish_at, new.expire_at, start, end)


def check_attachment_count(count: int) -> None:
    """Pass when a post can have so many attachments; else raise `Invalid`."""
    if count > MAX_ATTACHMENTS:
        raise wrong_field(
            "attachments",
            _("A post has at most %(limit)s attachments") % {"limit": MAX_ATTACHMENTS},
            "too-many",
        )


def pictures_of(files: Sequence[StoredFile]) -> list[str]:
    """Return the first files that can be shown as pictures, by their ids on the wire."""
    return [FILE.format(file.id) for file in files if file.has_preview][:MOST_PICTURES]


async def attach(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    files: Sequence[UUID],
    post_id: UUID,
    municipality_id: UUID,
) -> None:
    """Give the actor's uploaded files to a post; `Invalid` when one is not the actor's."""
    if files:
        await platform.files.attach(
            write,
            actor,
            files,
            action="posts.read",
            object_id=post_id,
            municipality_id=municipality_id,
        )


def _row(write: WriteUnit, post_id: UUID, sender: ActorProfile, times: Times) -> dict[str, object]:
    return {
        "id": post_id,
        "municipality_id": sender.municipality_id,
        "institution_id": sender.institution_id,
        "author_id": sender.id,
        "author_kind": sender.kind,
        "comment_count": 0,
        "created_at": write.now,
        "announced_at": None,
        "edited_at": None,
        "withdrawn_at": None,
        "withdrawn_by": None,
        **msgspec.structs.asdict(times),
    }


def _audience_rows(
    post_id: UUID, sender: ActorProfile, times: Times, choices: Sequence[Choice]
) -> list[dict[str, object]]:
    return [
        {
            "post_id": post_id,
            "group_id": choice.group_id,
            "role": choice.role,
            "position": position,
            "publish_at": times.publish_at,
            "removed_at": None,
            "municipality_id": sender.municipality_id,
        }
        for position, choice in enumerate(choices)
    ]
