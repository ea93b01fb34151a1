"""Lists as parameters: few lengths, the same meaning."""

from hypothesis import given
from hypothesis import strategies as st

from aula_platform.storage.lists import even_out


@given(st.lists(st.integers(), max_size=200))
def test_a_list_means_the_same_in_fewer_lengths(values: list[int]) -> None:
    """Decision 0019: a database plans one statement for 17 to 32 values, and finds the same."""
    evened = even_out({"many": values, "one": "text"})
    assert evened is not None
    assert set(evened["many"]) == set(values)
    assert evened["one"] == "text"
    length = len(evened["many"])
    assert length >= len(values)
    assert length < 2 * max(1, len(values))
    assert length & (length - 1) == 0
