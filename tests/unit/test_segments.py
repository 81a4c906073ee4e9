import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandwidth_messaging.segments import count, explain

CAPACITIES = {("GSM-7", True): 160, ("GSM-7", False): 153, ("UCS-2", True): 70, ("UCS-2", False): 67}


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("👋" * 35, 1),
        ("👋" * 36, 2),
    ],
)
def test_a_text_takes_as_many_segments_as_it_needs(text: str, segments: int) -> None:
    assert count(text) == segments


def test_an_empty_text_takes_one_segment_since_no_message_takes_none() -> None:
    assert explain("").parts == ("",)
    assert count("") == 1


def test_every_character_of_the_alphabet_is_one_septet() -> None:
    alphabet = (
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    )

    assert (len(alphabet), explain(alphabet).units, explain(alphabet).encoding) == (127, 127, "GSM-7")


@pytest.mark.parametrize("character", "^{}\\[~]|€\f")
def test_a_character_of_the_extension_is_two_septets(character: str) -> None:
    assert (explain(character).units, explain(character).encoding) == (2, "GSM-7")


@pytest.mark.parametrize("character", "ç`’“\t\0я\u200b")
def test_a_character_that_gsm_7_lacks_forces_ucs_2_and_is_named(character: str) -> None:
    explanation = explain(f"ab{character}c{character}")

    assert (explanation.encoding, explanation.units) == ("UCS-2", 5)
    assert explanation.forced_by == ((2, character), (4, character))


def test_positions_count_characters_not_code_units() -> None:
    assert explain("👋👋").forced_by == ((0, "👋"), (1, "👋"))
    assert explain("👋👋").units == 4


def test_an_escape_pair_is_never_cut_in_two() -> None:
    explanation = explain("a" * 152 + "€" + "a" * 152 + "€" + "a")

    assert explanation.units == 309
    assert [len(part) for part in explanation.parts] == [152, 152, 3]


def test_a_pair_at_each_cut_can_cost_a_segment_more_than_division_says() -> None:
    text = "a" * 152 + "€" + "a" * 150 + "€" + "a" * 153

    assert explain(text).units == 3 * 153
    assert count(text) == 4


def test_a_surrogate_pair_is_never_cut_in_two() -> None:
    explanation = explain("я" * 66 + "👋" + "я" * 10)

    assert explanation.parts == ("я" * 66, "👋" + "я" * 10)


def test_a_lone_surrogate_is_one_unit() -> None:
    assert explain("\ud800").units == 1


def test_an_explanation_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        explain("a").segments = 2  # type: ignore[misc]


def _units(part: str, encoding: str) -> int:
    if encoding == "UCS-2":
        return len(part.encode("utf-16-le", "surrogatepass")) // 2
    return sum(2 if character in "^{}\\[~]|€\f" else 1 for character in part)


@given(st.text(alphabet=st.one_of(st.sampled_from("a€^é"), st.sampled_from("aя👋")), max_size=700))
def test_the_parts_are_the_text_and_each_fits(text: str) -> None:
    explanation = explain(text)
    capacity = CAPACITIES[explanation.encoding, explanation.segments == 1]

    assert "".join(explanation.parts) == text
    assert explanation.units_per_segment == capacity
    assert all(_units(part, explanation.encoding) <= capacity for part in explanation.parts)
    assert sum(_units(part, explanation.encoding) for part in explanation.parts) == explanation.units
