"""One-time codes in the texts of messages."""

import re

# What says that there is a code, in the languages that senders of codes use most.
_HINT = re.compile(
    r"\b(?:\w*codes?|c[oó]digos?|kode?|\w*passw\w+|pin|otp|tan|2fa|token|verif\w+|log[- ]?in|sign[- ]?in)\b"
    r"|\bsecurity number\b|\bкод\w*|验证码|認証コード",
    re.IGNORECASE,
)
# No part of an address, an amount or another number; a year after "in" is none either.
_CODE = re.compile(
    r"(?<![\w+./$€£-])(?<![0-9],)(?!(?<=\bin )(?:19|20)[0-9]{2}\b)"
    r"(?:[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|(?:[0-9] ){3,7}[0-9]|[A-Z0-9]{1,3}-[0-9]{4,8}"
    r"|(?:(?<=: )|(?<= is ))(?=[A-Z-]*[0-9])[A-Z0-9]{2,}(?:-[A-Z0-9]{2,})*)"
    r"(?![\w.-]*[0-9])"
)


def one_time_code(text: str | None) -> str | None:
    """The one-time code in a text as it is to be typed in, without spaces or a hyphen between groups of digits."""
    hints = [hint.span() for hint in _HINT.finditer(text or "")]
    codes = list(_CODE.finditer(text or "")) if hints else []
    if not codes:
        return None
    # Of several numbers the code is the one closest to a word that speaks of it, rather behind it than before.
    nearest = min(codes, key=lambda code: min(_distance(code.span(), hint) for hint in hints))
    return re.sub(r"(?<=[0-9])[ -](?=[0-9])", "", nearest[0])


def _distance(code: tuple[int, int], hint: tuple[int, int]) -> int:
    return code[0] - hint[1] if code[0] >= hint[1] else hint[0] - code[1] + 2
