"""The routes of the sandbox, and the contract's bodies for what no route answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..control import routes as control
from ..families.classic import routes as classic
from ..families.classic.messages import ClassicProblem
from ..families.credentials import TOKEN_PATH
from ..families.messagemedia import routes as messagemedia
from ..families.messagemedia.messages import MessageMediaProblem
from ..families.services import Services
from ..families.v2 import routes as v2
from ..inbox import routes as inbox
from .problems import Problem


def build(services: Services) -> Starlette:
    """Make the application.

    V2 is answered under the bare address and under `/api/v2`, the path of the vendor's server; other families live
    beside it.

    Args:
        services: What the adapters work with.

    Returns:
        An ASGI application.
    """
    routes = [
        Route("/users/{account_id}/messages", v2.Messages),
        Route("/api/v2/users/{account_id}/messages", v2.Messages),
        *classic.routes(),
        *messagemedia.routes(),
        Route(TOKEN_PATH, services.gate.token, methods=["POST"]),
        *inbox.routes(),
        *control.routes(),
    ]
    handlers: dict[Any, Any] = {
        Problem: _problem,
        ClassicProblem: classic.refuse,
        MessageMediaProblem: messagemedia.refuse,
        HTTPException: _http_error,
        Exception: _crash,
    }

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        work = asyncio.create_task(services.worker.run())
        yield
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work

    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    app.router.redirect_slashes = False
    app.state.services = services
    return app


async def _problem(_: Request, problem: Problem) -> Response:
    return problem.response()


async def _http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        description = f"{request.method} is not supported here"
        return Problem(405, "method-not-allowed", description, headers=error.headers or {}).response()
    return Problem(404, "not-found", "There is nothing at this path").response()


async def _crash(_: Request, __: Exception) -> Response:
    return Problem(500, "internal-server-error", "The request could not be handled").response()
