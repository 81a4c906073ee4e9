"""What a telephone number tells: its country, and the messaging product that it is used with."""

_COUNTRIES = {
    "+1": "USA", "+33": "FRA", "+34": "ESP", "+39": "ITA", "+44": "GBR", "+49": "DEU", "+52": "MEX", "+55": "BRA",
    "+61": "AUS", "+64": "NZL", "+81": "JPN", "+91": "IND",
}  # fmt: skip
_TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")


def country(number: str) -> str | None:
    """The ISO 3166 alpha-3 code of the country of a number, guessed by its calling code; +1 counts as the USA."""
    return _COUNTRIES.get(number[:2]) or _COUNTRIES.get(number[:3])


def product(sender: str) -> str:
    """The messaging product of a sender, a value of the contract's productTypeEnum."""
    if sender.startswith(_TOLL_FREE):
        return "TOLL_FREE"
    if sender.isdigit():
        return "SHORT_CODE_REACH"
    return "LOCAL_A2P" if sender.startswith("+") else "ALPHA_NUMERIC"
