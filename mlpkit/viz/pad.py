"""A pad to draw a digit on, or to drop a photograph of one, and a classifier's answer beside it."""

from __future__ import annotations

import base64
import binascii
import html
import io
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from mlpkit.arrays import FloatArray
from mlpkit.optional import needed_by
from mlpkit.viz._page import live_page
from mlpkit.viz._show import Explorer, draw
from mlpkit.viz._style import BLUE
from mlpkit.viz._unanswered import unanswered_note
from mlpkit.viz.multiclass import plot_image

__all__ = ["explore_pad", "read_picture"]

SIZE = 224  # of the pad, in pixels
LARGEST = 1000  # photographs are made smaller than this, in pixels
PEN = 22
NOTE = "With a running kernel, there is a pad here to draw a digit on, and a button to load a photograph."

_numbers = count(1)

Prepare = Callable[[FloatArray], Any]
Predict = Callable[[FloatArray], Any]


def read_picture(content: bytes) -> FloatArray:
    """Read a picture file as numbers.

    Parameters
    ----------
    content : bytes
        The file, in one of the usual formats (PNG, JPEG, GIF, ...); its orientation is respected, and what is
        transparent becomes white.

    Returns
    -------
    ndarray of shape (height, width)
        Brightness, from 0, black, to 255, white.

    Raises
    ------
    ValueError
        If it is no picture.
    """
    with needed_by("a picture"):
        from PIL import Image, ImageOps

    try:
        picture: Any = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        picture.thumbnail((LARGEST, LARGEST))
        picture = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"this file is no picture that can be read ({error}); save it as PNG or JPEG") from None
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture).convert("L"), dtype=float)


def plot_answer(probabilities: ArrayLike, ax: Axes) -> str:
    """Draw what a classifier says to one picture.

    Parameters
    ----------
    probabilities : array_like of shape (k,)
        One for each class.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    str
        What can be seen.
    """
    p = np.asarray(probabilities, dtype=float).ravel()
    best = int(p.argmax())
    bars = ax.bar(range(len(p)), p, color="#cfe2f3", edgecolor=BLUE)
    bars[best].set(hatch="////", linewidth=2)
    ax.set_xticks(range(len(p)))
    ax.set(ylim=(0, 1.05), xlabel="class", ylabel="probability", title=f"{best} with probability {p[best]:.2f}")
    ax.grid(visible=False, axis="x")
    return f"The answer is {best} with probability {p[best]:.2f}."


def explore_pad(prepare: Prepare, predict: Predict) -> Explorer:
    """Draw a digit with the mouse, a pen or a finger, or load a picture of one, and see the answer.

    Parameters
    ----------
    prepare : callable
        Makes of a picture, an array (height, width) of brightness from 0 to 255, what the network takes: (n_in,).
    predict : callable
        Makes of that, as one row (1, n_in), the probabilities (1, k); for instance ``model.predict``.

    Returns
    -------
    Explorer
        The pad. A page without a kernel has one too, if `prepare` is `mlpkit.pictures.to_digit` and `predict` belongs
        to a network of dense layers with ReLU and softmax; else there is nothing to see there.
    """
    with needed_by("an explorer"):
        import ipywidgets
        from IPython.display import display

    name = f"mlpkit-pad-{next(_numbers)}"
    canvas = ipywidgets.HTML(_canvas(name))
    wire = ipywidgets.Text(continuous_update=True, layout={"display": "none"})  # the canvas writes its picture here
    wire.add_class(name)
    upload = ipywidgets.FileUpload(accept="image/*", multiple=False, description="Load a picture")
    answer = ipywidgets.Output()

    def say(content: bytes) -> None:
        answer.clear_output(wait=True)
        with answer:
            try:
                prepared = np.asarray(prepare(read_picture(content)), dtype=np.float32).ravel()
                if round(len(prepared) ** 0.5) ** 2 == len(prepared):
                    display(draw(plot_image, (2.4, 2.4), pixels=prepared, title="what the network gets"))
                else:
                    print(f"what the network gets: {len(prepared)} numbers")
                display(draw(plot_answer, (4.2, 2.6), probabilities=predict(prepared[None])))
            except Exception as error:
                print(f"{type(error).__name__}: {error}")

    def drawn(change: Any) -> None:
        if change["new"]:
            try:
                say(base64.b64decode(change["new"].partition(",")[2], validate=True))
            except binascii.Error:
                return

    def loaded(change: Any) -> None:
        for file in change["new"]:
            say(bytes(file["content"]))

    wire.observe(drawn, "value")
    upload.observe(loaded, "value")
    left = ipywidgets.VBox([canvas, upload, wire])
    network = _weights(prepare, predict)
    page = (lambda: live_page("pad", "", NOTE, [], network)) if network else None
    return Explorer(ipywidgets.HBox([left, answer]), NOTE, page, above=unanswered_note([wire]))


def _weights(prepare: Prepare, predict: Predict) -> dict[str, Any]:
    """Return the network behind `predict` for a page, or nothing if a page could not compute as it does."""
    from mlpkit import MLP, Dense
    from mlpkit.activations import ReLU, Softmax
    from mlpkit.pictures import to_digit

    model = getattr(predict, "__self__", None)
    layers: list[Any] = list(model.layers) if isinstance(model, MLP) else []
    kinds = [type(layer.activation) if type(layer) is Dense else None for layer in layers]
    if prepare is not to_digit or not kinds or kinds != [ReLU] * (len(kinds) - 1) + [Softmax]:
        return {}

    def numbers(values: Any) -> list[float]:
        return [float(f"{value:.5g}") for value in np.ravel(values)]

    return {"layers": [{"W": numbers(one.W), "b": numbers(one.b)} for one in layers]}


def _canvas(name: str) -> str:
    """Return the HTML of the pad; its handlers stand in its attributes, as scripts in widgets are not run."""
    begin = (
        "event.preventDefault(); const c = event.currentTarget.getContext('2d'); "
        "event.currentTarget.setPointerCapture(event.pointerId); "
        f"c.lineWidth = {PEN}; c.lineCap = c.lineJoin = 'round'; c.strokeStyle = 'black'; "
        "const [x, y] = [event.offsetX, event.offsetY]; c.beginPath(); c.moveTo(x, y); c.lineTo(x + 0.1, y); c.stroke()"
    )
    go_on = (
        "if (event.buttons) { const c = event.currentTarget.getContext('2d'); "
        "c.lineTo(event.offsetX, event.offsetY); c.stroke(); }"
    )
    send = (
        f"const wire = document.querySelector('.{name} input'); wire.value = event.currentTarget.toDataURL(); "
        "for (const kind of ['input', 'change']) wire.dispatchEvent(new Event(kind, {bubbles: true}))"
    )
    clear = (
        "const pad = event.currentTarget.parentElement.querySelector('canvas'); "
        "pad.getContext('2d').clearRect(0, 0, pad.width, pad.height)"
    )
    handlers = {"onpointerdown": begin, "onpointermove": go_on, "onpointerup": send}
    attributes = " ".join(f'{event}="{html.escape(code)}"' for event, code in handlers.items())
    return (
        f'<canvas width="{SIZE}" height="{SIZE}" tabindex="0" role="img" aria-label="Pad: draw one digit here" '
        f'style="border: 2px solid {BLUE}; background: white; touch-action: none; cursor: crosshair" {attributes}>'
        f'</canvas><br><button type="button" onclick="{html.escape(clear)}">Clear</button>'
    )
