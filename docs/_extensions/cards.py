"""Two directives for the first page: ``chapter-cards``, a card for each chapter, and ``explorer``, one that lives."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from html import escape
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.parsers.rst import Directive
from pictures import outside
from sphinx.application import Sphinx

from mlpkit import viz

HOURS = re.compile(r"[Aa]llow ((?:about )?[\w ]+? hours?)\b")
IMAGE = re.compile(r'<img (?:[^>]*?(data-pixels ))?[^>]*?src="\.\./(_static/pictures/[\w.]+)"')
SIGNS = re.compile(r"[`*$\\]")
CHOSEN = {
    "00_numpy": (
        "reduction-strip",
        "Calculate with whole arrays instead of loops, and say beforehand which shape comes out.",
    ),
    "01_neuron": (
        "neuron-strip",
        "Compute what a neuron and a layer return, choose an activation, and measure how wrong the answer is.",
    ),
    "02_gradient_descent": (
        "gradient-picture",
        "Find the weights of a neuron by going downhill, with a learning rate, mini-batches and momentum.",
    ),
    "03_backprop": (
        "step-size-strip",
        "Find the slope of the loss by every weight of a network, and check it by measurement.",
    ),
    "04_classification": (
        "playground-strip",
        "Turn scores into probabilities, choose the loss that fits, and train a network that reads handwritten digits.",
    ),
    "05_design": (
        "family-picture",
        "Choose activations, first weights, depth and normalisation, and measure what each choice does.",
    ),
    "06_training": (
        "optimizer-strip",
        "Check a network before a long run, choose an optimizer and a schedule, and work against overfitting.",
    ),
    "07_project": (
        "distorted-strip",
        "Plan, train and judge a classifier of your own, and let it read your own handwriting.",
    ),
    "08_today": (
        "adversarial-strip",
        "Read programs in PyTorch and JAX, write attention, and find out how far a network can be trusted.",
    ),
}
"""What a card shows: the cell with the picture, and what one learns. Of other chapters, it is what comes first."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("chapter-cards", ChapterCards)
    app.add_directive("explorer", LiveExplorer)
    return {"parallel_read_safe": True}


class ChapterCards(Directive):
    """A picture, the title, a sentence and the hours of each chapter, with a link."""

    def run(self) -> list[nodes.Node]:
        """Read the chapters' pages."""
        env = self.state.document.settings.env
        cards = []
        for path in sorted(Path(env.srcdir, "chapters").glob("*.ipynb")):
            env.note_dependency(str(path))
            cards.append(_card(path))
        return [nodes.raw("", f'<div class="chapter-cards">{"".join(cards)}</div>', format="html")]


def _card(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    opening = cells[0].source
    title = re.findall("^# (.+)$", opening, re.MULTILINE)[0]
    texts = [part for part in opening.split("\n\n") if part[:1].isalpha()]
    first = SIGNS.sub("", re.split(r"(?<=[.?!]) ", " ".join(texts[0].split()))[0])
    chosen, sentence = CHOSEN.get(path.stem, ("", first))
    hours = HOURS.search(opening)
    shown = [(cell.id, IMAGE.findall(str(cell.get("outputs", "")).replace('\\"', '"'))) for cell in cells]
    pictures = dict(reversed([(name, found[0]) for name, found in shown if found]))
    mark, picture = pictures.get(chosen, next(reversed(pictures.values()), ("", "")))
    image = (
        f'<img {mark}src="{picture}" alt="A picture of the chapter {escape(title)}" loading="lazy">' if picture else ""
    )
    time = f" {hours[1].capitalize()}." if hours else ""
    return (
        f'<article>{image}<h3><a href="chapters/{path.stem}.html">{escape(title)}</a></h3>'
        f"<p>{escape(sentence)}{time}</p></article>"
    )


class LiveExplorer(Directive):
    """An explorer of `mlpkit.viz` that needs no kernel."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Draw its first picture."""
        with redirect_stdout(io.StringIO()):  # outside a notebook, a widget prints its picture's description
            bundle = getattr(viz, f"explore_{self.arguments[0]}")()._repr_mimebundle_()
        static = Path(self.state.document.settings.env.app.outdir, "_static")
        content = outside(bundle["text/html"], static).replace("../_static/", "_static/")
        return [nodes.raw("", f'<div class="cell_output"><div class="text_html">{content}</div></div>', format="html")]
