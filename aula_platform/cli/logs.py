"""What the program logs goes to stderr; what a command answers goes to stdout alone."""

import sys

import structlog


def log_to_stderr() -> None:
    """Write log lines to stderr: one for each, without the values of variables, which could be
    people's.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
