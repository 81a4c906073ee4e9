"""What can be done with an account, for Python and HTTP alike. What may be given stands in `sandbox_api.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..contract import rules
from ..messaging import inbound, views
from ..messaging.accounts import Account, callback_settings
from ..messaging.changes import Event
from ..messaging.clock import Pace
from ..messaging.faults import Fault
from ..messaging.in_process import InProcess
from ..messaging.services import Services
from . import transfer

_SHOWN = 3


@dataclass(frozen=True)
class AccountOperations:
    """The operations on one account. What is given wrongly is a ValueError that names the argument and the rule."""

    services: Services
    account: Account

    def find(self, filters: Mapping[str, str], most: int) -> list[views.SandboxMessage]:
        """The newest messages that match all filters, the oldest of them first. TypeError for an unknown filter."""
        return views.find(self.services.store, self.account.ids, filters, most)

    def receive(self, given: Any, names: Mapping[str, str] | None = None) -> str:
        """Let a phone send a message, and give its id; `names` are those of the arguments, where they differ."""
        rules.check("inboundMessage", given, names)
        to = given.get("to", [])
        recipients = [to] if isinstance(to, str) else to
        media, family = given.get("media") or [], given.get("family")
        return inbound.receive(self.services, self.account, given["from"], given.get("text"), recipients, media, family)

    def advance(self, seconds: float) -> None:
        """Move the time forward; what comes due by then is still to be done."""
        rules.check("advance", {"advance": seconds}, {"advance": "seconds"})
        self.account.clock.advance(seconds)
        self._keep_settings()

    def set_pace(self, pace: Pace) -> None:
        """Change how messages move from now on; the time goes on from where it is."""
        self.account.clock.set_pace(pace)
        self._keep_settings()
        self.services.worker.notify(self.account)

    def set_callbacks(self, given: Any) -> None:
        """Say where the application wants its callbacks; what is left out is as in a new account."""
        rules.check("callbacks", given)
        for name in ("outbound_url", "inbound_url"):
            url = given.get(name)
            if url is not None and not self.services.outbox.may_send_to(url):
                raise ValueError(
                    f"{name}: callbacks go to this machine only, by http or https, unless callback_origins=[...] "
                    f"(--callback-origin) names the origin; not to {url!r}"
                )
        # One object in place of another: a callback that is sent meanwhile sees all of the one or all of the other.
        self.account.callbacks = callback_settings(given)
        self._keep_settings()

    def set_limits(self, given: Any) -> None:
        """Set the rate limits; what is left out is switched off."""
        rules.check("limits", given)
        self.account.limits.list_requests = given.get("list_requests")
        self.account.limits.segments_per_second = given.get("segments_per_second")
        self._keep_settings()

    def faults(self) -> list[Fault]:
        """The rules by which requests fail, the oldest first."""
        return self.services.faults.of(self.account)

    def add_fault(self, given: Any) -> Fault:
        """Add a rule by which requests fail."""
        rules.check("newFault", given)
        return self.services.faults.add(self.account, **given)

    def remove_faults(self, fault_id: int | None = None) -> int:
        """Remove one rule, or all, and tell how many there were."""
        return self.services.faults.remove(self.account, fault_id)

    def fail_delivery(self, given: Any) -> None:
        """Let messages to a number fail from now on, or be delivered again."""
        rules.check("failure", given)
        if given["error_code"] is None:
            self.account.failing.pop(given["to"], None)
        else:
            self.account.failing[given["to"]] = given["error_code"]

    def deliver_to(self, app: Any) -> None:
        """Deliver callbacks to an application in this process; None sends them to their addresses again."""
        self.account.application = None if app is None else InProcess(app)

    def unanswered(self, seconds: float) -> str:
        """Say which callbacks were not answered in time."""
        due = self.services.store.callbacks.due(self.account.ids, self.account.clock.now(), _SHOWN)
        shown = "; ".join(f"{each.type} about {each.recipient} to {each.url}" for each in due) or "none is due any more"
        return (
            f"Callbacks were not answered within {seconds:g} seconds: {shown}. "
            "An application that calls advance() while it handles a callback waits for itself"
        )

    def revoke_tokens(self) -> None:
        """Make every bearer token worthless."""
        self.services.tokens.revoke(self.account)

    def add(self, fields: Mapping[str, Any]) -> str:
        """Put a message of the V2 family there to be found, and give its id. TypeError for an unknown field."""
        return self._added([transfer.checked(fields)])[0]

    def import_(self, given: Any) -> list[str]:
        """Put messages of the V2 family there to be found, all of them or none; gives the id of each entry."""
        rules.check("exported", given)
        return self._added(given["messages"])

    def export(self, after: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
        """Messages of the V2 family as `import_` takes them, and where to go on."""
        return transfer.export(self.services.store, self.account.account_id, after, limit)

    def clear(self) -> None:
        """Forget every message, callback, report, reply and request."""
        self.services.store.clear(self.account.ids)
        self.services.requests.clear(self.account.account_id)
        self.services.feed.publish(Event("cleared", self.account.account_id, ""))

    def _keep_settings(self) -> None:
        self.services.store.accounts.keep(self.account.stored())

    def _added(self, entries: Sequence[Mapping[str, Any]]) -> list[str]:
        account_id = self.account.account_id
        ids = transfer.add_all(self.services.store, account_id, self.account.clock.now(), entries)
        for message_id in dict.fromkeys(ids):
            self.services.feed.publish(Event("message", account_id, message_id))
        return ids
