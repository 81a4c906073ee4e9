"""Check, process, confirm: the loop that the vendor describes in prose, as a generator.

An item counts as processed when the caller asks for the next one. So one whose processing raised, and one at which the
caller stopped, is not confirmed, and comes again with the next drain.
"""

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from ..exceptions import ApiException, InvalidRequestException

__all__ = ["MOST_CONFIRMED", "check_batch_size", "drained"]

logger: logging.Logger = logging.getLogger("bandwidth_messaging")

MOST_CONFIRMED = 100

ItemT = TypeVar("ItemT")


def check_batch_size(batch_size: object) -> None:
    """Check how many items are to be confirmed at a time."""
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or not 1 <= batch_size <= MOST_CONFIRMED:
        raise InvalidRequestException(("batch_size", f"give a whole number from 1 to {MOST_CONFIRMED}"))


def drained(
    check: Callable[[], list[ItemT]],
    confirm: Callable[[list[str]], None],
    id_name: str,
    batch_size: int,
) -> Iterator[ItemT]:
    """Each waiting item, and those that come meanwhile, until there are none."""
    done: list[str] = []
    confirmed: set[str] = set()
    try:
        # What was just confirmed and is still given is old news: the loop must not turn on it for ever.
        while items := [item for item in check() if _id(item, id_name) not in confirmed]:
            confirmed = set()
            for item in items:
                yield item
                # An item without an id, which no service should give, cannot be confirmed.
                done += filter(None, [_id(item, id_name)])
                if len(done) == batch_size:
                    _confirm(confirm, done, confirmed)
            _confirm(confirm, done, confirmed)
            if not confirmed:
                return  # the same would come again at once
    except GeneratorExit:
        _confirm_at_last(confirm, done)
        raise


def _id(item: object, name: str) -> str | None:
    value = getattr(item, name, None)
    return value if isinstance(value, str) else None


def _confirm(confirm: Callable[[list[str]], None], done: list[str], confirmed: set[str]) -> None:
    if done:
        confirm(done)
        confirmed.update(done)
        done.clear()


def _confirm_at_last(confirm: Callable[[list[str]], None], done: list[str]) -> None:
    """The caller stopped half-way. What it had finished with is confirmed if that can be done now."""
    try:
        _confirm(confirm, done, set())
    except (ApiException, RuntimeError) as error:
        # Nothing can be raised to a caller that has left, and nothing is lost: these items come again.
        logger.warning("%d processed items could not be confirmed and will come again: %s", len(done), error)
