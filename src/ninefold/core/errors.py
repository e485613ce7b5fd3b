"""Every error a user can meet. Each text says what came, where, and what to do.

NinefoldError
├── InputError            your input cannot be used                     exit 2
│   ├── SourceError       NF-E1xx  the file, table or query
│   ├── ColumnError       NF-E2xx  a named column
│   ├── WishError         NF-E3xx  an option or setting
│   └── MissingExtra      NF-E4xx  a package that an extra brings
├── RunError              NF-E5xx  the run folder: locked, torn, foreign  exit 2
└── NoModelError          NF-E6xx  nothing could be trained or compiled   exit 2
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class NinefoldError(Exception):
    """Base of all errors meant for users; anything else that escapes is our bug (exit 3)."""

    exit_code = 2

    def __init__(self, code: str, message: str, *, hint: str = "", **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details

    def as_dict(self) -> dict[str, object]:
        """The error as plain data, the body of ``--json`` and of the API's problem documents."""
        return {"code": self.code, "message": self.message, "hint": self.hint, **self.details}


class InputError(NinefoldError): ...


class SourceError(InputError): ...


class ColumnError(InputError): ...


class WishError(InputError): ...


class MissingExtra(InputError):
    @classmethod
    def of(cls, what: str, extra: str) -> MissingExtra:
        return cls("NF-E401", f"{what} needs a package that is not installed", hint=f'pip install "ninefold[{extra}]"')


class RunError(NinefoldError): ...


class NoModelError(NinefoldError): ...


class PracticeError(NinefoldError): ...


def nearest(word: str, choices: Iterable[str]) -> list[str]:
    """The choices that look most like ``word``, best first; what "did you mean" is made of."""
    by_lower = {choice.lower(): choice for choice in choices}
    return [by_lower[m] for m in difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=0.6)]
