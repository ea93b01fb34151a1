"""What is done in the background: samples of the log are drawn when they are due."""

from datetime import timedelta

from aula_plugins.administration.settings import plan_of
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform


async def draw_samples(platform: Platform) -> None:
    """Draw what is due in each municipality, as it has chosen; what is drawn already stays."""
    for municipality_id in platform.active_municipalities("administration"):
        await platform.log_samples.draw_due(municipality_id, plan_of(platform, municipality_id))


JOBS = (Job("administration.draw_samples", timedelta(hours=1), draw_samples),)
