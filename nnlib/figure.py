"""Figures in the house style, which carry alt text and show themselves at the end of a notebook cell."""

import io

import matplotlib
from matplotlib.figure import Figure as MatplotlibFigure

# Okabe and Ito's colours, told apart by colour-blind people too; line styles and markers repeat what they say.
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": matplotlib.cycler(color=[BLUE, ORANGE, GREEN, PURPLE], linestyle=["-", "--", "-.", ":"]),
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "figure.facecolor": "white",
    "font.size": 10,
    "lines.linewidth": 2,
}
PIXELS_PER_INCH = 192  # twice the 96 of a web page, so that it is sharp on fine screens


class Figure(MatplotlibFigure):
    """A matplotlib figure that carries alt text and shows itself, with that text, at the end of a notebook cell."""

    alt = ""

    def _repr_mimebundle_(self, include=None, exclude=None):
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=PIXELS_PER_INCH, metadata={"Software": None})
        png = buffer.getvalue()
        width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
        shown = {"alt": self.alt, "width": width // 2, "height": height // 2}
        return {"image/png": png, "text/plain": f"<Figure: {self.alt}>"}, {"image/png": shown}


def new_figure(alt, *, width=7.0, height=3.5, rows=1, columns=1, title=None, **options):
    """Return an empty figure in the house style and its axes.

    Parameters
    ----------
    alt : str
        What a reader who cannot see it should know.
    width, height : float
        In inches.
    rows, columns : int
        Of axes.
    title : str or None
        What there is to see.
    **options
        Passed on to ``Figure.subplots``.

    Returns
    -------
    figure : Figure
    axes : Axes, or an array of them
    """
    with matplotlib.rc_context(STYLE):
        width = max(width, 0.3 + 0.105 * len(title or ""))  # room for the title, in bold letters of 12 points
        figure = Figure(figsize=(width, height), layout="constrained")
        figure.alt = alt
        axes = figure.subplots(rows, columns, **options)
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return figure, axes
