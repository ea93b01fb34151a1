"""Who may write to whom: the same choices, tried by each kind of person (appendix E, R6, R9)."""

import pytest

from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person

STAFF = {"colleague", "leader"}
CLASS_3A = {"classmate", "other_guardian"}
OTHERS = {"other_pupil", "neighbour"}
ELSEWHERE = {"stranger", "stranger_teacher", "stranger_pupil", "pedagogue", "sibling"}
NEVER = {"without_access"}
EVERYBODY = sorted(STAFF | CLASS_3A | OTHERS | ELSEWHERE | NEVER)


@pytest.mark.parametrize(
    ("writer", "reachable"),
    [
        ("teacher", STAFF | CLASS_3A | OTHERS),
        ("guardian", STAFF | CLASS_3A),
        ("external", STAFF),
    ],
)
async def test_people_reach_whom_their_right_gives(
    post: PostOffice, people: People, writer: str, reachable: set[str]
) -> None:
    """Appendix E: employees reach their institution, guardians staff and the child's class."""
    member = getattr(people, writer)
    for name in EVERYBODY:
        recipient = person(getattr(people, name))
        if name in reachable:
            await post.start(member, recipient)
        else:
            problem = await post.refused(
                422,
                member,
                "POST",
                "/threads",
                subject="S",
                html="<p>x</p>",
                recipients=[recipient],
            )
            assert problem["errors"][0]["field"] == "recipients"
            assert problem["errors"][0]["code"] == "out-of-reach"


async def test_pupils_answer_but_do_not_start(post: PostOffice, people: People) -> None:
    """Appendix E: pupils read and answer; the same message is sent by a guardian."""
    body = {"subject": "S", "html": "<p>x</p>", "recipients": [person(people.teacher)]}
    await post.refused(403, people.pupil, "POST", "/threads", **body)
    await post.start(people.guardian, *body["recipients"])
    thread = await post.start(people.teacher, person(people.pupil))
    await post.reply(people.pupil, thread)
    assert len(await post.words(people.teacher, thread)) == 2


async def test_groups_are_addressed_by_right(post: PostOffice, people: People) -> None:
    """Appendix E: guardians write to their child's group, not to another; externals to none."""
    await post.start(people.guardian, post.group("3.A"))
    await post.start(people.teacher, post.group("3.B"))
    for member, name in (
        (people.guardian, "3.B"),
        (people.external, "3.A"),
        (people.teacher, "Stjernerne"),
        (people.teacher, "1.X"),
    ):
        problem = await post.refused(
            422, member, "POST", "/threads", subject="S", html="x", recipients=[post.group(name)]
        )
        assert problem["errors"][0]["code"] == "out-of-reach"


async def test_an_unknown_recipient_looks_like_a_foreign_one(
    post: PostOffice, people: People
) -> None:
    """Rule 23: the answer does not tell whether there is such a person."""
    unknown = f"pro_{'0' * 32}"
    answers = [
        await post.refused(
            422, people.guardian, "POST", "/threads", subject="S", html="x", recipients=[one]
        )
        for one in (unknown, person(people.stranger), f"{person(people.stranger_pupil)}:guardian")
    ]
    assert answers[0] == answers[1] == answers[2]


async def test_one_wrong_recipient_stops_all(post: PostOffice, people: People) -> None:
    """Nobody gets a message of which one recipient was out of reach."""
    recipients = [person(people.colleague), person(people.stranger)]
    await post.refused(
        422, people.teacher, "POST", "/threads", subject="S", html="x", recipients=recipients
    )
    assert await post.inbox(people.colleague) == []
    await post.start(people.teacher, *recipients[:1])
    assert len(await post.inbox(people.colleague)) == 1


async def test_one_writes_only_as_oneself(post: PostOffice, people: People) -> None:
    """MSG-7: the writing profile is one of the actor's own."""
    recipients = [person(people.colleague)]
    for sender in (people.leader, people.stranger_teacher):
        problem = await post.refused(
            422,
            people.teacher,
            "POST",
            "/threads",
            subject="S",
            html="x",
            recipients=recipients,
            sender=person(sender),
        )
        assert problem["errors"][0]["field"] == "sender"
    await post.start(people.teacher, *recipients, sender=person(people.teacher))


