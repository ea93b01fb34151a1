"""The main job: a teacher writes, a guardian answers, a stranger's widget works."""

import re

import httpx

SUBJECT = "Lejrskole i uge 18"
THREADS = "/api/v1/messages/threads"


def _as_page(browser: httpx.Client) -> dict[str, str]:
    """Return the header that a page sends with what it changes."""
    found = re.search(r'<meta name="csrf-token" content="([^"]+)"', browser.get("/").text)
    assert found, "a page carries the session's token"
    return {"x-csrftoken": found[1]}


def _post(browser: httpx.Client, path: str, body: dict[str, object]) -> httpx.Response:
    answer = browser.post(path, json=body, headers=_as_page(browser))
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return answer


def _find(browser: httpx.Client, subject: str) -> dict[str, object]:
    items = browser.get(THREADS).json()["items"]
    found = [item for item in items if item["subject"] == subject]
    assert len(found) == 1, f"{subject}: {len(found)} conversations"
    return dict(found[0])


def write_and_answer(teacher: httpx.Client, guardian: httpx.Client, other: httpx.Client) -> None:
    """MSG-8, MSG-11: the guardians of 3.A get it; an answer goes to the teacher alone."""
    groups = _post(teacher, "/api/v1/messages/recipients/search", {"words": "3.A"}).json()["groups"]
    guardians = [group for group in groups if group["kind"] == "guardian"]
    assert len(guardians) == 1, "the search offers the guardians of 3.A"
    assert guardians[0]["people"] > 20
    words = "<p>Vi tager af sted <strong>mandag kl. 8</strong>.</p><script>alert(1)</script>"
    to = [guardians[0]["recipient"]]
    _post(teacher, THREADS, {"subject": SUBJECT, "html": words, "recipients": to})

    received = _find(guardian, SUBJECT)
    page = guardian.get(f"/messages/{received['id']}").text
    assert "<strong>mandag kl. 8</strong>" in page
    assert "alert(1)" not in page
    answer: dict[str, object] = {"html": "<p>Tak, Alma glæder sig.</p>"}
    _post(guardian, f"{THREADS}/{received['id']}/messages", answer)

    answered = [item for item in teacher.get(THREADS).json()["items"] if item["subject"] == SUBJECT]
    assert len(answered) == 2, "the answer is a conversation between the two"
    texts = [teacher.get(f"/messages/{item['id']}").text for item in answered]
    assert any("Alma glæder sig" in text for text in texts)
    assert "Alma glæder sig" not in other.get(f"/messages/{_find(other, SUBJECT)['id']}").text


def use_the_widget(guardian: httpx.Client, stranger: httpx.Client, vendor: str) -> None:
    """WID-19, WID-35: the vendor knows by our token whose week to show, and nobody else."""
    address = "/widgets/fjordvang/ugeplan/token"
    token = guardian.post(address, headers=_as_page(guardian)).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=vendor, timeout=30) as server:
        children = server.get("/api/children", headers=bearer).json()["children"]
        assert [child["name"].split()[0] for child in children] == ["Alma", "Villads"]
        query = {"child": children[0]["id"], "week": "2026-W48"}
        week = server.get("/api/week", params=query, headers=bearer).json()
        assert week["child"] == children[0]["id"]
        assert server.get("/api/children").status_code == 401
        damaged = {"Authorization": f"Bearer {token[:-4]}AAAA"}
        assert server.get("/api/children", headers=damaged).status_code == 401
    refused = stranger.post(address, headers=_as_page(stranger))
    assert refused.status_code == 403, "no token for whom the widget is not shown to"
