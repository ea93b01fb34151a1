"""Facts on their way to whoever reacts to them: outbox, relay, scheduled jobs, live topics."""

from pathlib import Path

from aula_platform.events.dead_letters import ParkedLane, parked_lanes, replay, skip
from aula_platform.events.encoding import WrongEvent, event_schemas, known_event_types
from aula_platform.events.hub import EVERYTHING, LiveHub, Stream
from aula_platform.events.jobs import JobRunner, JobState, job_states
from aula_platform.events.outbox import forget_subscriber, record, register_subscribers
from aula_platform.events.relay import Patience, Relay
from aula_platform.events.tables import metadata
from aula_platform.events.worker import Worker
from aula_platform.storage import Owner

OWNER = Owner("events", metadata, Path(__file__).parent / "migrations")

__all__ = [
    "EVERYTHING",
    "OWNER",
    "JobRunner",
    "JobState",
    "LiveHub",
    "ParkedLane",
    "Patience",
    "Relay",
    "Stream",
    "Worker",
    "WrongEvent",
    "event_schemas",
    "forget_subscriber",
    "job_states",
    "known_event_types",
    "parked_lanes",
    "record",
    "register_subscribers",
    "replay",
    "skip",
]
