"""What the disk refused, whoever tells it: NumPy, shutil and libraries in Rust say in words only that it is full."""

from __future__ import annotations

import errno
import os
import re

REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
_CODE = re.compile(r"os error (\d+)")
_FULL = re.compile(r"No space left on device|\d+ requested and \d+ written")


def refusal(error: BaseException) -> OSError | None:
    """The error as one of the disk, with its number; None where it is of another kind."""
    if isinstance(error, OSError) and error.errno in REFUSALS:
        return error
    said = str(error)
    code = _CODE.search(said)
    number = int(code[1]) if code else errno.ENOSPC if _FULL.search(said) else 0
    return OSError(number, os.strerror(number)) if number in REFUSALS else None
