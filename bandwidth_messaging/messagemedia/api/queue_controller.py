"""What the controllers of delivery reports and replies share: items that wait until they are confirmed."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, Generic, TypeVar

from typing_extensions import Unpack

from ..._call.operation import Operation, build
from ...api_client import ApiClient, CallOptions
from ..draining import check_batch_size, drained

__all__ = ["QueueController"]

ItemT = TypeVar("ItemT")


class QueueController(ABC, Generic[ItemT]):
    """Items that wait until they are confirmed.

    Args:
        api_client: The client to call with.
    """

    _check_operation: ClassVar[Operation[Any]]
    _id_name: ClassVar[str]

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client: ApiClient = api_client

    @abstractmethod
    def _check(self, options: CallOptions) -> list[ItemT]:
        """The oldest unconfirmed items."""

    @abstractmethod
    def _confirm(self, ids: list[str], options: CallOptions) -> None:
        """Confirm at most 100 items by their ids."""

    def drain(self, *, batch_size: int = 100, **options: "Unpack[CallOptions]") -> Iterator[ItemT]:
        """Every waiting delivery report or reply, each confirmed once you are done with it.

        ```python
        for reply in client.replies.drain():
            keep(reply)
        ```

        You are done with one when the loop comes round to the next. One whose processing raised, and one at which the
        loop was left, is not confirmed and comes again; so do those of the last batch if the process dies. So each is
        processed at least once and none is lost. Do not collect them first: `list(...)` confirms what nobody has
        processed yet. The loop goes on with what arrives meanwhile, and ends when nothing waits.

        Args:
            batch_size: How many are confirmed at a time, 1 to 100. A small number costs more requests, and lets fewer
                come again after a crash.
            **options: Those of every call, for each request.

        Returns:
            The items, lazily: nothing is requested before the first is asked for.

        Raises:
            ApiException: A check or a confirmation failed; raised where the next one is asked for.
            ValueError: `batch_size` is not 1 to 100, or an option cannot be used; raised at once.
            TypeError: There is no such option; raised at once.
        """
        check_batch_size(batch_size)
        # What is wrong is said at the call, not at the first item.
        build(self._check_operation, "", {}, None, options)
        return drained(lambda: self._check(options), lambda ids: self._confirm(ids, options), self._id_name, batch_size)
