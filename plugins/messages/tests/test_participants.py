"""Who takes part: added, gone, and who has read."""

from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person


async def test_who_is_added_reads_everything(post: PostOffice, people: People) -> None:
    """MSG-18, MSG-4: the whole conversation from the start, and all see who came and by whom."""
    thread = await post.start(people.teacher, person(people.guardian), html="<p>Først</p>")
    await post.refused(404, people.colleague, "GET", f"/threads/{thread}")
    answer = await post.ask(
        people.teacher,
        "POST",
        f"/threads/{thread}/participants",
        recipients=[person(people.colleague)],
    )
    assert (answer.status_code, answer.json()) == (201, {"added": 1})
    assert await post.words(people.colleague, thread) == ["<p>Først</p>"]
    found = await post.thread(people.guardian, thread)
    line = found["messages"]["items"][0]
    assert (line["kind"], line["author"]["name"]) == ("people_added", "Mette Holm")
    assert [one["name"] for one in line["added"]] == ["Jonas Friis"]
    assert found["participant_count"] == 3


async def test_nobody_is_added_twice(post: PostOffice, people: People) -> None:
    """MSG-18: a person who is there is refused; of a group the others come in."""
    thread = await post.start(people.teacher, person(people.guardian))
    path = f"/threads/{thread}/participants"
    problem = await post.refused(
        422, people.teacher, "POST", path, recipients=[person(people.guardian)]
    )
    assert problem["errors"][0]["code"] == "already-in"
    answer = await post.ask(people.teacher, "POST", path, recipients=[post.group("3.A")])
    assert answer.json() == {"added": 3}
    assert (await post.thread(people.teacher, thread))["participant_count"] == 5


async def test_only_some_may_add(post: PostOffice, people: People) -> None:
    """R3: guardians add people to what they started, not to what was written to them."""
    theirs = await post.start(people.teacher, person(people.guardian))
    own = await post.start(people.guardian, person(people.teacher))
    body = {"recipients": [person(people.colleague)]}
    await post.refused(403, people.guardian, "POST", f"/threads/{theirs}/participants", **body)
    await post.refused(404, people.other_guardian, "POST", f"/threads/{own}/participants", **body)
    answer = await post.ask(people.guardian, "POST", f"/threads/{own}/participants", **body)
    assert answer.status_code == 201
    foreign = {"recipients": [person(people.stranger_teacher)]}
    await post.refused(422, people.guardian, "POST", f"/threads/{own}/participants", **foreign)


async def test_who_leaves_keeps_what_was(post: PostOffice, people: People) -> None:
    """MSG-20: history up to leaving, nothing after; the others see who left."""
    thread = await post.start(people.teacher, person(people.guardian), person(people.colleague))
    left = await post.ask(people.colleague, "DELETE", f"/threads/{thread}/participants/me")
    assert left.status_code == 204
    await post.reply(people.teacher, thread, to="all", html="<p>Bagefter</p>")
    assert await post.words(people.colleague, thread) == ["<p>Husk madpakke</p>"]
    seen = await post.thread(people.colleague, thread)
    assert seen["left_at"] is not None
    assert seen["may"] == []
    assert (await post.inbox(people.colleague))[0]["latest"]["kind"] == "person_left"
    found = await post.thread(people.guardian, thread)
    assert found["participant_count"] == 2
    kinds = [item["kind"] for item in found["messages"]["items"]]
    assert kinds == ["written", "person_left", "written"]
    for verb, path in (("POST", "messages"), ("DELETE", "participants/me"), ("PUT", "draft")):
        body = {} if verb == "DELETE" else {"html": "x"}
        problem = await post.refused(
            409, people.colleague, verb, f"/threads/{thread}/{path}", **body
        )
        assert problem["code"] == "messages.thread-left"


async def test_who_left_can_be_let_in_again(post: PostOffice, people: People) -> None:
    """MSG-18, MSG-20: coming back means reading all of it, also what came in between."""
    thread = await post.start(people.teacher, person(people.guardian), person(people.colleague))
    await post.ask(people.colleague, "DELETE", f"/threads/{thread}/participants/me")
    await post.reply(people.teacher, thread, to="all", html="<p>Imens</p>")
    answer = await post.ask(
        people.teacher,
        "POST",
        f"/threads/{thread}/participants",
        recipients=[person(people.colleague)],
    )
    assert answer.json() == {"added": 1}
    assert await post.words(people.colleague, thread) == ["<p>Husk madpakke</p>", "<p>Imens</p>"]
    assert (await post.thread(people.teacher, thread))["participant_count"] == 3


async def test_only_staff_see_who_has_read(post: PostOffice, people: People) -> None:
    """MSG-24: employees see when each has read it; guardians see who takes part and no more."""
    thread = await post.start(people.teacher, person(people.guardian), person(people.pupil))
    await post.ask(people.guardian, "PATCH", f"/threads/{thread}", unread=False)
    path = f"/threads/{thread}/participants"
    seen = {
        name: {one["person"]["name"]: one["last_read_at"] for one in found["items"]}
        for name, found in (
            ("staff", await post.get(people.teacher, path)),
            ("guardian", await post.get(people.guardian, path)),
            ("pupil", await post.get(people.pupil, path)),
        )
    }
    assert seen["staff"]["Anne Skov"] is not None
    assert seen["staff"]["Alma Skov"] is None
    for name in ("guardian", "pupil"):
        assert set(seen[name]) == {"Mette Holm", "Anne Skov", "Alma Skov"}
        assert set(seen[name].values()) == {None}
