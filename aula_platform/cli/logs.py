"""What the program logs goes to stderr; what a command answers goes to stdout alone."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import ExcInfo, Processor

from aula_platform.cli.tracebacks import tell_error

_TOLD: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def log_to_stderr() -> None:
    """Write log lines to stderr: for programs one JSON object for each (ASVS 16.2.4), at a terminal
    words for people; in both without what could be people's: the values of variables, and the words
    of a database about a row.

    Lines of libraries take the same way: their warnings and faults, and of ours what is told too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_TOLD,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_last_steps(sys.stderr),
            ],
        )
    )
    # What else has put there stays; a second call of this replaces the first one's.
    root = logging.getLogger()
    for known in [one for one in root.handlers if one.get_name() == __name__]:
        root.removeHandler(known)
    handler.set_name(__name__)
    root.addHandler(handler)
    logging.getLogger("aula").setLevel(logging.INFO)
    structlog.configure(
        processors=[*_TOLD, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _last_steps(out: TextIO) -> list[Processor]:
    if out.isatty():
        return [structlog.dev.ConsoleRenderer(exception_formatter=_write_error)]
    return [
        structlog.processors.ExceptionRenderer(lambda told: tell_error(told[1])),
        # ASCII alone: neither the terminal's encoding nor a line separator can break a line.
        structlog.processors.JSONRenderer(),
    ]


def _write_error(out: TextIO, told: ExcInfo) -> None:
    out.write("\n" + tell_error(told[1]))
