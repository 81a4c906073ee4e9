"""How many segments a text takes, in which encoding, and which character decided it.

A text message travels in segments of 140 bytes. A text written only in the GSM-7 alphabet (3GPP TS 23.038) fits
160 characters into one segment; a single character outside it turns the whole text into UCS-2, which fits 70.
A longer text is cut into parts, and a header of six bytes in each leaves room for 153 or 67.

```python
from bandwidth_messaging import segments

segments.count("Hello")  # 1
segments.explain("Hello 👋").forced_by  # ((6, '👋'),)
```
"""

from dataclasses import dataclass

__all__ = ["Explanation", "count", "explain"]

GSM_7 = "GSM-7"
UCS_2 = "UCS-2"

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these is sent as an escape and a second septet.
_EXTENDED = frozenset("^{}\\[~]|€\f")
_GSM_7 = _BASIC | _EXTENDED
_SINGLE = {GSM_7: 160, UCS_2: 70}
_CONCATENATED = {GSM_7: 153, UCS_2: 67}


@dataclass(frozen=True)
class Explanation:
    """Why a text takes as many segments as it does.

    Attributes:
        encoding: `"GSM-7"` or `"UCS-2"`.
        units: Length of the text in units of the encoding: septets for GSM-7, 16-bit code units for UCS-2.
        segments: How many segments the text takes.
        units_per_segment: How many units fit into each segment: 160 or 153 for GSM-7, 70 or 67 for UCS-2.
        forced_by: The characters that GSM-7 lacks, each as (position in the text, character). Empty for GSM-7.
        parts: The text as it is cut into segments.
    """

    encoding: str
    units: int
    segments: int
    units_per_segment: int
    forced_by: tuple[tuple[int, str], ...]
    parts: tuple[str, ...]


def count(text: str) -> int:
    """Count the segments that a text takes.

    The empty text takes one: a message never takes none, and a picture message without a text counts as one too.

    Args:
        text: The text of the message.

    Returns:
        The number of segments, 1 or more.

    Raises:
        ValueError: It is not a string.
    """
    return explain(text).segments


def explain(text: str) -> Explanation:
    """Explain how a text is encoded and cut into segments.

    Args:
        text: The text of the message.

    Returns:
        Encoding, length, parts and the characters that forced UCS-2. A GSM-7 escape pair and a UTF-16 surrogate
        pair are never cut in two, so the number of parts can exceed units divided by units per segment.

    Raises:
        ValueError: It is not a string.
    """
    if not isinstance(text, str):
        raise ValueError(f"text: give a string, not {type(text).__name__}")
    forced_by = tuple((position, character) for position, character in enumerate(text) if character not in _GSM_7)
    encoding = UCS_2 if forced_by else GSM_7
    widths = [_width(character, encoding) for character in text]
    units = sum(widths)
    capacity = _SINGLE[encoding] if units <= _SINGLE[encoding] else _CONCATENATED[encoding]
    parts = _cut(text, widths, capacity)
    return Explanation(encoding, units, len(parts), capacity, forced_by, parts)


def _width(character: str, encoding: str) -> int:
    if encoding == GSM_7:
        return 2 if character in _EXTENDED else 1
    return 2 if character > "\uffff" else 1


def _cut(text: str, widths: list[int], capacity: int) -> tuple[str, ...]:
    starts, used = [0], 0
    for position, width in enumerate(widths):
        if used + width > capacity:
            starts.append(position)
            used = 0
        used += width
    return tuple(text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True))
