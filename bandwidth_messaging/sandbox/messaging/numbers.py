"""What a telephone number tells: its country, and the messaging product that it is used with."""

_COUNTRIES = {
    "+1": "USA", "+33": "FRA", "+34": "ESP", "+39": "ITA", "+44": "GBR", "+49": "DEU", "+52": "MEX", "+55": "BRA",
    "+61": "AUS", "+64": "NZL", "+81": "JPN", "+91": "IND",
}  # fmt: skip
_TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")


def country(number: str) -> str | None:
    """Guess the country of a number by its calling code; +1 counts as the United States.

    Args:
        number: A number in E.164 format, or another kind of sender.

    Returns:
        An ISO 3166 alpha-3 code, or None if the code is not among the few that the sandbox knows.
    """
    return _COUNTRIES.get(number[:2]) or _COUNTRIES.get(number[:3])


def product(sender: str) -> str:
    """Tell the messaging product of a sender.

    Args:
        sender: A number in E.164 format, a short code or an alphanumeric sender.

    Returns:
        A value of the contract's productTypeEnum.
    """
    if sender.startswith(_TOLL_FREE):
        return "TOLL_FREE"
    if sender.isdigit():
        return "SHORT_CODE_REACH"
    return "LOCAL_A2P" if sender.startswith("+") else "ALPHA_NUMERIC"
