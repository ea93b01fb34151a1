"""The pages of posts, over what the cast has posted."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from aula_sdk.ids import GROUP, IdKind, new_id
from aula_sdk.testing.kernel import Member
from tests.browser.pages.shapes import Page, Visit
from tests.browser.served_site import ServedSite

API = "/api/v1/posts"
PICTURES = "Ugens billeder fra klassen"
PARTY = "Skolefest på fredag"
STAFF = "Gårdvagter i næste uge"
NEW = "Vi øver vers til på onsdag"
HALF_WRITTEN = "Pakkeliste til lejrskolen"
PATIENCE = 60
"""Seconds; the first picture waits for the process that reads pictures."""
UNKIND = "Det er for dårligt planlagt"
_DRAFT = IdKind("pdr")

PAGES = (
    Page(
        "/posts",
        (
            Visit("guardian", "/posts", "Opslag", PICTURES),
            Visit("pupil", "/posts", "Opslag", NEW),
            Visit("teacher", "/posts", "Opslag", STAFF),
            Visit("external", "/posts", "Opslag", "Ingen opslag endnu"),
            Visit("guardian", "/posts?box=important", "Opslag", PARTY),
            Visit("teacher", "/posts?box=own", "Opslag", NEW),
        ),
    ),
    Page("/posts/new", (Visit("teacher", "/posts/new", "Nyt opslag", "Forældre i 3.A"),)),
    Page("/posts/drafts", (Visit("teacher", "/posts/drafts", "Kladder", HALF_WRITTEN),)),
    Page(
        "/posts/drafts/{draft_id}",
        (Visit("teacher", "/posts/drafts/{posts_draft}", "Nyt opslag", HALF_WRITTEN),),
    ),
    Page(
        "/posts/drafts/{draft_id}/confirm",
        (
            Visit(
                "teacher",
                "/posts/drafts/{posts_draft}/confirm",
                "personer kan læse det",
                HALF_WRITTEN,
            ),
        ),
    ),
    Page(
        "/posts/{post_id}",
        (
            Visit("guardian", "/posts/{posts_pictures}", PICTURES, "Hvem har tegnet"),
            Visit("pupil", "/posts/{posts_pictures}", PICTURES, "Hvem har tegnet"),
            Visit("teacher", "/posts/{posts_pictures}", PICTURES, "Spørg derhjemme"),
        ),
    ),
    Page(
        "/posts/{post_id}/edit",
        (Visit("teacher", "/posts/{posts_pictures}/edit", "Ret dit opslag", PICTURES),),
    ),
    Page(
        "/posts/{post_id}/withdraw",
        (Visit("teacher", "/posts/{posts_pictures}/withdraw", "Træk opslaget", PICTURES),),
    ),
    Page(
        "/posts/{post_id}/report",
        (
            Visit("guardian", "/posts/{posts_pictures}/report", "Anmeld", PICTURES),
            Visit("pupil", "/posts/{posts_pictures}/report", "Anmeld", PICTURES),
            Visit("teacher", "/posts/{posts_staff}/report", "Anmeld", STAFF),
        ),
    ),
    Page(
        "/posts/{post_id}/groups",
        (Visit("admin", "/posts/{posts_pictures}/groups", "Tag opslaget ned", "3.A"),),
    ),
    Page(
        "/posts/comments/{comment_id}",
        (
            Visit("guardian", "/posts/comments/{posts_question}", "Svar på", "Spørg derhjemme"),
            Visit("pupil", "/posts/comments/{posts_question}", "Svar på", "Spørg derhjemme"),
            Visit("teacher", "/posts/comments/{posts_question}", "Svar på", "Spørg derhjemme"),
        ),
    ),
    Page(
        "/posts/comments/{comment_id}/edit",
        (
            Visit(
                "guardian", "/posts/comments/{posts_question}/edit", "Ret din", "Hvem har tegnet"
            ),
            Visit("teacher", "/posts/comments/{posts_answer}/edit", "Ret din", "Spørg derhjemme"),
            Visit("pupil", "/posts/comments/{posts_pupils}/edit", "Ret din", "Det er mig"),
        ),
    ),
    Page(
        "/posts/comments/{comment_id}/withdraw",
        (
            Visit(
                "guardian", "/posts/comments/{posts_question}/withdraw", "Træk", "Hvem har tegnet"
            ),
            Visit("teacher", "/posts/comments/{posts_answer}/withdraw", "Træk", "Spørg derhjemme"),
            Visit("pupil", "/posts/comments/{posts_pupils}/withdraw", "Træk", "Det er mig"),
        ),
    ),
    Page(
        "/posts/comments/{comment_id}/report",
        (
            Visit("guardian", "/posts/comments/{posts_answer}/report", "Anmeld", "Spørg derhjemme"),
            Visit("teacher", "/posts/comments/{posts_unkind}/report", "Anmeld", UNKIND),
            Visit("pupil", "/posts/comments/{posts_unkind}/report", "Anmeld", UNKIND),
        ),
    ),
    Page(
        "/posts/reports",
        (
            Visit("admin", "/posts/reports", "Anmeldelser", UNKIND),
            Visit("admin", "/posts/reports?decided=true", "Anmeldelser", "Beholdt af Søren Lund"),
        ),
    ),
)

NO_PAGES = {
    "/posts/list": "the list by itself, for its refresh",
    "/posts/{post_id}/comments": "the comments by themselves, for their refresh",
}


class Wall:
    """Posts as members of the cast; every answer must be a success."""

    def __init__(self, site: ServedSite) -> None:
        self._site = site
        self._group = GROUP.format(site.people.groups["3.A"])

    def ask(self, member: Member, verb: str, path: str, **more: Any) -> Any:
        """Send a request; return what it answers."""
        with self._site.client(member) as client:
            answer = client.request(verb, path, timeout=PATIENCE, **more)
        assert answer.is_success, answer.text
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else None

    def post(self, member: Member, title: str, text: str, *roles: str, **more: Any) -> str:
        """Post to people of 3.A; return the post's id."""
        audience = [f"{self._group}:{role}" for role in roles]
        body = {"title": title, "html": text, "audience": audience} | more
        return str(self.ask(member, "POST", API, json=body)["post"])

    def comment(self, member: Member, post: str, text: str, **more: Any) -> str:
        """Comment on a post; return the comment's id."""
        body = {"text": text} | more
        return str(self.ask(member, "POST", f"{API}/{post}/comments", json=body)["comment"])

    def report(self, member: Member, comment: str) -> str:
        """Report a comment; return the report's id."""
        body = {"reason": "unkind", "words": "Det er ikke i orden"}
        path = f"{API}/comments/{comment}/reports"
        return str(self.ask(member, "POST", path, json=body)["report"])

    def picture(self, member: Member) -> str:
        """Upload a picture; return its id."""
        content = BytesIO()
        Image.new("RGB", (320, 240), "#7fa86b").save(content, "PNG")
        files = {"file": ("efterår.png", content.getvalue(), "image/png")}
        return str(self.ask(member, "POST", "/api/v1/files", files=files)["id"])

    def draft(self, member: Member) -> str:
        """Begin a post for more people than a class; return the draft's id."""
        key = _DRAFT.format(new_id())
        roles = ("guardian", "pupil", "external")
        typed = {
            "title": HALF_WRITTEN,
            "html": "Sovepose og regntøj",
            "recipient": [f"{self._group}:{role}" for role in roles],
        }
        self.ask(member, "POST", f"/posts/drafts/{key}/autosave", data=typed)
        return key


