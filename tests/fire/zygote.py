"""Serves the whole site in a process that is forked, so that a new one is there at once.

``python -m tests.fire.zygote CONFIGURATION PORT`` imports everything, then forks a process that
serves (uvicorn, deliveries and jobs, as ``aula serve`` has it) for each line that it reads, and
prints that process's id. Who serves is killed from outside. At the end of the input it ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

from aula_platform.cli.logs import log_to_stderr
from aula_platform.plugin_host import start_host
from aula_platform.serving.worker import Serving, serve_alone
from aula_platform.settings import load_settings


def main() -> None:
    """Read lines until there are no more."""
    log_to_stderr()
    settings, host = load_settings(Path(sys.argv[1])), start_host()
    serving = Serving("127.0.0.1", int(sys.argv[2]))
    child = 0
    for _line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                serve_alone(settings, host, serving)
            finally:
                os._exit(1)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        # Whoever was killed is known to be gone before the next one comes.
        os.waitpid(child, 0)
        sys.stdout.write("gone\n")
        sys.stdout.flush()
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
