"""What the cast has written to each other before the tests begin, by the API as programs do."""

from __future__ import annotations

from typing import Any, Self

import httpx
import msgspec

from aula_sdk.ids import GROUP, PROFILE, IdKind, new_id
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from tests.browser.served_site import ServedSite

API = "/api/v1/messages"
TRIP = "Tur til Fjordcentret på fredag"
DENTIST = "Fri på onsdag"
READING = "Husk læsebogen"
PRACTICE = "Din praktik i uge 12"
HALF_WRITTEN = "Sommerfest for hele skolen"
SINGLE_PAGE = 20
_DRAFT = IdKind("dft")


class Conversations(msgspec.Struct, frozen=True):
    """Ids, as on the wire, of what addresses of pages name."""

    trip: str
    """A long conversation with attachments, changes and people who come and go."""
    question: str
    """The guardian's own message in it, which can still be changed."""
    dentist: str
    """Between a guardian and a teacher, about a child."""
    reading: str
    """From a teacher to pupils."""
    practice: str
    """From a teacher to an external."""
    drafts: dict[str, str]
    """A half-written message of each who may write one, by key of the cast."""
    own: dict[str, str]
    """A message that each has written, by key of the cast."""


class Correspondence:
    """Writes as members of the cast; every answer must be a success."""

    def __init__(self, site: ServedSite) -> None:
        self._site = site
        self._clients: dict[str, httpx.Client] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for client in self._clients.values():
            client.close()

    def ask(self, member: Member, verb: str, path: str, **more: Any) -> Any:
        """Send a request to the API; return what it answers."""
        if member.key not in self._clients:
            self._clients[member.key] = self._site.client(member)
        answer = self._clients[member.key].request(verb, path, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def start(self, member: Member, subject: str, text: str, *to: str, **more: Any) -> str:
        """Start a conversation; return its id."""
        body = {"subject": subject, "html": text, "recipients": to} | more
        return str(self.ask(member, "POST", f"{API}/threads", json=body)["thread"])

    def answer(self, member: Member, thread: str, text: str, **more: Any) -> str:
        """Answer all; return the message's id."""
        body = {"html": text, "to": "all"} | more
        path = f"{API}/threads/{thread}/messages"
        return str(self.ask(member, "POST", path, json=body)["message"])

    def upload(self, member: Member, name: str, content: bytes, media_type: str) -> str:
        """Send a file; return its id."""
        files = {"file": (name, content, media_type)}
        return str(self.ask(member, "POST", "/api/v1/files", files=files)["id"])

    def draft(self, member: Member, *to: str) -> str:
        """Keep half a message; return the draft's id."""
        key = _DRAFT.format(new_id())
        body = {"subject": HALF_WRITTEN, "html": "<p>Kom og vær med …</p>", "recipients": to}
        self.ask(member, "PUT", f"{API}/drafts/{key}", json=body)
        return key


def write_conversations(site: ServedSite) -> Conversations:
    """Let the cast write; the guardian's list becomes longer than a page."""
    with Correspondence(site) as post:
        return _write(site.people, post)


def _write(people: People, post: Correspondence) -> Conversations:
    teacher, guardian = people.teacher, people.guardian
    to_parents = f"{GROUP.format(people.groups['3.A'])}:guardian"
    for number in range(SINGLE_PAGE):
        text = f"<p>Her er, hvad vi har lavet i uge {number + 1}.</p>"
        post.start(teacher, f"Nyt fra 3.A, uge {number + 1}", text, to_parents)
    trip, question = _tell_of_the_trip(people, post, to_parents)
    about = [_id(people.pupil)]
    dentist = post.start(
        guardian,
        DENTIST,
        "<p>Alma skal til tandlæge onsdag formiddag og kommer først kl. 11.</p>",
        _id(teacher),
        regarding=about,
        sender=_id(guardian),
    )
    agreed = post.answer(teacher, dentist, "<p>Det er helt i orden. God tur!</p>", to="sender")
    to_pupils = f"{GROUP.format(people.groups['3.A'])}:pupil"
    reading = post.start(teacher, READING, "<p>I skal bruge den i morgen.</p>", to_pupils)
    found = post.answer(people.pupil, reading, "<p>Jeg har fundet den</p>", to="sender")
    practice = post.start(teacher, PRACTICE, "<p>Velkommen til 3.A</p>", _id(people.external))
    thanks = post.answer(people.external, practice, "<p>Tak, jeg glæder mig</p>", to="sender")
    everybody = [f"{GROUP.format(people.groups['3.A'])}:{role}" for role in ("guardian", "pupil")]
    drafts = {
        "teacher": post.draft(teacher, *everybody),
        "guardian": post.draft(guardian, _id(teacher)),
        "external": post.draft(people.external, _id(teacher)),
    }
    own = {"teacher": agreed, "guardian": question, "pupil": found, "external": thanks}
    return Conversations(trip, question, dentist, reading, practice, drafts, own)


def _tell_of_the_trip(people: People, post: Correspondence, to_parents: str) -> tuple[str, str]:
    teacher, guardian = people.teacher, people.guardian
    plan = post.upload(
        teacher, "Program for turen.txt", "8.15 Vi går fra skolen".encode(), "text/plain"
    )
    trip = post.start(
        teacher,
        TRIP,
        "<p>Kære forældre</p><p>På fredag tager 3.A på tur. Vi går fra skolen"
        " <strong>kl. 8.15</strong> og er tilbage igen kl. 13.</p><ul><li>Madpakke og drikkedunk"
        "</li><li>Regntøj og støvler –"
        " vi går uanset vejret</li></ul><p>Vi mangler to voksne, der kan gå med.</p>",
        to_parents,
        attachments=[plan],
    )
    for number in range(4):
        writer = people.other_guardian if number % 2 else people.other_parent
        post.answer(writer, trip, f"<p>Vi kan godt køre {number + 2} børn, hvis det regner.</p>")
    wrong = post.answer(people.other_guardian, trip, "<p>Det var til en anden klasse.</p>")
    post.ask(people.other_guardian, "DELETE", f"{API}/messages/{wrong}")
    joined = {"recipients": [_id(people.colleague)]}
    post.ask(teacher, "POST", f"{API}/threads/{trip}/participants", json=joined)
    post.ask(people.colleague, "DELETE", f"{API}/threads/{trip}/participants/me")
    question = post.answer(guardian, trip, "<p>Må de have slik med?</p>")
    changed = {"html": "<p>Må de have frugt med i stedet for kage?</p>"}
    post.ask(guardian, "PATCH", f"{API}/messages/{question}", json=changed)
    post.answer(teacher, trip, "<p>Ja, frugt er fint. Vi ses på fredag!</p>")
    return trip, question


def _id(member: Member) -> str:
    return PROFILE.format(member.profile_id)
