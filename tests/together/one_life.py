"""A pupil who has left traces with every plugin, each with a word by which it is found again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner, Result

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.files.blobs import BlobStore
from aula_platform.kernel import owners_of, retention_of, subject_data_of
from aula_platform.plugin_host import Host
from aula_platform.privacy import Installation
from aula_platform.privacy.person.gathering import Plugins
from aula_platform.privacy.person.subject import Subject, find_subject
from aula_platform.privacy.tables import State, What, request
from aula_platform.stamdata.tables import contact, person, profile
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.contributions import SubjectData
from aula_sdk.ids import GROUP, PERSON, PROFILE, new_id
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People

CANARY = "kanarie"
WORDS = ("besked", "fil", "kladde", "kommentar", "grund", "adresse", "navn")
OTHERS = "mejse"
"""What is in the words that others wrote, and in their addresses."""
PDF = b"%PDF-1.4\n%kanarie-indhold\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def canary(word: str) -> str:
    """Return the word that the pupil leaves in such a place."""
    return f"{CANARY}-{word}"


class Life:
    """Lets the pupil live, and the others around the pupil."""

    def __init__(self, site: RunningSite, browser: Browser, people: People) -> None:
        self._site, self._browser, self._people = site, browser, people

    async def do(self, member: Member, verb: str, path: str, **sent: Any) -> Any:
        """Ask for something that must succeed."""
        client = await self._browser(member, Assurance.SUBSTANTIAL)
        answer = await client.request(verb, f"/api/v1{path}", **sent)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def live(self) -> None:
        """Leave a trace with every plugin."""
        people, do = self._people, self.do
        pupil, teacher, parent = people.pupil, people.teacher, people.guardian
        alma = PROFILE.format(pupil.profile_id)
        pupils = f"{GROUP.format(people.groups['3.A'])}:pupil"
        guardians = f"{GROUP.format(people.groups['3.A'])}:guardian"

        async def start(who: Member, subject: str, words: str, *to: str, **more: Any) -> str:
            body = {"subject": subject, "html": f"<p>{words}</p>", "recipients": to, **more}
            return str((await do(who, "POST", "/messages/threads", json=body))["thread"])

        received = await start(teacher, "Til jer", f"{OTHERS}-svar", pupils, alma)
        await start(teacher, "Om barnet", f"{OTHERS}-om", guardians, regarding=[alma])
        upload = {"file": (f"{canary('fil')}.pdf", PDF, "application/pdf")}
        file = (await do(pupil, "POST", "/files", files=upload))["id"]
        answer = {"html": f"<p>{canary('besked')}</p>", "attachments": [file]}
        await do(pupil, "POST", f"/messages/threads/{received}/messages", json=answer)
        draft = {"html": f"<p>{canary('kladde')}</p>"}
        await do(pupil, "PUT", f"/messages/threads/{received}/draft", json=draft)

        body = {"title": "Tur", "html": f"<p>{OTHERS}-opslag</p>", "audience": [pupils]}
        post = (await do(teacher, "POST", "/posts", json=body))["post"]
        comment = {"text": canary("kommentar")}
        await do(pupil, "POST", f"/posts/{post}/comments", json=comment)
        await do(pupil, "PATCH", f"/posts/{post}", json={"unread": False, "bookmarked": True})
        report = {"reason": "other", "words": canary("grund")}
        await do(pupil, "POST", f"/posts/{post}/reports", json=report)

        chosen = {"audience": "class"}
        await do(parent, "PUT", f"/contacts/sharing/{alma}", json=chosen)
        await self._join(alma)
        await self._register()

    async def _join(self, alma: str) -> None:
        """Let the pupil be added to a group that was made here."""
        teacher = self._people.teacher
        made = await self.do(teacher, "POST", "/groups/", json={"name": "Skak"})
        await self.do(teacher, "POST", f"/groups/{made['id']}/members", json={"people": [alma]})

    async def _register(self) -> None:
        """Let the source know a name and an address that are found again."""
        people = self._people
        async with self._site.storage.write(EVERYWHERE) as write:
            for one, word in ((people.pupil, CANARY), (people.guardian, OTHERS)):
                mine = contact.c.person_id == one.person_id
                values = {"address": f"{word}-adresse"}
                await write.execute(sa.update(contact).where(mine).values(values))
            names = dict.fromkeys(("name", "given_name", "sort_key", "search_key"), canary("navn"))
            mine = person.c.id == people.pupil.person_id
            await write.execute(sa.update(person).where(mine).values(names))


class PersonDesk:
    """The privacy room over the running site."""

    def __init__(self, site: RunningSite, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.host: Host = site.app.state.host
        settings = site.app.state.settings
        self.blobs = BlobStore(settings.files_url)
        self.installation = Installation(site.storage, owners_of(self.host), self.blobs)
        self.plugins: Plugins = subject_data_of(self.host)
        self.kept = retention_of(self.host)

    async def subject(self, member: Member) -> Subject:
        """Return the member as whom it is about."""
        for place in await self.installation.places():
            if place.id == member.municipality_id:
                return await find_subject(self.site.storage, place, PERSON.format(member.person_id))
        raise LookupError(member.key)

    async def leave(self, member: Member) -> None:
        """Let the member leave school."""
        async with self.site.storage.write(EVERYWHERE) as write:
            mine = profile.c.person_id == member.person_id
            await write.execute(sa.update(profile).where(mine).values(valid_to=write.now))

    def without(self, plugin: str) -> dict[str, SubjectData | None]:
        """Return the plugins, of which one has forgotten its hook."""
        return {**self.plugins, plugin: None}

    async def run(self, *words: str, typed: str = "") -> Result:
        """Run ``aula person`` as a process of its own would."""
        settings = self.site.app.state.settings
        config = self.folder / "aula.toml"
        config.write_text(
            f'[site]\ndata = "{settings.site.data}"\n[storage]\n'
            f'database = "{self.site.storage.url}"\n[municipalities.north]\nname = "Nordby"\n'
        )
        context, arguments = CommandContext(self.host), ["--config", str(config), "person", *words]
        return await asyncio.to_thread(
            lambda: CliRunner().invoke(aula, arguments, obj=context, input=typed)
        )


async def ask_as_if(site: RunningSite, *members: Member) -> None:
    """Let each have asked for their own data, in this order, and had it approved."""
    async with site.storage.write(EVERYWHERE) as write:
        for number, member in enumerate(members):
            await write.execute(
                sa.insert(request),
                {
                    "id": new_id(),
                    "municipality_id": member.municipality_id,
                    "institution_id": member.institution_id,
                    "person_id": member.person_id,
                    "asker_id": member.profile_id,
                    "account_id": new_id(),
                    "locale": "da",
                    "what": What.EXPORT,
                    "words": "",
                    "state": State.APPROVED,
                    "asked_at": write.now,
                    "decided_at": write.now + timedelta(seconds=number),
                    "answer": "",
                },
            )
