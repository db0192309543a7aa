"""A picture with sliders: move a number, and see at once what it does."""

import base64
import inspect
import io
from html import escape

import ipywidgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from . import checks
from .plots import Figure

KEPT = 100  # pictures, each of 50 to 100 kB
PIXELS_PER_INCH = 144  # a picture is drawn anew at each move: as sharp as there is time for


class Sliders(ipywidgets.VBox):
    """Show a figure below one slider for each of its numbers, and draw it anew when one is moved.

    Saved in a notebook it is an ordinary picture, which is seen without a kernel, too.

    Parameters
    ----------
    figure : Figure
        From `plots.new_figure`.
    draw : callable
        Called with the value of each slider, by name. It changes what the figure shows, and `figure.alt`. A default
        of one of its arguments is where that slider starts. Pictures that were drawn are kept for a while: what it
        draws must depend on its arguments only.
    **values : sequence
        For each slider what it can be set to: two or more numbers or texts.

    Raises
    ------
    TypeError, ValueError
        If `figure` is something else, a slider has fewer than two values, or a start is not among them.
    """

    def __init__(self, figure, draw, **values):
        if not isinstance(figure, Figure):
            raise TypeError(f"figure is {checks.shown(figure)}; expected one from plots.new_figure.")
        self._figure, self._draw = figure, checks.function(draw, "draw")
        starts = inspect.signature(draw).parameters
        self._sliders = {name: _slider(name, options, starts) for name, options in values.items()}
        self._picture = ipywidgets.HTML()
        super().__init__([*self._sliders.values(), self._picture])
        self._draw(**self._values())
        self._still = figure._repr_mimebundle_()  # sharp, and with the layout that suits what is drawn
        figure.set_layout_engine("none")  # from now on everything stays in its place, and drawing is quicker
        figure.set_dpi(PIXELS_PER_INCH)
        self._picture.value = self._rendered()
        self._pictures = {tuple(self._values().values()): self._picture.value}  # HTML, by the values of the sliders
        for slider in self._sliders.values():
            slider.observe(self._moved, "value")

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = super()._repr_mimebundle_(include=include, exclude=exclude)
        still, metadata = self._still
        return still | data | {"text/plain": still["text/plain"]}, metadata

    def _values(self):
        return {name: slider.value for name, slider in self._sliders.items()}

    def _moved(self, _):
        values = self._values()
        key = tuple(values.values())
        if key not in self._pictures:
            self._draw(**values)
            self._pictures[key] = self._rendered()
            if len(self._pictures) > KEPT:
                del self._pictures[next(iter(self._pictures))]  # the oldest
        self._picture.value = self._pictures[key]

    def _rendered(self):
        """Return the figure as HTML."""
        # `savefig` would draw twice, once to measure; here everything has its place already.
        canvas = FigureCanvasAgg(self._figure)
        canvas.draw()
        buffer = io.BytesIO()
        # A fast compression: sending some more bytes takes less time than packing them tightly.
        Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).save(buffer, format="png", compress_level=1)
        png = base64.b64encode(buffer.getvalue()).decode()
        width = round(96 * self._figure.get_figwidth())  # CSS pixels
        return (
            f'<img alt="{escape(self._figure.alt)}" src="data:image/png;base64,{png}" '
            f'style="width: {width}px; max-width: 100%">'
        )


def _slider(name, options, starts):
    """Return a slider over some values."""
    options = checks.items(options, name)
    if len(options) < 2:
        raise ValueError(f"{name} has {len(options)} values; expected two or more to choose from.")
    default = starts[name].default if name in starts else inspect.Parameter.empty
    start = options[0] if default is inspect.Parameter.empty else default
    if start not in options:
        raise ValueError(f"{name} starts at {checks.shown(start)}, which is not among its values.")
    return ipywidgets.SelectionSlider(
        options=[(value if isinstance(value, str) else f"{value:g}", value) for value in options],
        value=start,
        description=name.replace("_", " "),
        layout=ipywidgets.Layout(width="26em", max_width="100%"),
    )
