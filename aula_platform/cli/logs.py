"""What the program logs goes to stderr; what a command answers goes to stdout alone."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

_TOLD: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def log_to_stderr() -> None:
    """Write log lines to stderr: for programs one JSON object for each (ASVS 16.2.4), at a terminal
    words for people; in both without the values of variables, which could be people's.

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
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
