"""Answering: to the sender unless one deliberately answers all (MSG-11, R5).

An answer to the sender of a message in a larger conversation goes into a direct conversation of
the two, linked to the one it came from; a second answer continues there. Nobody else in the larger
conversation learns of it.
"""

from dataclasses import dataclass
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages import _
from aula_plugins.messages.errors import ChannelClosed, NobodyToAnswer, SenderGone, wrong_field
from aula_plugins.messages.models import MessageKind, RecipientKind, ReplyTo, draft
from aula_plugins.messages.queries import heads, messages, people
from aula_plugins.messages.service.audience import check_size, written_from
from aula_plugins.messages.service.choices import Choice
from aula_plugins.messages.service.heads import load_head, require_right
from aula_plugins.messages.service.posting import post_message
from aula_plugins.messages.service.reading import load_message
from aula_plugins.messages.service.sending import Member, Opening, Sent, open_thread
from aula_plugins.messages.service.words import clean_html
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Platform, WriteUnit

_PAIR = 2


class Answer(msgspec.Struct, frozen=True):
    """What somebody answers, and to whom."""

    html: str
    to: ReplyTo = ReplyTo.SENDER
    message_id: UUID | None = None
    """The message that is answered; without it the newest of somebody else."""
    attachments: tuple[UUID, ...] = ()


async def sent_before(write: WriteUnit, platform: Platform, actor: Actor, key: str) -> Sent | None:
    """Return where the answer of an earlier request with this key has gone, if there was one."""
    message_id = await write.once(f"messages.reply:{key}")
    if message_id is None:
        return None
    row = await load_message(write, platform, actor, message_id)
    if row is None:
        raise NotFound
    return Sent(row.thread_id, message_id)


async def reply(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    thread_id: UUID,
    answer: Answer,
    *,
    key: str,
) -> Sent:
    """Answer in a conversation; return where the answer has gone.

    The same ``key`` again gives the same answer (rule 15). Raises `NotFound` to strangers,
    `Forbidden` without the right, `ThreadLeft`, `NobodyToAnswer`, `SenderGone`, `ChannelClosed`,
    `Invalid`.
    """
    earlier = await sent_before(write, platform, actor, key)
    if earlier is not None:
        return earlier
    head = await load_head(write, platform, actor, thread_id)
    require_right(head, may=head.may_reply)
    if head.others < 1:
        raise NobodyToAnswer
    html = clean_html(answer.html, has_attachments=bool(answer.attachments))
    act = _Reply(write, platform, actor, head, msgspec.structs.replace(answer, html=html))
    sent = await (act.to_all() if answer.to is ReplyTo.ALL else act.to_sender())
    await write.execute(
        sa.delete(draft).where(draft.c.thread_id == head.id, draft.c.profile_id == head.profile_id)
    )
    await write.remember(f"messages.reply:{key}", sent.message_id)
    return sent