async def test_a_message_is_about_children_of_those_concerned(
    post: PostOffice, people: People
) -> None:
    """MSG-9: staff name children of the recipients, guardians their own; nobody another's."""
    alma, bo = person(people.pupil), person(people.classmate)
    cases = (
        (people.teacher, person(people.guardian), alma, bo),
        (people.guardian, person(people.teacher), alma, bo),
    )
    for member, recipient, good, bad in cases:
        problem = await post.refused(
            422,
            member,
            "POST",
            "/threads",
            subject="S",
            html="x",
            recipients=[recipient],
            regarding=[bad],
        )
        assert problem["errors"][0]["field"] == "regarding"
        thread = await post.start(member, recipient, regarding=[good])
        found = await post.thread(people.teacher, thread)
        assert [child["name"] for child in found["children"]] == ["Alma Skov"]


async def test_a_guardian_sees_only_their_own_among_the_children(
    post: PostOffice, people: People
) -> None:
    """R1: which other children a message is about is not told to a guardian."""
    alma, bo = person(people.pupil), person(people.classmate)
    thread = await post.start(people.teacher, post.group("3.A"), regarding=[alma, bo])
    seen = {
        name: [child["name"] for child in (await post.thread(member, thread))["children"]]
        for name, member in (
            ("staff", people.teacher),
            ("anne", people.guardian),
            ("line", people.other_guardian),
        )
    }
    assert seen == {
        "staff": ["Alma Skov", "Bo Berg"],
        "anne": ["Alma Skov"],
        "line": ["Bo Berg"],
    }


async def test_search_tells_namesakes_apart(post: PostOffice, people: People) -> None:
    """R6, MSG-10: a hit shows role, child and class; a child offers the guardians too."""
    answer = await post.ask(people.teacher, "POST", "/recipients/search", words="sko")
    found = answer.json()["people"]
    by_key = {one["recipient"]: one for one in found}
    alma = person(people.pupil)
    assert by_key[person(people.guardian)]["details"] == ["Alma Skov 3.A"]
    assert by_key[alma]["details"] == ["3.A"]
    assert by_key[f"{alma}:guardian"]["kind"] == "guardian"
    assert person(people.sibling) not in by_key


async def test_search_stays_within_the_right(post: PostOffice, people: People) -> None:
    """R6, R12: what cannot be addressed is not found, whoever asks, by any part of the name."""
    for member, words, expected in (
        (people.guardian, "berg", {"Bo Berg", "Line Berg"}),
        (people.guardian, "kro", set()),
        (people.teacher, "krog", {"Carla Krogh", "Ole Krogh", "Viggo Krog"}),
        (people.teacher, "fjern", set()),
        (people.teacher, "henrik", set()),
        (people.teacher, "%", set()),
    ):
        answer = await post.ask(member, "POST", "/recipients/search", words=words)
        found = {one["name"] for one in answer.json()["people"]}
        assert found == expected, words
    assert (await post.ask(people.pupil, "POST", "/recipients/search")).status_code == 403


async def test_search_matches_danish_letters(post: PostOffice, people: People) -> None:
    """Rule 16: "soeren", "Søren" and "SØR" find Søren."""
    for words in ("soeren", "Søren", "SØR"):
        answer = await post.ask(people.teacher, "POST", "/recipients/search", words=words)
        assert [one["name"] for one in answer.json()["people"]] == ["Søren Lund"]


async def test_protected_people_go_by_their_alias(post: PostOffice, people: People) -> None:
    """STM-12, R8: a protected guardian is found by the alias, and is told apart by nothing else."""
    answer = await post.ask(people.teacher, "POST", "/recipients/search", words="voksen")
    assert {one["name"] for one in answer.json()["people"]} == {people.protected_guardian.name}


async def test_too_few_letters_suggest_the_own_groups(post: PostOffice, people: People) -> None:
    """Before one types, the groups that one belongs to are there to choose."""
    for member, expected in (
        (people.teacher, {("3.A", "guardian", 4), ("3.A", "pupil", 3)}),
        (people.guardian, {("3.A", "guardian", 4), ("3.A", "employee", 1)}),
    ):
        school = person(member)
        answer = await post.ask(member, "POST", "/recipients/search", sender=school)
        found = {(one["name"], one["kind"], one["people"]) for one in answer.json()["groups"]}
        assert found >= expected
        assert {name for name, _kind, _size in found} == {"3.A"}


async def test_the_preview_says_who_gets_it(post: PostOffice, people: People) -> None:
    """Promise 3: how many, of what kind, and who; what is out of reach is named by its id."""
    foreign = person(people.stranger)
    answer = await post.ask(
        people.teacher,
        "POST",
        "/recipients/preview",
        recipients=[post.group("3.A"), person(people.colleague), foreign],
    )
    found = answer.json()
    assert found["total"] == 5
    assert found["by_kind"] == {"guardian": 4, "employee": 1}
    assert {"Anne Skov", "Jonas Friis"} <= {one["name"] for one in found["people"]}
    assert found["out_of_reach"] == [foreign]
