"""What the API classes of the V2 family share."""

from collections.abc import Callable

from .. import models
from .._models.base import Model
from ..api_client import ApiClient
from ..exceptions import ConfigurationException

__all__ = ["SERVER", "V2Api", "errors"]

SERVER = "https://messaging.bandwidth.com/api/v2"


def errors(*statuses: int) -> dict[int, Callable[[], type[Model]]]:
    """The model of the error statuses that an operation lists."""
    return dict.fromkeys(statuses, lambda: models.MessagingRequestError)


class V2Api:
    """An API class: it calls operations with a client.

    Args:
        api_client: The client to call with. None: one of its own, configured by `Configuration.from_env()`.

    Raises:
        ConfigurationException: It is no ApiClient, or the environment has no usable configuration.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        if api_client is not None and not isinstance(api_client, ApiClient):
            raise ConfigurationException(
                f"api_client: give an ApiClient, such as ApiClient(configuration), not {api_client!r}"
            )
        self.api_client: ApiClient = ApiClient() if api_client is None else api_client
