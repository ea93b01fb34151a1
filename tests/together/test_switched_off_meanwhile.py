"""A plugin that is switched off in the middle of a request is gone; nothing else seems wrong."""

from __future__ import annotations

import pytest

from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_plugins.messages.models import RecipientKind
from aula_plugins.messages.service.audience import resolve, senders
from aula_plugins.messages.service.choices import Choice
from aula_sdk.errors import SwitchedOff
from aula_sdk.i18n import Text
from aula_sdk.testing.plugin import People


@pytest.mark.parametrize("is_off", [False, True], ids=["on", "off"])
async def test_nobody_is_told_that_their_recipients_were_wrong(
    running: RunningSite, people: People, *, is_off: bool
) -> None:
    """Who had come in while messages were on is answered as if they had come afterwards."""
    actor = await running.actor(people.teacher)
    (sender,) = senders(actor)
    choice = Choice(RecipientKind.PERSON, people.guardian.profile_id)
    activation = running.app.state.activation
    async with running.storage.read(EVERYWHERE) as read:
        if is_off:
            activation.suspend("messages", Text("sdk", "broken"))
            with pytest.raises(SwitchedOff):
                await resolve(read, running.platform, actor, sender, [choice])
        else:
            found = await resolve(read, running.platform, actor, sender, [choice])
            assert [one.profile_id for one in found.people] == [people.guardian.profile_id]
            assert found.out_of_reach == ()
