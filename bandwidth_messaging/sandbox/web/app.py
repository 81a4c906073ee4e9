"""The routes of the sandbox, and the contract's bodies for what no route answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..control import routes as control
from ..families.family import Family
from ..families.problems import ErrorAnswer, Problem
from ..inbox import routes as inbox
from ..messaging.services import Services


def build(services: Services, families: Mapping[str, Family]) -> Starlette:
    """Make the ASGI application: the families side by side, the page and the control API."""
    routes = [route for family in families.values() for route in family.routes()]
    routes += [*inbox.routes(), *control.routes()]
    handlers: dict[Any, Any] = {ErrorAnswer: _error_answer, HTTPException: _http_error, Exception: _crash}

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
    app.state.families = families
    return app


async def _error_answer(_: Request, error: Exception) -> Response:
    assert isinstance(error, ErrorAnswer)  # noqa: S101 - the handler is registered for this class
    return JSONResponse(error.body(), error.status, dict(error.headers))


async def _http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        description = f"{request.method} is not supported here"
        return await _error_answer(request, Problem(405, "method-not-allowed", description, headers=error.headers))
    return await _error_answer(request, Problem(404, "not-found", "There is nothing at this path"))


async def _crash(request: Request, _: Exception) -> Response:
    return await _error_answer(request, Problem(500, "internal-server-error", "The request could not be handled"))
