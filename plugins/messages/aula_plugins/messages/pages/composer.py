"""To whom the answer below a conversation goes: said before one writes, and sent with it (R5)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from aula_plugins.messages.ids import MESSAGE
from aula_plugins.messages.models import ReplyTo
from aula_plugins.messages.service.reading import Conversation, Shown
from aula_sdk.richtext import plain_text


class Composer(msgspec.Struct, frozen=True):
    """The form below a conversation."""

    to: ReplyTo
    name: str
    """Who gets the answer, when it is one person."""
    message: str
    """The id on the wire of the message that is answered."""
    others: int
    """How many people an answer to all reaches."""
    offers_sender: str
    """Of an answer to all: the message whose sender could be answered instead."""
    offers_all: bool
    html: str

    @property
    def text(self) -> str:
        """The draft without marks, for those who write without the editor."""
        return plain_text(self.html)


def compose_answer(
    conversation: Conversation, reply_to: str | None, html: str | None = None
) -> Composer | None:
    """Return the form that fits the conversation, or None where nothing can be answered.

    ``reply_to`` is ``all`` or a message's id, from the address; a draft remembers its own. Where
    two are alone there is nothing to choose; with nobody else's message to answer, only all.
    """
    head = conversation.head
    if not head.may_reply or head.others < 1:
        return None
    written = head.draft_html or "" if html is None else html
    if head.others == 1:
        name = head.other_name or ""
        return Composer(ReplyTo.SENDER, name, "", 1, "", offers_all=False, html=written)
    answered = _answered(conversation.messages, _wanted(reply_to) or head.draft_answered_id)
    to_all = reply_to == ReplyTo.ALL or (reply_to is None and head.draft_reply_to == ReplyTo.ALL)
    if answered is None or (to_all and head.may_reply_all):
        if not head.may_reply_all:
            return None
        offered = answered.row.key if answered else ""
        return Composer(ReplyTo.ALL, "", "", head.others, offered, offers_all=False, html=written)
    return Composer(
        ReplyTo.SENDER,
        answered.row.author_name or "",
        answered.row.key,
        head.others,
        "",
        offers_all=head.may_reply_all,
        html=written,
    )


def _wanted(reply_to: str | None) -> UUID | None:
    return MESSAGE.parse(reply_to) if reply_to and reply_to != ReplyTo.ALL else None


def _answered(messages: Sequence[Shown], wanted: UUID | None) -> Shown | None:
    """Return the message that is answered: the one asked for, else the newest of somebody else."""
    possible = [
        shown for shown in messages if shown.is_written and not shown.is_own and shown.row.author_id
    ]
    chosen = [shown for shown in possible if shown.row.id == wanted]
    found = chosen or possible[-1:]
    return found[0] if found else None
