"""Conversations: list, start, read, answer, who takes part, what is one's own of them."""

from uuid import uuid4

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET

from aula_plugins.messages import schemas
from aula_plugins.messages.api.declarations import (
    After,
    Child,
    Origin,
    ShownBox,
    ThreadPath,
    files_of,
    message_of,
    profile_of,
    profiles_of,
)
from aula_plugins.messages.errors import ChannelClosed, NobodyToAnswer, SenderGone, ThreadLeft
from aula_plugins.messages.ids import THREAD
from aula_plugins.messages.queries.inbox import Box
from aula_plugins.messages.service import (
    drafting,
    joining,
    keeping,
    reading,
    replying,
    sending,
)
from aula_plugins.messages.service.choices import parse_choices
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import PERSON, WrongIdKind
from aula_sdk.openapi import IdempotencyKey, problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class ThreadsApi(Controller):
    """``/api/v1/messages/threads``."""

    path = "/threads"
    tags = ("Messages",)

    @get(opt=needs("messages.read"), responses=problems(WrongIdKind, WrongCursor, Invalid))
    async def list_threads(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        box: ShownBox = Box.ALL,
        child: Child = None,
        origin: Origin = None,
        after: After = None,
    ) -> schemas.ThreadPage:
        """List one's conversations, the newest activity first."""
        wanted = reading.Filter(
            box,
            PERSON.parse(child) if child else None,
            THREAD.parse(origin) if origin else None,
        )
        page = await reading.list_threads(read, platform, actor, wanted, Cursor.parse(after))
        return schemas.ThreadPage(
            [schemas.ThreadItem.of(item) for item in page.items],
            str(page.next) if page.next else None,
        )

    @post(opt=needs("messages.create"), responses=problems(WrongIdKind, Invalid))
    async def start_thread(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.ThreadToStart],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.WhereSent:
        """Send a new message to people and groups."""
        thread_id = await sending.start_thread(
            write,
            platform,
            actor,
            sending.NewThread(
                subject=data.subject,
                html=data.html,
                recipients=parse_choices(data.recipients),
                regarding=profiles_of(data.regarding),
                attachments=files_of(data.attachments),
                sender=profile_of(data.sender),
            ),
            key=idempotency_key or uuid4().hex,
        )
        return schemas.WhereSent(THREAD.format(thread_id))

    @get("/{thread_id:str}", opt=needs("messages.read"), responses=problems(WrongIdKind, NotFound))
    async def read_thread(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        thread_id: ThreadPath,
    ) -> schemas.Thread:
        """Read a conversation with its newest messages; it stays unread until it is changed."""
        found = await reading.open_conversation(read, platform, actor, THREAD.parse(thread_id))
        return schemas.Thread.of(found)

    @patch(
        "/{thread_id:str}",
        opt=needs("messages.read"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound),
    )
    async def change_thread(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        thread_id: ThreadPath,
        data: JSONBody[schemas.ThreadChange],
    ) -> None:
        """Mark a conversation as read or unread, mute it or not: for oneself alone."""
        await keeping.keep_thread(
            write,
            platform,
            actor,
            THREAD.parse(thread_id),
            unread=None if data.unread is UNSET else data.unread,
            muted=None if data.muted is UNSET else data.muted,
        )

    @get(
        "/{thread_id:str}/messages",
        opt=needs("messages.read"),
        responses=problems(WrongIdKind, WrongCursor, NotFound),
    )
    async def list_messages(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        thread_id: ThreadPath,
        after: After = None,
    ) -> schemas.MessagePage:
        """List the messages of a conversation, the newest first."""
        found = await reading.open_conversation(
            read, platform, actor, THREAD.parse(thread_id), Cursor.parse(after)
        )
        return schemas.message_page(found)

    @post(
        "/{thread_id:str}/messages",
        opt=needs("messages.reply"),
        responses=problems(
            WrongIdKind, NotFound, ThreadLeft, NobodyToAnswer, SenderGone, ChannelClosed, Invalid
        ),
    )
    async def reply(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        thread_id: ThreadPath,
        data: JSONBody[schemas.AnswerToSend],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.WhereSent:
        """Answer: the sender alone unless ``to`` says all. The answer tells where it has gone."""
        sent = await replying.reply(
            write,
            platform,
            actor,
            THREAD.parse(thread_id),
            replying.Answer(
                data.html, data.to, message_of(data.message), files_of(data.attachments)
            ),
            key=idempotency_key or uuid4().hex,
        )
        return schemas.WhereSent.of(sent)

    @put(
        "/{thread_id:str}/draft",
        opt=needs("messages.reply"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, ThreadLeft, Invalid),
    )
    async def keep_answer(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        thread_id: ThreadPath,
        data: JSONBody[schemas.AnswerToKeep],
    ) -> None:
        """Keep an answer as it stands, without sending it."""
        content = drafting.AnswerContent(
            data.html, data.to, message_of(data.message), tuple(data.attachments)
        )
        await drafting.save_answer(write, platform, actor, THREAD.parse(thread_id), content)

    @get(
        "/{thread_id:str}/participants",
        opt=needs("messages.see_participants"),
        responses=problems(WrongIdKind, WrongCursor, NotFound),
    )
    async def list_participants(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        thread_id: ThreadPath,
        after: After = None,
    ) -> schemas.ParticipantPage:
        """List who takes part and who has left; employees see when each has read it."""
        people = await reading.list_participants(
            read, platform, actor, THREAD.parse(thread_id), Cursor.parse(after)
        )
        return schemas.ParticipantPage(
            [schemas.Participant.of(row) for row in people.page.items],
            str(people.page.next) if people.page.next else None,
        )

    @post(
        "/{thread_id:str}/participants",
        opt=needs("messages.add_participant"),
        responses=problems(WrongIdKind, NotFound, ThreadLeft, Invalid),
    )
    async def add_participants(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        thread_id: ThreadPath,
        data: JSONBody[schemas.PeopleToAdd],
    ) -> schemas.PeopleAdded:
        """Let people in; they can read the whole conversation."""
        choices = parse_choices(data.recipients)
        return schemas.PeopleAdded(
            await joining.add_people(write, platform, actor, THREAD.parse(thread_id), choices)
        )

    @delete(
        "/{thread_id:str}/participants/me",
        opt=needs("messages.leave"),
        responses=problems(WrongIdKind, NotFound, ThreadLeft),
    )
    async def leave(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        thread_id: ThreadPath,
    ) -> None:
        """Leave a conversation; what was sent until now stays readable."""
        await joining.leave(write, platform, actor, THREAD.parse(thread_id))
