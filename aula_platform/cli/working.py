"""``aula work``: deliver events and run jobs in a process of its own (rule 19)."""

import asyncio
import signal

import click

from aula_platform.background import make_worker
from aula_platform.cli.context import CommandContext, pass_context


@click.command()
@pass_context
def work(context: CommandContext) -> None:
    """Deliver events and run jobs until interrupted; several may work side by side.

    On the embedded database the serving process does this; there it is refused.
    """
    if context.settings.database_url.startswith("sqlite"):
        raise click.UsageError("the embedded database is worked on by `aula serve` itself")
    asyncio.run(_work(context))


async def _work(context: CommandContext) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stopped.set)
    async with context.kernel() as kernel:
        worker = make_worker(kernel)
        await worker.start()
        try:
            async with kernel.shared_faults.sharing():
                await stopped.wait()
        finally:
            await worker.stop()