def fill(site: ServedSite) -> dict[str, str]:
    """Let the cast post, talk and report; return the ids that addresses name."""
    people, wall = site.people, Wall(site)
    wall.post(people.leader, PARTY, "<p>Vi spiser kl. 18.</p>", "guardian", important={})
    staff = wall.post(people.leader, STAFF, "<p>Planen hænger.</p>", "employee", "guardian")
    pictures = wall.post(
        people.teacher,
        PICTURES,
        "<p>Vi har tegnet <strong>efterår</strong> hele ugen.</p>",
        "guardian",
        "pupil",
        attachments=[wall.picture(people.teacher), wall.picture(people.teacher)],
    )
    question = wall.comment(people.guardian, pictures, "Hvem har tegnet den med bladene?")
    answer = wall.comment(people.teacher, pictures, "Spørg derhjemme", parent=question)
    pupils = wall.comment(people.pupil, pictures, "Det er mig", parent=question)
    unkind = wall.comment(people.other_guardian, pictures, UNKIND)
    gone = wall.comment(people.other_parent, pictures, "Noget, der fortrydes")
    wall.ask(people.other_parent, "DELETE", f"{API}/comments/{gone}")
    kept = wall.report(people.other_guardian, question)
    decision = f"{API}/reports/{kept}/decision"
    wall.ask(people.admin, "POST", decision, json={"decision": "kept"})
    wall.report(people.other_parent, unkind)
    wall.post(people.teacher, NEW, "<p>Syng med derhjemme.</p>", "guardian", "pupil")
    return {
        "posts_staff": staff,
        "posts_pictures": pictures,
        "posts_question": question,
        "posts_answer": answer,
        "posts_pupils": pupils,
        "posts_unkind": unkind,
        "posts_draft": wall.draft(people.teacher),
    }
