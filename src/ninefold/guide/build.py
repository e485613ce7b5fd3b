"""``python -m ninefold.guide.build``: every page run, or found as it ran, and written for readers who have no marimo.

A page that fails is told, the others are written; the exit code is then 1. With ``--again`` nothing is written: every
page is run anew, and those that say something else than before are told.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import msgspec

from ninefold.guide import render
from ninefold.guide.page import Page, pages
from ninefold.guide.running import PageFailed, Ran, run_apart
from ninefold.guide.store import BUILT, fresh
from ninefold_runtime.files import write_whole

AT_ONCE = 2
"""Pages that run at the same time, each in a process of its own, on one thread."""


def build() -> int:
    """Write what was built, and nothing else, into `BUILT`; returns the number of pages that failed."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(_attempt, pages().values()))
    seconds = sum(ran.seconds for ran in found if ran is not None)
    print(f"{len(found)} pages, {seconds:.0f} s of one processor core", file=sys.stderr)
    files = {"index.html": render.index().encode()}
    for ran in found:
        if ran is not None:
            files |= {f"{ran.name}.json": msgspec.json.encode(ran), f"{ran.name}.html": render.page(ran).encode()}
    BUILT.mkdir(exist_ok=True)
    for old in BUILT.iterdir():
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        write_whole(BUILT / name, content)
    return sum(ran is None for ran in found)


def _attempt(page: Page) -> Ran | None:
    try:
        ran = fresh(page)
    except PageFailed as failure:
        print(failure, file=sys.stderr)
        return None
    print(f"{page.name}  {ran.seconds:.1f} s", file=sys.stderr)
    return ran


def again() -> int:
    """Run every page anew; returns how many say something else than before."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        changed = [
            page.name
            for page, same in zip(pages().values(), pool.map(says_the_same, pages().values()), strict=True)
            if not same
        ]
    print(f"{len(changed)} of {len(pages())} pages differ from before: {', '.join(changed) or 'none'}", file=sys.stderr)
    return len(changed)


def says_the_same(page: Page) -> bool:
    return run_apart(page).cells == fresh(page).cells


if __name__ == "__main__":
    sys.exit(1 if (again() if "--again" in sys.argv else build()) else 0)
