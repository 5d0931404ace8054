"""How long a test waits for what must come: so long that no load of the machine ends it, only a hang."""

from __future__ import annotations

SECONDS = 3600
"""For a process or a whole command."""
MILLISECONDS = 600_000
"""For what a page shows, in the browser's unit."""
