"""GDPR-3: chance that is fair, and that anybody can repeat."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from aula_platform.sampling.chance import WEIGHTS, new_seed, places, share
from aula_sdk.log_samples import Signal

SEEDS = 3_000
POPULATION, WANTED = 20, 5
FOUND = st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.integers(0, 40))


@given(seed=st.text(max_size=64), label=st.sampled_from(sorted(Signal)), count=st.integers(0, 200))
def test_every_place_comes_once_and_in_the_same_order_again(
    seed: str, label: str, count: int
) -> None:
    """A permutation of all that there is; the same from the same seed."""
    order = list(places(seed, label, count))
    assert sorted(order) == list(range(1, count + 1))
    assert order == list(places(seed, label, count))


def test_each_entry_is_as_likely_as_any_other() -> None:
    """Chi-square over 3000 fixed seeds stays below what chance exceeds once in a thousand times."""
    seen: Counter[int] = Counter()
    for number in range(SEEDS):
        seen.update(islice(places(f"{number:064x}", "chance", POPULATION), WANTED))
    expected = SEEDS * WANTED / POPULATION
    # A draw without repetition varies less than one with: by (N - n) / (N - 1).
    spread = (POPULATION - WANTED) / (POPULATION - 1)
    chi = sum((seen[place] - expected) ** 2 / expected for place in range(1, POPULATION + 1))
    assert chi / spread < 43.8  # 19 degrees of freedom, one in a thousand.


def test_another_seed_and_another_reason_give_another_order() -> None:
    """What is drawn for one reason tells nothing of what is drawn for another."""
    first, second = new_seed(), new_seed()
    assert first != second
    assert len(bytes.fromhex(first)) == 32
    orders = {
        tuple(places(seed, label, 50))
        for seed in (first, second)
        for label in (Signal.CHANCE, Signal.EXPORT)
    }
    assert len(orders) == 4


def test_the_order_is_what_decision_0039_says() -> None:
    """Whoever repeats a draw in another language has these to compare with."""
    assert list(islice(places("00" * 32, "chance", 1000), 5)) == [386, 253, 26, 902, 552]


@given(wanted=st.integers(0, 200), found=FOUND)
def test_what_is_drawn_by_risk_is_shared_by_weight(wanted: int, found: dict[Signal, int]) -> None:
    """All that is wanted, as far as there is anything; none of what there is not."""
    given_ = share(wanted, found)
    assert sum(given_.values()) == min(wanted, sum(found.values()))
    for one, number in given_.items():
        assert number <= found.get(one, 0)
        heavier = [
            other
            for other in WEIGHTS
            if WEIGHTS[other] >= WEIGHTS[one] and given_[other] < found.get(other, 0)
        ]
        # Nobody with a greater weight and something left has less.
        assert all(given_[other] + 1 >= number for other in heavier)
