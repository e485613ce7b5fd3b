"""The app: handlers by room, and every error as a page in plain words."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from ninefold.core.errors import NinefoldError
from ninefold.web.asking import StaleForm
from ninefold.web.desk import Desk
from ninefold.web.guard import Guard, TooLarge, too_large
from ninefold.web.pages import problem
from ninefold.web.routes import guide, interview, listed, play, practice, run, start, watch
from ninefold_runtime.errors import BundleFault


def application(desk: Desk) -> ASGIApp:
    """The app behind its guard."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = desk
    for room in (listed, start, run, play, watch, guide, practice, interview):
        app.include_router(room.router)
    _explain(app)
    return Guard(app, desk)


def _explain(app: FastAPI) -> None:
    """Give each kind of error its page."""

    @app.exception_handler(NinefoldError)
    @app.exception_handler(BundleFault)
    def _(_: Request, error: NinefoldError | BundleFault) -> Response:
        return problem(HTTPStatus.BAD_REQUEST, "That did not work", error.message, error.hint, error.code)

    @app.exception_handler(HTTPException)
    def _(_: Request, error: HTTPException) -> Response:
        told = "There is no such page." if error.status_code == HTTPStatus.NOT_FOUND else str(error.detail)
        return problem(error.status_code, HTTPStatus(error.status_code).phrase, told)

    @app.exception_handler(RequestValidationError)
    def _(_: Request, error: RequestValidationError) -> Response:
        fields = ", ".join(str(each["loc"][-1]) for each in error.errors())
        return problem(HTTPStatus.BAD_REQUEST, "Something is missing", f"This cannot be read: {fields}.")

    @app.exception_handler(StaleForm)
    def _(_: Request, _error: StaleForm) -> Response:
        told = "The page was made before this app was started. Nothing was done."
        return problem(HTTPStatus.FORBIDDEN, "This form is too old", told, "open the page again and repeat it there")

    @app.exception_handler(TooLarge)
    def _(request: Request, _: TooLarge) -> Response:
        desk: Desk = request.app.state.desk
        return too_large(desk.largest_upload)

    @app.exception_handler(OSError)
    def _(_: Request, error: OSError) -> Response:
        told = f"{error.filename or 'the disk'}: {error.strerror or error}"
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The machine refuses", told)

    @app.exception_handler(Exception)
    def _(_: Request, error: Exception) -> Response:
        told = f"This is a fault of Ninefold ({type(error).__name__}); the terminal of the app says more."
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "A fault of ours", told, "please report it")
