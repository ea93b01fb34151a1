"""Jobs and subscribers obey choices as requests do: each begins with what is chosen now."""

from dataclasses import replace

from aula_platform.plugin_host.activation import Activation
from aula_sdk.contributions import Job
from aula_sdk.events import Event, Subscriber
from aula_sdk.protocols import Platform, WriteUnit


def obey_in_subscriber(subscriber: Subscriber, activation: Activation) -> Subscriber:
    """Return the subscriber, which catches up with the choices before each event."""

    async def handle(event: Event, write: WriteUnit, platform: Platform) -> None:
        await activation.catch_up(write)
        await subscriber.handle(event, write, platform)

    return replace(subscriber, handle=handle)


def obey_in_job(job: Job, activation: Activation) -> Job:
    """Return the job, which catches up with the choices before each run."""

    async def run(platform: Platform) -> None:
        async with platform.read() as read:
            await activation.catch_up(read)
        await job.run(platform)

    return replace(job, run=run)
