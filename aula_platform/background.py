"""What is done beside answering requests: subscribers and jobs of kernel and plugins, joined."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from aula_platform.audit import housekeeping as audit
from aula_platform.audit.anchors import AnchorStore
from aula_platform.data_map import list_personal_data
from aula_platform.events import LiveHub, Worker
from aula_platform.files.housekeeping import make_jobs
from aula_platform.identity import housekeeping as identity
from aula_platform.kernel import Kernel, owners_of, retention_of, subject_data_of
from aula_platform.plugin_host import Host, Place
from aula_platform.plugin_host.guard import name_place
from aula_platform.privacy import Installation
from aula_platform.privacy.requests.working import RequestWork
from aula_platform.privacy.retention.archive import Archive
from aula_platform.privacy.retention.working import RetentionWork
from aula_platform.sampling import housekeeping as sampling
from aula_platform.storage import housekeeping as storage
from aula_sdk.contributions import Job
from aula_sdk.events import Subscriber


def make_worker(kernel: Kernel, *, hub: LiveHub | None = None, background: bool = True) -> Worker:
    """Return the worker of one process (see `Worker`); it is not started yet."""
    settings = kernel.settings
    jobs: Sequence[Job] = (
        *audit.make_jobs(
            kernel.storage,
            AnchorStore(settings.anchors_url),
            timedelta(minutes=settings.audit.anchor_minutes),
            {
                one: settings.municipalities[key].audit.keep_months
                for key, one in kernel.municipalities.items()
            },
        ),
        *sampling.make_jobs(kernel.storage),
        *storage.JOBS,
        *identity.JOBS,
        *make_jobs(kernel.files.blobs),
        _request_work(kernel).job(),
        _retention_work(kernel).job(),
        *kernel.jobs,
    )
    return Worker(
        kernel.storage,
        kernel.platform,
        subscribers=kernel.subscribers,
        jobs=jobs,
        hub=hub,
        background=background,
        is_paused=_find_paused(kernel.host),
    )


def _request_work(kernel: Kernel) -> RequestWork:
    """Return what does people's requests for their own data."""
    here = Installation(kernel.storage, owners_of(kernel.host), kernel.files.blobs)
    declared = [one for _owner, one in list_personal_data(kernel.host)]
    folder = kernel.settings.data / "exports-being-made"
    subjects = retention_of(kernel.host)
    return RequestWork(here, subject_data_of(kernel.host), declared, folder, subjects)


def _retention_work(kernel: Kernel) -> RetentionWork:
    """Return what deletes by the municipalities' rules."""
    here = Installation(kernel.storage, owners_of(kernel.host), kernel.files.blobs)
    return RetentionWork(here, Archive(kernel.settings.archive_url), retention_of(kernel.host))


def _find_paused(host: Host) -> Callable[[str], bool]:
    """Return whether a plugin's subscriber or job of that name is in quarantine."""
    places = {
        **{item.name: Place(plugin, name_place(item, "run")) for plugin, item in host.each(Job)},
        **{
            item.name: Place(plugin, name_place(item, "handle"))
            for plugin, item in host.each(Subscriber)
        },
    }

    def is_paused(name: str) -> bool:
        return name in places and host.faults.is_closed(places[name])

    return is_paused
