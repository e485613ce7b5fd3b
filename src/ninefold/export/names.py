"""Names as other tools allow them, made from names that are free."""

from __future__ import annotations

import re
import unicodedata

from ninefold.core.errors import WishError

LONGEST = 40
"""Letters of a made name: room below the 63 of a DNS label for what is added to it, such as ``-headless``."""
_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def label(text: str, without: str = "model") -> str:
    """A DNS label (RFC 1123, beginning with a letter as RFC 1035 wants): ``"Überlebt? (y/n)"`` is ``uberlebt-y-n``;
    ``without`` where nothing of the text is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    made = made if made[:1].isalpha() or not made else f"{without}-{made}"
    return made[:LONGEST].rstrip("-") or without


def checked_label(text: str, setting: str) -> str:
    """The label that a user gave.

    Raises:
        WishError: NF-E343 where it is none.
    """
    if not _LABEL.fullmatch(text):
        hint = f"lower-case letters, digits and hyphens, a letter first: {setting}={label(text)}"
        raise WishError("NF-E343", f'{setting}: "{text}" is no DNS label', hint=hint, given=text)
    return text


def chosen(given: str, otherwise: str) -> str:
    """The label of the setting ``name``, or ``otherwise`` where nothing is said. Raises as `checked_label`."""
    return checked_label(given, "name") if given else otherwise
