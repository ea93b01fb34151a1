"""Chance that can be repeated: places in a list that follow from a seed, and from nothing else.

The method is told whole, so that anybody can do it again in any language (decision 0039): the
digest of ``seed:label:0``, ``seed:label:1``, … by SHA-256, each as a number, modulo the length of
the list; what has come before is passed over. Each place is as likely as any other, but for less
than 2**-200.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping

from aula_sdk.log_samples import Signal

METHOD = "aula-sample/1"
WEIGHTS: Mapping[Signal, int] = {
    Signal.PROTECTED: 4,
    Signal.OWN_FAMILY: 4,
    Signal.NO_COMMON_GROUP: 3,
    Signal.COLLEAGUE: 2,
    Signal.MANY_LOOKS: 2,
    Signal.UNUSUAL_HOUR: 2,
    Signal.SENSITIVE: 2,
    Signal.SUPPORT: 3,
    Signal.EXPORT: 2,
    Signal.RIGHTS: 2,
}
"""How much each signal counts when what is drawn by risk is shared among them."""


def new_seed() -> str:
    """Return a seed that nobody could have known before."""
    return secrets.token_hex(32)


def places(seed: str, label: str, count: int) -> Iterator[int]:
    """Yield every number from 1 to ``count`` once, in the order that the seed gives.

    Meant for the first few of them: what was yielded is remembered.
    """
    seen: set[int] = set()
    turn = 0
    while len(seen) < count:
        digest = hashlib.sha256(f"{seed}:{label}:{turn}".encode()).digest()
        place = int.from_bytes(digest) % count + 1
        turn += 1
        if place not in seen:
            seen.add(place)
            yield place


def share(wanted: int, found: Mapping[Signal, int]) -> dict[Signal, int]:
    """Share ``wanted`` places among the signals by weight; none gets more than it has entries.

    One place after the other goes to the signal whose weight, divided by one more than what it
    has, is the greatest (d'Hondt's method); the order of `WEIGHTS` decides between equals.
    """
    given = dict.fromkeys(WEIGHTS, 0)
    for _place in range(wanted):
        open_ = [one for one in WEIGHTS if given[one] < found.get(one, 0)]
        if not open_:
            break
        given[max(open_, key=lambda one: WEIGHTS[one] / (given[one] + 1))] += 1
    return given
