"""What the demo's administrator has chosen: where that is left open, and once."""

from __future__ import annotations

import sqlalchemy as sa

from aula_platform.stamdata.tables import institution
from aula_platform.storage import EVERYWHERE
from aula_plugins.administration.demo import fill_demo
from tests.administration.office import Office, whole

_REST = "choices of an administrator, 0 roles given"


async def test_an_administrator_has_chosen_once(office: Office) -> None:
    """The demo shows a choice with its name; filled again, it adds nothing."""
    leader, site = office.people.leader, office.site
    nothing = f"0 {_REST}, 0 decisions about deletion, 0 samples"
    assert await fill_demo(site.platform) == nothing
    async with site.storage.write(EVERYWHERE) as write:
        home = institution.c.id == leader.institution_id
        await write.execute(sa.update(institution).where(home).values(kind="municipality"))
    once = f"1 {_REST}, 3 decisions about deletion, 1 samples"
    assert await fill_demo(site.platform) == once
    chosen = await office.setting(leader, whole(leader), "posts", "important_days")
    assert (chosen["value"], chosen["decision"]["name"]) == (10, "Kirsten Bang")
    (sample,) = (await office.get(leader, "/samples"))["items"]
    assert (sample["state"], sample["judged"]) == ("waiting", 4)
    assert await fill_demo(site.platform) == nothing
