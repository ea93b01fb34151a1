"""Lets the demo's people say their lines, each at its time, by the plugin's own services.

The same people are chosen each time.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.messages.demo.scripts import AnswerScript, ThreadScript, read_scripts
from aula_plugins.messages.demo.stage import LEADER, Member, Place, Stage
from aula_plugins.messages.models import RecipientKind, message, participant, thread
from aula_plugins.messages.service.choices import Choice
from aula_plugins.messages.service.replying import Answer, reply
from aula_plugins.messages.service.sending import NewThread, start_thread
from aula_sdk.db import Id, Instant, utc_now
from aula_sdk.errors import Problem
from aula_sdk.people import Kind
from aula_sdk.protocols import Platform, WriteUnit

_READ_AFTER = timedelta(days=2)
_ONE_UNREAD_OF = 8
"""Of so many people one has not read what is older than that."""


@dataclass(slots=True)
class _Scene:
    """One conversation as it goes on."""

    script: ThreadScript
    place: Place
    writer: Member
    moment: datetime
    guardian: Member | None = None
    """In a talk about a child: the child's guardian."""
    employee: Member | None = None
    """In a talk about a child: with whom."""
    said: set[UUID] = field(default_factory=set)

    def fill(self, text: str, speaker: Member) -> str:
        """Return a line with the names of the group and of the speaker's child in it."""
        child = (self.guardian or speaker).child_first_name
        return text.replace("{group}", self.place.name).replace("{child}", child)