@dataclass(frozen=True, slots=True)
class _Reply:
    """One answer on its way, its words clean already."""

    write: WriteUnit
    platform: Platform
    actor: Actor
    head: heads.Head
    answer: Answer

    @property
    def sender(self) -> ActorProfile:
        """The profile with which the actor takes part."""
        mine = self.head.profile_id
        return next(profile for profile in self.actor.profiles if profile.id == mine)

    async def to_all(self) -> Sent:
        """Write to everybody in the conversation, as the second, deliberate choice."""
        if self.head.others > 1:
            require_right(self.head, may=self.head.may_reply_all)
            check_size(self.platform, self.actor, self.sender, self.head.others)
        if not await self._reaches_somebody():
            raise NobodyToAnswer
        await self._require_open(self.head)
        return await self._post(self.head)

    async def to_sender(self) -> Sent:
        """Write to one person: here when the two are alone, else in their direct conversation."""
        if self.head.participant_count <= _PAIR:
            if not await self._reaches_somebody():
                raise SenderGone
            await self._require_open(self.head)
            return await self._post(self.head)
        other = await self._person_answered()
        await self._require_open(self.head, other.profile_id)
        direct = await self.write.scalar(
            people.DIRECT_ANSWER,
            {
                "thread_id": self.head.id,
                "me": self.sender.id,
                "other": other.profile_id,
                "now": self.write.now,
            },
        )
        if direct is None:
            opening = await self._direct(other)
            return await open_thread(self.write, self.platform, self.actor, opening)
        return await self._post(await load_head(self.write, self.platform, self.actor, direct))

    async def _reaches_somebody(self) -> bool:
        """Whether anybody else has neither left the conversation nor lost the right to read it."""
        given = {"thread_id": self.head.id, "profile_id": self.sender.id, "now": self.write.now}
        return await self.write.scalar(people.SOMEBODY_ELSE, given) is not None

    async def _require_open(self, head: heads.Head, only: UUID | None = None) -> None:
        """Raise `ChannelClosed` when somebody, or this one, is behind a closed channel (RGT-3)."""
        params = written_from(self.platform, self.sender) | {"thread_id": head.id}
        rows = await self.write.rows(people.BEHIND_CLOSED, params)
        if any(only in {None, row.profile_id} for row in rows):
            raise ChannelClosed

    async def _post(self, head: heads.Head) -> Sent:
        message_id = await post_message(
            self.write,
            self.platform,
            self.actor,
            head,
            html=self.answer.html,
            attachments=self.answer.attachments,
        )
        return Sent(head.id, message_id)

    async def _person_answered(self) -> people.AnswerableRow:
        """Return who wrote what is answered; raise when nobody did, or nobody within reach."""
        author = await self._author_answered()
        found = await self.write.structs(
            people.AnswerableRow,
            people.ANSWERABLE,
            {"thread_id": self.head.id, "profile_id": author, "now": self.write.now},
        )
        if not found:
            raise SenderGone
        return found[0]

    async def _author_answered(self) -> UUID | None:
        visible = self.platform.permissions.visible(self.actor, "messages.read_message")
        chosen = self.answer.message_id
        mine = [profile.id for profile in self.actor.profiles]
        choose = messages.one_message if chosen else messages.latest_of_others
        found = await self.write.structs(
            messages.MessageRow,
            choose(visible.clause),
            {**visible.params, "thread_id": self.head.id, "message_id": chosen, "mine": mine},
        )
        if not found and not chosen:
            raise NobodyToAnswer
        if not found or found[0].thread_id != self.head.id:
            raise wrong_field("message", _("This message is not in the conversation"))
        if found[0].kind is not MessageKind.WRITTEN or found[0].author_id in mine:
            raise NobodyToAnswer
        return found[0].author_id

    async def _direct(self, other: people.AnswerableRow) -> Opening:
        """Return the direct conversation of two people who met in a larger one.

        Guardians bring along the children on whose account they took part; those are what the
        direct conversation is about, else what the larger one was about.
        """
        me, them = self.sender, other
        profiles = [me.id, them.profile_id]
        rows = await self.write.rows(
            people.CHILDREN_OF, {"thread_id": self.head.id, "profiles": profiles}
        )
        mine, theirs = (
            frozenset(row.child_id for row in rows if row.profile_id == profile)
            for profile in profiles
        )
        about = mine or theirs
        if Kind.GUARDIAN not in {me.kind, them.kind}:
            named = await self.write.rows(people.REGARDING, {"thread_id": self.head.id})
            about = frozenset(row.child_id for row in named)
        return Opening(
            sender=me,
            subject=self.head.subject,
            html=self.answer.html,
            members=(Member(me.id, me.kind, mine), Member(them.profile_id, them.kind, theirs)),
            regarding=about,
            attachments=self.answer.attachments,
            recipients={Choice(RecipientKind.PERSON, them.profile_id): 1},
            origin_id=self.head.id,
        )
