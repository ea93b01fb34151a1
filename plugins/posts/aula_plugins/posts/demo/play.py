"""Lets the demo's people post and comment, each at its time, by the plugin's own services.

The same people are chosen each time.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.posts.demo.drawing import draw
from aula_plugins.posts.demo.scripts import CommentScript, PostScript, read_scripts
from aula_plugins.posts.demo.stage import LEADER, Member, Place, Stage
from aula_plugins.posts.models import audience, comment, mark, post
from aula_plugins.posts.service.choices import Choice
from aula_plugins.posts.service.commenting import write_comment
from aula_plugins.posts.service.publishing import NewPost, Window, create_post
from aula_plugins.posts.service.reporting import Complaint, report_comment
from aula_sdk.db import utc_now
from aula_sdk.errors import Problem
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, WriteUnit

_READ_AFTER = timedelta(days=3)


class Play:
    """All posts of one municipality."""

    def __init__(self, platform: Platform, stage: Stage) -> None:
        self._platform = platform
        self._stage = stage
        self._turns: Counter[UUID] = Counter()
        self._chance = random.Random(2026)  # noqa: S311  # Fictional content, no secret.
        self._readers: set[tuple[UUID, UUID]] = set()

    async def perform(self) -> int:
        """Write every post where it fits; return how many there are now."""
        written = 0
        for script in read_scripts():
            places = [
                place
                for place in self._stage.places
                if script.at == place.institution_kind
                and (not script.groups or place.name in script.groups)
            ]
            together = self._by_institution(places) if script.whole else [[one] for one in places]
            for group in together:
                written += await self._tell(script, group)
        return written

    def _by_institution(self, places: Sequence[Place]) -> list[list[Place]]:
        found: dict[UUID, list[Place]] = {}
        for place in places:
            found.setdefault(place.institution_id, []).append(place)
        return list(found.values())

    async def _tell(self, script: PostScript, places: Sequence[Place]) -> bool:
        """Write one post; return False where somebody whom it needs is missing."""
        place = places[0]
        writer = self._writer(script, place)
        if writer is None:
            return False
        moment = self._moment(script)
        actor = await self._platform.actor_for(writer.profile_id)
        key = f"demo:{place.id}:{script.title}"
        new = NewPost(
            title=script.title.replace("{group}", place.name),
            html=script.html.replace("{group}", place.name),
            audience=tuple(Choice(one.id, role) for one in places for role in script.to),
            attachments=await self._pictures(script, actor, place, key),
            comments_allowed=script.comments_allowed,
            publish_at=moment,
            important=_on_top(script),
            sender=writer.profile_id,
        )
        try:
            async with self._platform.write(actor) as write:
                post_id = await create_post(write, self._platform, actor, new, key=key)
                await _put_back(write, post_id, moment)
        except Problem:
            # Whoever would read it does not exist in this group.
            return False
        await self._talk(script, place, writer, post_id, moment)
        await self._let_read(place, script, post_id, moment)
        return True

    def _writer(self, script: PostScript, place: Place) -> Member | None:
        """Return a leader for what is for all, else the group's employees in turn."""
        kind = LEADER if script.whole else Kind.EMPLOYEE
        possible = self._stage.people_of(place, kind)
        if not possible:
            possible = self._stage.people_of(place, Kind.EMPLOYEE)
        if not possible:
            return None
        self._turns[place.id] += 1
        return possible[0 if script.whole else self._turns[place.id] % len(possible)]

    async def _pictures(
        self, script: PostScript, actor: Actor, place: Place, key: str
    ) -> tuple[UUID, ...]:
        kept = []
        for number in range(script.pictures):
            content = draw(f"{script.title}:{place.name}:{number}")
            async with self._platform.write(actor) as write:
                earlier = await write.once(f"{key}:{number}")
            if earlier is not None:
                continue
            async with self._platform.write(actor) as write:
                file_id = await self._platform.files.store(
                    write,
                    actor,
                    name=f"tegning-{number + 1}.jpg",
                    media_type="image/jpeg",
                    content=content,
                    municipality_id=actor.profiles[0].municipality_id,
                )
            kept.append(file_id)
        return tuple(kept)

    async def _talk(
        self, script: PostScript, place: Place, writer: Member, post_id: UUID, moment: datetime
    ) -> None:
        """Let people comment; among the employees it is the writer who answers."""
        said: set[UUID] = set()
        last: UUID | None = None
        for number, line in enumerate(script.comments):
            is_answered = line.by is Kind.EMPLOYEE
            speaker = writer if is_answered else self._speaker(place, line.by, said)
            if speaker is None:
                continue
            said.add(speaker.profile_id)
            moment += timedelta(minutes=self._chance.randint(9, 170))
            actor = await self._platform.actor_for(speaker.profile_id)
            text = line.text.replace("{child}", speaker.child_first_name)
            async with self._platform.write(actor) as write:
                written = await write_comment(
                    write,
                    self._platform,
                    actor,
                    post_id,
                    text,
                    key=f"demo:{post_id}:{number}",
                    parent_id=last if line.answer else None,
                )
                at = min(moment, write.now)
                await write.execute(
                    sa.update(comment).where(comment.c.id == written).values(written_at=at)
                )
            last = last if line.answer else written
            await self._report(line, place, written, said)

    async def _report(
        self, line: CommentScript, place: Place, comment_id: UUID, said: set[UUID]
    ) -> None:
        reporter = self._speaker(place, Kind.GUARDIAN, said)
        if line.reported is None or reporter is None:
            return
        actor = await self._platform.actor_for(reporter.profile_id)
        complaint = Complaint(line.reported)
        async with self._platform.write(actor) as write:
            await report_comment(
                write, self._platform, actor, comment_id, complaint, key=f"demo:{comment_id}"
            )

    def _speaker(self, place: Place, kind: Kind, said: set[UUID]) -> Member | None:
        everybody = self._stage.people_of(place, kind)
        possible = [one for one in everybody if one.profile_id not in said]
        return self._chance.choice(possible) if possible else None

    def _moment(self, script: PostScript) -> datetime:
        """Return about the hour of the script, as many days ago as it says."""
        day = utc_now() - timedelta(days=script.days)
        return day.replace(hour=script.hour - 1, minute=self._chance.randint(0, 59))

    async def _let_read(
        self, place: Place, script: PostScript, post_id: UUID, moment: datetime
    ) -> None:
        """Let most people have read what is older than three days, and few bookmarked it."""
        if utc_now() - moment < _READ_AFTER:
            return
        people = {
            one.profile_id
            for kind in script.to
            for one in self._stage.people_of(place, kind)
            if self._chance.random() < 0.85  # noqa: PLR2004  # Most, not all.
        }
        rows = [
            {
                "profile_id": profile_id,
                "post_id": post_id,
                "municipality_id": self._stage.municipality_id,
                "read_at": moment + timedelta(hours=self._chance.randint(1, 40)),
                "bookmarked_at": None,
            }
            for profile_id in sorted(people)
        ]
        if rows:
            async with self._platform.write() as write:
                await write.execute(sa.insert(mark), rows)


def _on_top(script: PostScript) -> Window | None:
    return Window(end=utc_now() + timedelta(days=script.important)) if script.important else None


async def _put_back(write: WriteUnit, post_id: UUID, moment: datetime) -> None:
    """Let a post have been published at another time; one to come waits as it is."""
    if moment > write.now:
        return
    await write.execute(
        sa.update(post)
        .where(post.c.id == post_id)
        .values(publish_at=moment, created_at=moment, announced_at=moment)
    )
    await write.execute(
        sa.update(post)
        .where(post.c.id == post_id, post.c.important_from.is_not(None))
        .values(important_from=moment)
    )
    await write.execute(
        sa.update(audience).where(audience.c.post_id == post_id).values(publish_at=moment)
    )
