"""Messages that phones send: which of the account's numbers they reach, in which family, and STOP and START."""

import re
from collections.abc import Sequence

from ..store.store import Store
from .accounts import Account
from .family import Incoming
from .services import Services

_STOP = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"))
_START = frozenset(("START", "UNSTOP", "YES"))
_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")
FALLBACK_OWNER = "+15557654321"


def receive(
    services: Services,
    account: Account,
    sender: str,
    text: str | None,
    recipients: Sequence[str] = (),
    media: Sequence[str] = (),
    family: str | None = None,
) -> str:
    """Take a message from a phone and give its id.

    `recipients` has the account's number first, then the others of a group; without any, the phone answers the last
    message that it got. Without a family it is that of the last message to the phone. ValueError if there is neither
    text nor media, no such family, or a recipient is not in E.164 format.
    """
    if not text and not media:
        raise ValueError("text or media must be given")
    for number in recipients:
        if not _NUMBER.fullmatch(number):
            raise ValueError(f"to must be a number in E.164 format, such as +15552345678, not {number!r}")
    if family is not None and family not in services.families:
        raise ValueError(f"family must be one of {', '.join(services.families)}, not {family!r}")
    owner = recipients[0] if recipients else None
    original = services.store.messages.last_to(account.ids, sender, owner, family)
    chosen = family or (original.family if original else "v2")
    owner = owner or (original.owner if original else None) or FALLBACK_OWNER
    incoming = Incoming(sender, tuple(recipients) or (owner,), owner, text, tuple(media), account.clock.now(), original)
    message_id, batch = services.families[chosen].received(account, incoming)
    _keep_opt_out(services.store, account, incoming)
    services.keep(account, batch)
    return message_id


def _keep_opt_out(store: Store, account: Account, incoming: Incoming) -> None:
    word = (incoming.text or "").strip().upper()
    for account_id in account.ids:
        if word in _STOP:
            store.opt_outs.add(account_id, incoming.owner, incoming.sender)
        elif word in _START:
            store.opt_outs.remove(account_id, incoming.owner, incoming.sender)
