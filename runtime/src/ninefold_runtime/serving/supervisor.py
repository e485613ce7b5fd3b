"""The process that owns the listening socket. It starts workers, and replaces them without dropping a request.

It loads neither NumPy nor ONNX Runtime. A worker that has loaded the bundles says so; only then is one that it
replaces told to leave, so that a bundle that cannot be used changes nothing.
"""

from __future__ import annotations

import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ninefold_runtime.errors import BundleFault, ServeError
from ninefold_runtime.serving.hands import Hand, Slot, end_of, started
from ninefold_runtime.serving.kept import Kept, look
from ninefold_runtime.serving.plan import Access, Facts, Leave, Order, Plan, Settings, paths_of
from ninefold_runtime.serving.signals import Signals

_LOOK_EVERY = 1.0
"""Seconds between two looks at the bundles, where changes are looked for."""


@dataclass
class Supervisor:
    """``read`` tells what to serve, at the start and at every reload; ``watched`` is a file that it reads, if any."""

    listener: socket.socket
    read: Callable[[], Plan]
    kept: Kept
    settings: Settings
    access: Access
    tell: Callable[[str], None]
    greet: Callable[[tuple[Facts, ...]], None]
    watched: tuple[str, ...] = ()
    _order: Order | None = field(init=False, default=None)
    """What is being served."""
    _trial: Order | None = field(init=False, default=None)
    """What is to be served, if the first worker started for it can."""
    _wanted: bool = field(init=False, default=True)
    """Whether ``read`` is to be asked (again)."""
    _roll: deque[Slot] = field(init=False, default_factory=deque)
    """Slots whose worker serves what was served before."""
    _news: str = field(init=False, default="")
    """What is told once all workers serve it."""
    _leaving: set[Hand] = field(init=False, default_factory=set)
    _signals: deque[int] = field(init=False, default_factory=deque)
    _stopping: bool = field(init=False, default=False)
    _paths: list[str] = field(init=False, default_factory=list)
    """Of the bundles of the plan that was read last, whether it could be served or not."""
    _seen: tuple[object, ...] = field(init=False, default=())
    _glimpse: tuple[object, ...] = field(init=False, default=())
    _next_look: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._slots = [Slot() for _ in range(self.settings.workers)]
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C, and everything under way is answered.

        Raises:
            BundleFault: what is to be served at first cannot be.
        """
        with self._selector, Signals(self._selector, self._signals):
            try:
                while not self._stopping or self._hands():
                    self._step()
            finally:
                for hand in self._hands():
                    hand.process.kill()
                    hand.bury()

    def _step(self) -> None:
        for key, _ in self._selector.select(self._patience()):
            key.data()
        while self._signals:
            self._obey(self._signals.popleft())
        now = time.monotonic()
        for hand in self._hands():
            if hand.dies is not None and now > hand.dies:
                hand.process.kill()
        if not self._stopping:
            self._look(now)
            self._take_up()
            self._start_due(now)

    def _hands(self) -> list[Hand]:
        placed = [hand for slot in self._slots for hand in (slot.serving, slot.coming) if hand is not None]
        return [*placed, *self._leaving]

    def _patience(self) -> float:
        """Seconds until there is something to do that nobody tells us."""
        times = [slot.due for slot in self._slots if slot.coming is None] + [hand.dies for hand in self._hands()]
        if self.settings.reload:
            times.append(self._next_look)
        if self._wanted and self._trial is None:
            times.append(0.0)
        known = [moment for moment in times if moment is not None]
        return max(0.01, min(known) - time.monotonic()) if known else 60.0

    # What is asked of us

    def _obey(self, number: int) -> None:
        if number == signal.SIGHUP:
            self._wanted = True
        elif self._stopping:
            for hand in self._hands():
                hand.process.kill()
        else:
            self._stop(lame=0.0 if number == signal.SIGINT else self.settings.lame)

    def _stop(self, lame: float) -> None:
        """Our own hold on the socket ends first: the worker that lets go of it last takes all who wait before."""
        self._stopping = True
        self.listener.close()
        for slot in self._slots:
            if slot.coming is not None:
                slot.coming.process.kill()
            if slot.serving is not None:
                slot.serving.dismiss(Leave(self.settings.grace, last=True, lame=lame))
        self.tell("stopping; requests under way are answered")

    # What is to be served

    def _look(self, now: float) -> None:
        """Ask for a reload when something has changed, and has stopped changing."""
        if not self.settings.reload or now < self._next_look:
            return
        self._next_look = now + _LOOK_EVERY
        glimpse = look([*self.watched, *self._paths])
        if glimpse != self._seen and glimpse == self._glimpse:
            self._wanted = True
        self._glimpse = glimpse

    def _take_up(self) -> None:
        """Begin to serve what ``read`` tells, unless that is under way for an earlier wish."""
        free = next((slot for slot in self._slots if slot.coming is None), None)
        if not self._wanted or self._trial is not None or free is None:
            return
        self._wanted = False
        try:
            plan = self.read()
        except BundleFault as fault:
            self._seen = look([*self.watched, *self._paths])
            self._refuse(fault)
            return
        self._paths = paths_of(plan)
        self._seen = look([*self.watched, *self._paths])
        shared = self.kept.shared() if self.settings.workers > 1 else None
        copies, settings = self.kept.copies(self._paths), self.settings
        self._trial = Order(plan, copies, self.access, settings.limits, shared, settings.monitoring, settings.trusted)
        self._start(free, self._trial)

    def _refuse(self, fault: BundleFault) -> None:
        if self._order is None:
            raise fault
        self.tell(f"reload refused: {fault.code}: {fault.message}; what was served before is served on")

    def _adopt(self, slot: Slot, order: Order, facts: tuple[Facts, ...]) -> None:
        """The first worker can serve the trial: now it is what all serve, and what those come back to that crash."""
        before, self._order, self._trial = self._order, order, None
        others = [other for other in self._slots if other is not slot]
        if before is None:
            self.greet(facts)
            for other in others:
                other.due = time.monotonic()
            return
        self.kept.forget(before.copies.values())
        self._news = "reloaded: " + ", ".join(f"{fact.name} from {fact.folder}" for fact in facts)
        self._roll = deque(others)

    # Workers

    def _start_due(self, now: float) -> None:
        for slot in self._slots:
            if slot.coming is None and slot.due is not None and now >= slot.due and self._order is not None:
                self._start(slot, self._order)

    def _start(self, slot: Slot, order: Order) -> None:
        slot.due = None
        try:
            slot.coming = hand = started(self.listener, order)
        except OSError as error:
            self._failed(slot, order, ServeError("NF-R311", f"no worker can be started: {error}"))
            return
        self._selector.register(hand.channel, selectors.EVENT_READ, lambda: self._hear(slot, hand))

    def _hear(self, slot: Slot, hand: Hand) -> None:
        try:
            word = hand.hear()
        except EOFError:
            self._ended(slot, hand)
            return
        if word is not None and word.refused is not None:
            hand.fault = BundleFault(word.refused.code, word.refused.message, hint=word.refused.hint)
        elif word is not None and word.ready and not self._stopping:
            self._ready(slot, hand, word.ready)
        elif word is not None:
            hand.closed = True
        self._announce()

    def _ready(self, slot: Slot, hand: Hand, facts: tuple[Facts, ...]) -> None:
        before, slot.serving, slot.coming, hand.dies = slot.serving, hand, None, None
        if hand.order is self._trial:
            self._adopt(slot, hand.order, facts)
        elif before is None:
            self.tell(f"worker {hand.process.pid} answers")
        # One that was started before the trial was adopted is of yesterday, and is replaced in its turn.
        slot.due = None if hand.order is self._order else time.monotonic()
        if before is not None:
            self._leaving.add(before)
            before.dismiss(Leave(self.settings.grace))
        if self._roll:
            self._roll.popleft().due = time.monotonic()

    def _announce(self) -> None:
        """Tell of a reload once nobody is answered by what was served before, but on connections that are ending."""
        done = all(slot.serving is not None and slot.serving.order is self._order for slot in self._slots)
        if self._news and done and all(hand.closed for hand in self._leaving):
            self.tell(self._news)
            self._news = ""

    def _ended(self, slot: Slot, hand: Hand) -> None:
        self._selector.unregister(hand.channel)
        code = hand.bury()
        if hand in self._leaving:
            self._leaving.remove(hand)
            self._announce()
        elif slot.coming is hand:
            slot.coming = None
            fault = hand.fault or ServeError("NF-R311", f"a worker {end_of(code)} before it could answer")
            self._failed(slot, hand.order, fault)
        else:
            slot.serving = None
            if not self._stopping:
                self.tell(f"worker {hand.process.pid} {end_of(code)}; another is started")
                slot.lost(hand)

    def _failed(self, slot: Slot, order: Order, fault: BundleFault) -> None:
        """A worker that was to serve cannot."""
        if self._stopping:
            return
        if order is self._trial:
            self._trial = None
            self.kept.forget(order.copies.values())
            self._refuse(fault)
        else:
            self.tell(f"{fault.code}: {fault.message}; trying again")
            slot.failed()
