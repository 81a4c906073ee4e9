"""Messages that phones send: which of the account's numbers they reach, in which family, and STOP and START."""

import re
from collections.abc import Sequence

from ..families.family import Incoming
from ..families.services import Services
from ..store.messages import Row, unpacked
from .accounts import Account

_STOP = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"))
_START = frozenset(("START", "UNSTOP", "YES"))
_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")
_FALLBACK_OWNER = "+15557654321"


def receive(
    services: Services,
    account: Account,
    sender: str,
    text: str | None,
    recipients: Sequence[str] = (),
    media: Sequence[str] = (),
    family: str | None = None,
) -> str:
    """Take a message from a phone.

    Args:
        services: What the sandbox works with.
        account: Whose number it is sent to.
        sender: The phone's number.
        text: The text; None if there is none.
        recipients: Whom it goes to: the account's number first, then the others of a group. Empty answers the last
            message that the account sent to this phone.
        media: Addresses of pictures.
        family: The family whose application gets it; None takes that of the last message to this phone.

    Returns:
        The id of the message.

    Raises:
        ValueError: If there is neither text nor media, no such family, or a number is not in E.164 format.
    """
    if not text and not media:
        raise ValueError("text or media must be given")
    for name, number in (("from_", sender), *(("to", each) for each in recipients)):
        if not _NUMBER.fullmatch(number):
            raise ValueError(f"{name} must be a number in E.164 format, such as +15552345678, not {number!r}")
    if family is not None and family not in services.families:
        raise ValueError(f"family must be one of {', '.join(services.families)}, not {family!r}")
    original = _last_to(services, account, sender, recipients[0] if recipients else None, family)
    chosen = family or (original["family"] if original else "v2")
    owner = recipients[0] if recipients else (original["owner"] if original else None) or _FALLBACK_OWNER
    incoming = Incoming(sender, tuple(recipients) or (owner,), owner, text, tuple(media), account.clock.now(), original)
    message_id, batch = services.families[chosen].received(account, incoming)
    _mind_stop(services, account, incoming)
    services.keep(account, batch)
    return message_id


def has_opted_out(services: Services, account_id: str, owner: str, phone: str) -> bool:
    """Tell whether a phone has sent STOP to a number.

    Args:
        services: What the sandbox works with.
        account_id: The account in its family.
        owner: The account's number.
        phone: The phone's number.

    Returns:
        True until the phone sends START.
    """
    sql = "SELECT 1 FROM opt_outs WHERE account_id = ? AND owner = ? AND phone = ?"
    return bool(services.store.select(sql, (account_id, owner, phone)))


def _last_to(services: Services, account: Account, phone: str, owner: str | None, family: str | None) -> Row | None:
    """Find the last message to a phone: of each family by its index, of those the latest."""
    found: list[Row] = []
    for account_id in account.ids:
        sql = (
            "SELECT m.*, d.position FROM deliveries d JOIN messages m ON m.message_id = d.message_id"
            " WHERE d.account_id = ? AND d.destination_tn = ? AND d.message_direction = 'OUTBOUND'"
            " AND (? IS NULL OR d.source_tn = ?) AND (? IS NULL OR m.family = ?)"
            " ORDER BY d.receive_time DESC, d.position DESC LIMIT 1"
        )
        found += services.store.select(sql, (account_id, phone, owner, owner, family, family))
    return unpacked(max(found, key=lambda row: int(row["position"]))) if found else None


def _mind_stop(services: Services, account: Account, incoming: Incoming) -> None:
    word = (incoming.text or "").strip().upper()
    for account_id in account.ids:
        key = (account_id, incoming.owner, incoming.sender)
        if word in _STOP:
            services.store.execute("INSERT OR IGNORE INTO opt_outs (account_id, owner, phone) VALUES (?, ?, ?)", key)
        elif word in _START:
            services.store.execute("DELETE FROM opt_outs WHERE account_id = ? AND owner = ? AND phone = ?", key)
