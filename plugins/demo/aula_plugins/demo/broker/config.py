"""What the broker is started with, and where it refuses to start at all."""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from aula_plugins.demo.cast import Side

MODE_VARIABLE = "AULA_MODE"


class NotHere(Exception):
    """The broker lets anybody be anybody, so it does not run in this place."""


class Person(msgspec.Struct, frozen=True):
    """Somebody whom one can be."""

    uniid: str
    name: str
    side: Side
    municipalities: tuple[str, ...]
    description: dict[str, str]


class BrokerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One relying party and the people who can sign in to it."""

    issuer: str
    client_id: str
    redirect_uris: tuple[str, ...]
    sign_out_uris: tuple[str, ...] = ()
    people: tuple[Person, ...]

    @property
    def netloc(self) -> str:
        """Host and port by which the broker is reached; requests under other names are refused."""
        return urlsplit(self.issuer).netloc

    def person(self, uniid: str) -> Person | None:
        """Return the person of that UNI-ID, if there is one."""
        return next((person for person in self.people if person.uniid == uniid), None)


def read_people(path: Path) -> tuple[Person, ...]:
    """Return who can sign in, from the file that the generator wrote."""
    return msgspec.json.decode(path.read_bytes(), type=tuple[Person, ...])


def check_place(host: str, mode: str, environment: Mapping[str, str] = os.environ) -> None:
    """Pass when a broker without passwords may run here; else raise `NotHere`."""
    if mode == "production" or environment.get(MODE_VARIABLE, "").lower() == "production":
        raise NotHere("the demo broker lets anybody be anybody; it does not run in production")
    if not _is_loopback(host):
        raise NotHere("the demo broker is only reached from this machine: use --host 127.0.0.1")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
