"""A check of a stranger's file may not take the machine with it."""

import resource

CPU_SECONDS = 10
MEMORY_BYTES = 1024**3


def limit_this_process() -> None:
    """From here on this process gets ten seconds of CPU, 1 GB of memory, and writes no file."""
    for limit, value in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
