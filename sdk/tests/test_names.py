"""Danish order and matching (rule 16)."""

from hypothesis import given
from hypothesis import strategies as st

from aula_sdk.names import natural_sort_key, search_key, sort_key


def test_danish_letters_come_last_and_aa_is_one_of_them() -> None:
    """Rule 16: æ, ø, å after z; aa sorts as å; accents decide nothing."""
    names = ["Åse", "Anna", "Øjvind", "Zoë", "Ærlig", "Aaberg", "Ågård", "Andre", "André B"]
    expected = ["Andre", "André B", "Anna", "Zoë", "Ærlig", "Øjvind", "Aaberg", "Ågård", "Åse"]
    assert sorted(names, key=sort_key) == expected


def test_folded_keys_meet_however_a_name_is_typed() -> None:
    """Rule 16: aa = å, case and accents do not matter, spaces are one."""
    assert search_key("Åse") == search_key("AASE") == search_key("aase")
    assert search_key("  Søren   Møller ") == search_key("soeren moeller")
    assert search_key("Zoë") == "zoe"


def test_groups_sort_by_their_number_and_are_found_by_their_beginning() -> None:
    """3.A comes before 10.A, and what one types finds the stored key of the group."""
    assert sorted(["10.A", "3.B", "3.A"], key=natural_sort_key) == ["3.A", "3.B", "10.A"]
    for typed in ("3", "3.", "3.a", "3.A"):
        assert natural_sort_key("3.A").startswith(natural_sort_key(typed))
    assert not natural_sort_key("10.A").startswith(natural_sort_key("1"))


@given(st.text())
def test_any_text_has_keys_that_do_not_change_again(text: str) -> None:
    """Whatever is written, folding what was folded changes nothing."""
    folded = search_key(text)
    assert search_key(folded) == folded
    assert isinstance(sort_key(text), str)
    assert isinstance(natural_sort_key(text), str)
