"""Plots as SVG that stands in a page: their text is text, and their colours are the page's."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from autograder.results.statistics import Bar

WIDTH, HEIGHT = 400, 130
EDGE, ABOVE, BELOW = 12, 18, 22
SHARES_HEIGHT = 16


def histogram_plot(bars: Sequence[Bar], unit: str, title: str, factor: float = 1.0) -> Markup:
    """Return a histogram.

    Parameters
    ----------
    bars : sequence of Bar
        The bars, side by side.
    unit : str
        What stands after the last number of the axis.
    title : str
        What it shows, for those who do not see it; the counts are added.
    factor : float
        What the numbers of the axis are multiplied by.
    """
    tallest = max((bar.count for bar in bars), default=0) or 1
    step = (WIDTH - 2 * EDGE) / len(bars)
    floor = HEIGHT - BELOW
    parts, told = [], []
    for number, bar in enumerate(bars):
        height = (floor - ABOVE) * bar.count / tallest
        left = EDGE + number * step
        parts.append(
            f'<rect class="bar" x="{left + 1:.1f}" y="{floor - height:.1f}" '
            f'width="{step - 2:.1f}" height="{height:.1f}" />'
        )
        if bar.count:
            parts.append(f'<text x="{left + step / 2:.1f}" y="{floor - height - 4:.1f}">{bar.count}</text>')
            told.append(f"{bar.count} from {bar.start * factor:.3g} to {bar.end * factor:.3g}{unit}")
        if number % 2 == 0:
            parts.append(f'<text class="soft" x="{left:.1f}" y="{HEIGHT - 6}">{bar.start * factor:.3g}</text>')
    parts.append(f'<text class="soft" x="{WIDTH - EDGE}" y="{HEIGHT - 6}">{bars[-1].end * factor:.3g}{unit}</text>')
    parts.append(f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{floor}" y2="{floor}" />')
    return _picture(f"{title}: {'; '.join(told) or 'none'}", HEIGHT, parts)


def shares_plot(shares: Sequence[tuple[str, str, int]], title: str) -> Markup:
    """Return one bar cut into shares.

    Parameters
    ----------
    shares : sequence of (str, str, int)
        Name, class for the colour, and count of each.
    title : str
        What it shows, for those who do not see it; the counts are added.
    """
    whole = sum(count for _, _, count in shares) or 1
    parts, left = [], 0.0
    for _, kind, count in shares:
        width = WIDTH * count / whole
        parts.append(
            f'<rect class="{kind}" x="{left:.1f}" y="0" width="{max(width - 1, 0):.1f}" height="{SHARES_HEIGHT}" />'
        )
        if width > 24:
            parts.append(f'<text class="{kind}" x="{left + width / 2:.1f}" y="12">{count}</text>')
        left += width
    return _picture(
        f"{title}: {', '.join(f'{count} {name}' for name, _, count in shares if count)}", SHARES_HEIGHT, parts
    )


def _picture(told: str, height: int, parts: list[str]) -> Markup:
    inside = Markup("".join(parts))
    return Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, told, inside
    )
