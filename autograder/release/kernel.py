"""A kernel for nbclient whose replies are noticed.

A reply that arrives while nbclient writes to a widget is not announced: nbclient would wait for it until the time of
the cell is over (https://github.com/jupyter/nbclient/issues/312). Here it is looked for twice a second.
"""

from __future__ import annotations

import math
from queue import Empty
from time import monotonic
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from traitlets import DottedObjectName, Type

SECONDS = 0.5


class WatchedChannel(AsyncZMQSocketChannel):
    """A channel that is looked into from time to time, announced or not."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]
        """Return the next message; raise `queue.Empty` after `timeout` seconds without one."""
        end = math.inf if timeout is None else monotonic() + timeout
        while True:
            try:
                return await super().get_msg(min(SECONDS, max(0.0, end - monotonic())))
            except Empty:
                if monotonic() >= end:
                    raise


class WatchedClient(AsyncKernelClient):
    """Talks to a kernel and watches for its replies."""

    shell_channel_class = Type(WatchedChannel)


class WatchedKernel(AsyncKernelManager):
    """A kernel manager for ``nbclient.NotebookClient``: its ``kernel_manager_class``."""

    client_class = DottedObjectName(f"{__name__}.{WatchedClient.__name__}")
