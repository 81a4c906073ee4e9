"""Messages of the MessageMedia family: accepted, followed through their life, and shown."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bandwidth_messaging import segments

from ...contract import contract, times
from ...messaging.accounts import Account
from ...messaging.lifecycle import Plan, Step, planned
from ...messaging.magic_numbers import Outcome
from ...messaging.numbers import country
from ...store.records import Batch, Delivery, Message, Transition
from ...store.store import Store
from ..problems import ErrorAnswer

REFUSED = "Request failed to parse correctly. Please ensure input is valid and try again."
# The number that a message without a source number is sent from.
ASSIGNED_NUMBER = "+61491570100"
_FINAL = frozenset(("delivered", "expired", "rejected", "failed"))
_OPTED_OUT = 412
_EXPIRED_BEFORE, _EXPIRED_AFTER = 320, 401
# What the vendor of the V2 family calls an error, in the codes of this one.
_CODES = {
    4360: _EXPIRED_BEFORE, 4403: 303, 4404: 302, 4432: 302, 4470: 402, 4475: 412, 4476: 303, 4481: 303, 4482: 302,
    4702: 414, 4720: 414, 4721: 411, 4730: 332, 4750: 402, 4770: 402, 4773: 412, 4775: 412,
}  # fmt: skip
_UNDELIVERABLE = 400
_OF_REJECTION = frozenset((302, 303, 402, 412))


class MessageMediaProblem(ErrorAnswer):
    """Ends a request with an error of the MessageMedia API."""

    def __init__(self, status: int, message: str, details: Sequence[str] | None = None) -> None:
        """Say what is wrong; if it is the body, `details` has a path, a colon and the reason for each error."""
        super().__init__(message)
        self.status = status
        self._details = details

    def body(self) -> dict[str, Any]:
        """The contract's `messageMediaErrorResponse`."""
        details = {} if self._details is None else {"details": list(self._details)}
        return {"message": str(self), **details}


def accept(requests: Sequence[dict[str, Any]], account: Account, store: Store) -> tuple[list[dict[str, Any]], Batch]:
    """Accept messages: those of the answer, and what is to be kept."""
    known = contract.document()["components"]["schemas"]["messageMediaMessage"]["properties"]
    now = account.clock.now()
    batch, answer = Batch(), []
    for request in requests:
        fields = {
            "format": "SMS",
            "delivery_report": False,
            **{name: request[name] for name in known if name in request},
        }
        message = _message(fields, account, now)
        batch.messages.append(message)
        batch.deliveries.append(_delivery(message, fields, _plan(message, fields, account, store)))
        answer.append({**fields, "message_id": message.message_id, "status": "queued"})
    return answer, batch


def shown(message: Message, delivery: Delivery) -> dict[str, Any]:
    """A message with its status: the contract's `messageMediaSubmittedMessage` without what was not given."""
    return {**(message.extra or {}), "message_id": message.message_id, "status": delivery.message_status}


def _message(fields: dict[str, Any], account: Account, now: int) -> Message:
    sender = fields.get("source_number", ASSIGNED_NUMBER)
    return Message(
        message_id=str(uuid.uuid4()),
        family="messagemedia",
        account_id=account.messagemedia.account_id,
        direction="OUTBOUND",
        owner=sender,
        sender=sender,
        recipients=[fields["destination_number"]],
        text=fields["content"],
        media=fields.get("media"),
        expiration=times.parse_rfc3339(fields.get("message_expiry_timestamp", "")),
        receive_time=now,
        extra=fields,
    )


def _delivery(message: Message, fields: dict[str, Any], plan: Plan) -> Delivery:
    text = fields["content"]
    return Delivery(
        message_id=message.message_id,
        account_id=message.account_id,
        source_tn=message.sender,
        destination_tn=fields["destination_number"],
        message_status=plan.status,
        message_direction="OUTBOUND",
        message_type=fields["format"].lower(),
        segment_count=segments.count(text) if fields["format"] == "SMS" else 1,
        error_code=0,
        receive_time=message.receive_time,
        message_size=len(text.encode()),
        message_length=len(text),
        attachment_count=len(fields.get("media", ())),
        recipient_count=1,
        calling_number_country_a3=country(message.sender),
        called_number_country_a3=country(fields["destination_number"]),
        history=plan.history,
        plan=plan.transitions,
        next_due=plan.next_due,
    )


def _plan(message: Message, fields: dict[str, Any], account: Account, store: Store) -> Plan:
    now, recipient = message.receive_time, fields["destination_number"]
    scheduled = times.parse_rfc3339(fields.get("scheduled", ""))
    steps = _steps(account.outcome(recipient), store.opt_outs.include(message.account_id, message.sender, recipient))
    if scheduled is not None and scheduled > now:
        plan = planned(account.clock, scheduled, "scheduled", [Step(0, "queued"), *steps])
    else:
        plan = planned(account.clock, now, "queued", steps)
    if message.expiration is None:
        return plan
    return replace(plan, transitions=_until(plan.transitions or [], message.expiration, now))


def _steps(outcome: Outcome, opted_out: bool) -> list[Step]:
    accepted = [Step(0.5, "processed")]
    if opted_out:
        return [*accepted, Step(0.5, "rejected", _OPTED_OUT)]
    handed_over = [*accepted, Step(0.5, "enroute"), Step(0.5, "submitted")]
    if outcome.error_code:
        code = _CODES.get(outcome.error_code, _UNDELIVERABLE)
        if code == _EXPIRED_BEFORE:
            return [*accepted, Step(0.5, "expired", code)]
        return [*handed_over, Step(0.5, "rejected" if code in _OF_REJECTION else "failed", code)]
    return [*handed_over, Step(outcome.seconds, "delivered")] if outcome.delivered else handed_over


def _until(plan: list[Transition], expiration: int, now: int) -> list[Transition]:
    """The part of a plan that happens before the message expires, and its expiry if it has not ended by then."""
    kept = [step for step in plan if step[0] <= expiration]
    if kept and kept[-1][1] in _FINAL:
        return kept
    submitted = any(status == "submitted" for _, status, _ in kept)
    return [*kept, (max(expiration, now), "expired", _EXPIRED_AFTER if submitted else _EXPIRED_BEFORE)]
