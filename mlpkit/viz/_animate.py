"""Pictures that move: matplotlib's player, made to work without the network and for readers who cannot see it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from mlpkit.viz._letters import CSS_PIXELS_PER_INCH, legible, smallest
from mlpkit.viz._parts import pixels
from mlpkit.viz._style import STYLE

__all__ = ["MOST_FRAMES", "Animation", "animate"]

MOST_FRAMES = 30
_DPI = 110  # a page holds every frame: sharp enough, and small

# The player's signs come from a style sheet on another host; these need none.
_SIGNS = {
    "fa-minus": "−",
    "fa-fast-backward": "|◂",
    "fa-step-backward": "◂|",
    "fa-play fa-flip-horizontal": "◀",
    "fa-pause": "❚❚",
    "fa-play": "▶",
    "fa-step-forward": "|▸",
    "fa-fast-forward": "▸|",
    "fa-plus": "+",
}


class Animation:
    """Frames with a player below them, and a description of what they show.

    Parameters
    ----------
    player : str
        The HTML of the frames and their buttons.
    alt : str
        What a reader who cannot see it needs to know.
    """

    def __init__(self, player: str, alt: str) -> None:
        self.player, self.alt = player, alt

    def __repr__(self) -> str:
        return f"Animation: {self.alt}"

    def _repr_html_(self) -> str:
        return self.player


def animate(
    plot: Callable[..., str],
    settings: Sequence[Mapping[str, Any]],
    alt: str,
    *,
    size: tuple[float, float] = (5.0, 3.6),
    seconds: float = 0.8,
) -> Animation:
    """Draw one plot with one setting after the other, and play the drawings.

    Parameters
    ----------
    plot : callable
        Draws on the axis ``ax``, which is empty each time.
    settings : sequence of mappings
        The parameters of each frame, 30 at most.
    alt : str
        What the whole shows, in one or two sentences.
    size : (float, float)
        Width and height in inches.
    seconds : float
        How long each frame stands.

    Returns
    -------
    Animation
        The last value of a notebook cell is shown. It stands still until it is played; without JavaScript, or in
        print, it is a picture of the last frame.

    Raises
    ------
    ValueError
        If there is no frame or there are too many, or if the description is empty.
    """
    if not 0 < len(settings) <= MOST_FRAMES:
        raise ValueError(f"an animation has 1 to {MOST_FRAMES} frames, not {len(settings)}: leave some out")
    if not alt.strip():
        raise ValueError("an animation needs a description for readers who cannot see it: alt='...'")
    from matplotlib.animation import FuncAnimation
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with mpl.rc_context({**STYLE, "animation.embed_limit": 50, "savefig.dpi": _DPI, "figure.dpi": _DPI}):
        fig = Figure(figsize=size)
        canvas: Any = FigureCanvasAgg(fig)
        canvas.draw_idle = lambda: None  # the player draws each frame itself; once is enough
        ax: Any = fig.subplots()
        letters: list[float] = []

        def frame(i: int) -> tuple[()]:
            ax.clear()
            plot(**settings[i], ax=ax)
            legible([fig], CSS_PIXELS_PER_INCH * size[0])
            letters.append(smallest([fig]))
            return ()

        player = FuncAnimation(
            fig, frame, frames=len(settings), init_func=lambda: (), interval=1000 * seconds, repeat=False
        ).to_jshtml(default_mode="once")
        mark = "data-pixels " if pixels(fig.axes) else ""
    return Animation(_for_everybody(player, alt, f'data-letters="{min(letters):.3g}" {mark}'), alt)


def _for_everybody(player: str, alt: str, marks: str) -> str:
    """Take out what comes from another host, and write in what a screen reader and a page without scripts need."""
    player = re.sub(r"<link\b[^>]*>", "", player)
    for icon, sign in _SIGNS.items():
        player = player.replace(f'<i class="fa {icon}"></i>', f'<span aria-hidden="true">{sign}</span>')
    last = re.findall(r'frames\[\d+\] = "(data:[^"]+)"', player)[-1].replace("\\\n", "")
    text = html.escape(alt)
    player = player.replace(
        '<img id="_anim_img',
        f'<img alt="{text}" {marks}style="max-width: 100%; height: auto" src="{last}" id="_anim_img',
        1,
    )
    return player.replace('type="range"', 'type="range" aria-label="Frame"', 1)
