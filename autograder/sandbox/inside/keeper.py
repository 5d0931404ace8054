"""What ends untrusted code when the coordinator lets go of its lifeline, or is gone."""

from __future__ import annotations

import contextlib
import os
import select
import signal


def close_all_but(kept: set[int]) -> None:
    """Close every descriptor of this process that is not named."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))


class Keeper:
    """Children of this process, each with a lifeline: when its other end is let go of, the child is killed.

    Attributes
    ----------
    poll : select.poll
        Tells which descriptors have something to say: those of the children, and what else was registered.
    """

    def __init__(self) -> None:
        self.poll = select.poll()
        self._children: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._children)

    def keep(self, lifeline: int, child: int) -> None:
        """Take charge of a child and of its lifeline."""
        try:
            process = os.pidfd_open(child)
        except ProcessLookupError:  # it has ended, and nobody asks how
            os.close(lifeline)
            return
        for descriptor in (lifeline, process):
            self._children[descriptor] = lifeline, process
            self.poll.register(descriptor, select.POLLIN)

    def handle(self, descriptor: int) -> None:
        """Kill a child whose lifeline was let go of, and forget one that has ended; `poll` named the descriptor."""
        if descriptor not in self._children:  # it was closed a moment ago
            return
        lifeline, process = self._children[descriptor]
        self.poll.unregister(descriptor)
        del self._children[descriptor]
        if descriptor == lifeline:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, signal.SIGKILL)
            return
        if self._children.pop(lifeline, None):
            self.poll.unregister(lifeline)
        os.close(process)
        os.close(lifeline)


def keep(lifeline: int, child: int) -> None:
    """Wait until a child has ended, by itself or because the lifeline was let go of."""
    keeper = Keeper()
    keeper.keep(os.dup(lifeline), child)  # the line itself ends with this process, which has more to do
    while keeper:
        for descriptor, _ in keeper.poll.poll():
            keeper.handle(descriptor)
    os.waitpid(child, 0)