class Play:
    """All conversations of one municipality."""

    def __init__(self, platform: Platform, stage: Stage) -> None:
        self._platform = platform
        self._stage = stage
        self._turns: Counter[UUID] = Counter()
        self._chance = random.Random(2026)  # noqa: S311  # Fictional content, no secret.

    async def perform(self) -> int:
        """Write every conversation where it fits; return how many there are now."""
        written = 0
        scripts = read_scripts()
        for place in self._stage.places:
            for script in scripts:
                fits = script.at == place.institution_kind
                if fits and (not script.groups or place.name in script.groups):
                    written += await self._tell(script, place)
        await self._read_most()
        return written

    async def _tell(self, script: ThreadScript, place: Place) -> bool:
        """Write one conversation; return False where somebody whom it needs is missing."""
        scene = self._cast(script, place)
        recipients = self._recipients(scene) if scene else ()
        if scene is None or not recipients:
            return False
        guardian, writer = scene.guardian, scene.writer
        new = NewThread(
            subject=scene.fill(script.subject, writer),
            html=scene.fill(script.html, writer),
            recipients=recipients,
            regarding=(guardian.child_id,) if guardian and guardian.child_id else (),
            sender=writer.profile_id,
        )
        actor = await self._platform.actor_for(writer.profile_id)
        try:
            async with self._platform.write(actor) as write:
                key = f"demo:{place.id}:{script.subject}"
                first = await start_thread(write, self._platform, actor, new, key=key)
                await _put_back(write, first, scene.moment)
        except Problem:
            # Whoever would get it does not exist in this group.
            return False
        where = first
        for number, answer in enumerate(script.answers):
            key = f"demo:{first}:{number}"
            went = await self._answer(scene, answer, where, key)
            where = went if went and script.child else where
        return True

    def _cast(self, script: ThreadScript, place: Place) -> _Scene | None:
        moment = self._moment(script)
        if script.child:
            guardian = self._one(place, Kind.GUARDIAN)
            employee = self._one(place, Kind.EMPLOYEE)
            writer = guardian if script.by == Kind.GUARDIAN else employee
        else:
            guardian = employee = None
            writer = self._one(place, script.by)
        if writer is None or (script.child and guardian is None):
            return None
        return _Scene(script, place, writer, moment, guardian, employee, {writer.profile_id})

    def _one(self, place: Place, kind: str) -> Member | None:
        """Return somebody of the kind; of the leaders the first.

        Employees take turns, so that whoever signs in to the demo as one has written something.
        """
        possible = self._stage.people_of(place, kind)
        if not possible:
            return None
        if kind == Kind.EMPLOYEE:
            self._turns[place.id] += 1
            return possible[self._turns[place.id] % len(possible)]
        return possible[0] if kind == LEADER else self._chance.choice(possible)

    def _recipients(self, scene: _Scene) -> tuple[Choice, ...]:
        script, place = scene.script, scene.place
        if scene.guardian and scene.guardian.child_id and script.to is Kind.GUARDIAN:
            child = scene.guardian.child_id
            return (Choice(RecipientKind.GUARDIANS_OF, child, Kind.GUARDIAN),)
        if script.child or script.to is Kind.EXTERNAL:
            person = scene.employee if script.child else self._one(place, script.to)
            return (Choice(RecipientKind.PERSON, person.profile_id),) if person else ()
        # The colleagues of who writes to the families of a class take part too.
        to_families = script.to is Kind.GUARDIAN and script.by == Kind.EMPLOYEE
        roles = (script.to, Kind.EMPLOYEE) if to_families else (script.to,)
        return tuple(Choice(RecipientKind.GROUP, place.id, role) for role in roles)

    async def _answer(
        self, scene: _Scene, answer: AnswerScript, where: UUID, key: str
    ) -> UUID | None:
        """Let somebody answer; return where that went, None when nobody was there to answer."""
        speaker = self._speaker(scene, answer.by)
        if speaker is None:
            return None
        scene.said.add(speaker.profile_id)
        scene.moment += timedelta(minutes=self._chance.randint(7, 190))
        line = Answer(scene.fill(answer.html, speaker), answer.to)
        actor = await self._platform.actor_for(speaker.profile_id)
        try:
            async with self._platform.write(actor) as write:
                sent = await reply(write, self._platform, actor, where, line, key=key)
                await _put_back(write, sent.thread_id, min(scene.moment, write.now))
        except Problem:
            return None
        return sent.thread_id

    def _speaker(self, scene: _Scene, kind: Kind) -> Member | None:
        """Return who says the next line: about a child one of the two, else somebody new."""
        if scene.script.child:
            return scene.guardian if kind is Kind.GUARDIAN else scene.employee
        everybody = self._stage.people_of(scene.place, kind)
        possible = [one for one in everybody if one.profile_id not in scene.said]
        return self._chance.choice(possible) if possible else None

    def _moment(self, script: ThreadScript) -> datetime:
        """Return about the hour of the script, as many days ago as it says."""
        day = utc_now() - timedelta(days=script.days + self._chance.randint(0, 2))
        return day.replace(hour=script.hour - 1, minute=self._chance.randint(0, 59))

    async def _read_most(self) -> None:
        """Let most people have read what is older than two days."""
        async with self._platform.write() as write:
            old = sa.select(
                participant.c.thread_id, participant.c.profile_id, participant.c.activity_at
            ).where(participant.c.unread > 0, participant.c.activity_at < write.now - _READ_AFTER)
            read: list[Mapping[str, object]] = [
                {
                    "in_thread": row.thread_id,
                    "by": row.profile_id,
                    "at": row.activity_at + timedelta(minutes=self._chance.randint(5, 900)),
                }
                for row in await write.rows(old)
                if self._chance.randrange(_ONE_UNREAD_OF)
            ]
            if read:
                await write.execute(_READ, read)


_READ = (
    sa.update(participant)
    .where(
        participant.c.thread_id == sa.bindparam("in_thread", type_=Id),
        participant.c.profile_id == sa.bindparam("by", type_=Id),
    )
    .values(unread=0, last_read_at=sa.bindparam("at", type_=Instant))
)


async def _put_back(write: WriteUnit, thread_id: UUID, moment: datetime) -> None:
    """Let what this unit has written in the conversation have happened at another time."""
    for table, key, columns in (
        (thread, "id", ("started_at",)),
        (message, "thread_id", ("sent_at",)),
        (participant, "thread_id", ("joined_at", "activity_at", "last_read_at")),
    ):
        for column in columns:
            await write.execute(
                sa.update(table)
                .where(table.c[key] == thread_id, table.c[column] == write.now)
                .values({column: moment})
            )
