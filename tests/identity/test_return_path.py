"""Where one comes out after signing in, and how often one may begin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aula_platform.identity.login_rate import take_turn
from aula_platform.identity.return_path import keep_local
from aula_platform.storage import EVERYWHERE, Storage


@pytest.mark.parametrize(
    "path", ["/", "/messages/", "/messages/thr_1?part=2#last", "/a/b.c", "/?x=//y", "/rolex"]
)
def test_ones_own_pages_are_kept(path: str) -> None:
    """One comes back to exactly where one was."""
    assert keep_local(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "messages",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\x00",
        "/æ",
        "/" + "a" * 2000,
        "/sign-in",
        "/sign-in/test?next=/",
        "/sign-out",
        "/role",
    ],
)
def test_nothing_else_is(path: str | None) -> None:
    """Other sites, what a browser might read as one, and the way round in circles."""
    assert keep_local(path) == "/"


async def test_one_address_cannot_begin_without_end(storage: Storage) -> None:
    """The bucket empties at its own pace, for each address and broker apart."""
    narrow: dict[str, Any] = {"seconds_each": 10.0, "burst": 3}
    async with storage.write(EVERYWHERE) as write:
        taken = [await take_turn(write, "192.0.2.1", "a", **narrow) for _ in range(4)]
        assert taken == [True, True, True, False]
        assert await take_turn(write, "192.0.2.2", "a", **narrow)
        assert await take_turn(write, "192.0.2.1", "b", **narrow)
        write.now += timedelta(seconds=10)
        taken = [await take_turn(write, "192.0.2.1", "a", **narrow) for _ in range(2)]
        assert taken == [True, False]
