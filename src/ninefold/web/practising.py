"""What pages of practice share: the user's file, and how long a form was open."""

from __future__ import annotations

import time

from starlette.datastructures import FormData

from ninefold.practice.session import Session
from ninefold.practice.store import Store, data_folder
from ninefold.web.asking import words


def session_of() -> tuple[Session, list[str]]:
    """A session with the user's file, and what there is to say about that file."""
    notices: list[str] = []
    return Session(Store(data_folder(), notices.append)), notices


def seconds_since(form: FormData) -> float:
    """Since the form was shown; 0 where it does not say it."""
    since = words(form, "since")
    return max(time.time() - int(since), 0.0) if since.isdecimal() and len(since) < 12 else 0.0
