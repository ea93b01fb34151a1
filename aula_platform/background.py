"""What is done beside answering requests: subscribers and jobs of kernel and plugins, joined."""

from collections.abc import Sequence

from aula_platform.events import LiveHub, Worker
from aula_platform.files.housekeeping import make_jobs
from aula_platform.identity import housekeeping as identity
from aula_platform.kernel import Kernel
from aula_platform.storage import housekeeping as storage
from aula_sdk.contributions import Job


def make_worker(kernel: Kernel, *, hub: LiveHub | None = None, background: bool = True) -> Worker:
    """Return the worker of one process (see `Worker`); it is not started yet."""
    jobs: Sequence[Job] = (
        *storage.JOBS,
        *identity.JOBS,
        *make_jobs(kernel.files.blobs),
        *kernel.jobs,
    )
    return Worker(
        kernel.storage,
        kernel.platform,
        subscribers=kernel.subscribers,
        jobs=jobs,
        hub=hub,
        background=background,
    )
