"""The process beside this one in which images are read; a new one is started when it dies."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from aula_platform.files.images import Unreadable, prepare_process, rewrite

_TASKS_PER_PROCESS = 200


class ImageProcess:
    """Starts at the first image, and again after one that it did not survive."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        # One at a time, so that it is known of which image the process died.
        self._turn = asyncio.Lock()

    async def rewrite(
        self, source: Path, image_format: str, target: Path, preview: Path, thumbnail: Path
    ) -> None:
        """Do `images.rewrite` there; raise `Unreadable` also when the process dies of it, twice.

        The first time it may have died before, while nobody watched.
        """
        async with self._turn:
            for _attempt in range(2):
                try:
                    work = self._open().submit(
                        rewrite, source, image_format, target, preview, thumbnail
                    )
                    return await asyncio.wrap_future(work)
                except BrokenProcessPool:
                    self.close()
        raise Unreadable("the process died")

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1,
                # A fork would share this process's threads and connections.
                mp_context=multiprocessing.get_context("spawn"),
                initializer=prepare_process,
                max_tasks_per_child=_TASKS_PER_PROCESS,
            )
        return self._pool

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
