"""A learning curve that grows in the notebook while the network trains."""

import base64
import math
import time
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 240, 56, 34, 34, 12  # in CSS pixels


class LiveCurve:
    """Draw the cost at each iteration, as the `callback` of `train`; the last drawing stays in the notebook.

    Parameters
    ----------
    max_iter : int
        The same as for `train`: where the axis of iterations ends.
    """

    def __init__(self, max_iter):
        self.max_iter = max_iter
        self._handle = None
        self._last = 0.0

    def __call__(self, history):
        """Draw the history so far, at most ten times a second; the last iteration is always drawn."""
        from IPython.display import HTML, display

        ended = len(history["cost"]) >= self.max_iter
        if time.perf_counter() - self._last < 0.1 and not ended:
            return
        self._last = time.perf_counter()
        words = progress_in_words(history, self.max_iter)
        svg = base64.b64encode(curve_svg(history, self.max_iter, words).encode()).decode()
        # As an image, not as bare SVG: JupyterLab shows no SVG in a notebook that has not been run here yet.
        picture = HTML(f'<img alt="{escape(f"Learning curve. {words}")}" src="data:image/svg+xml;base64,{svg}">')
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)


def progress_in_words(history, max_iter):
    """Return how far the training has got: "Iteration 3 of 70 · cost 2.1234 · 12 s left"."""
    n, seconds = len(history["cost"]), history["seconds"][-1]
    words = f"Iteration {n} of {max_iter} · cost {history['cost'][-1]:.4f}"
    if history.get("validation_accuracy"):
        words += f" · validation accuracy {100 * history['validation_accuracy'][-1]:.2f} %"
    return words + (f" · {seconds / n * (max_iter - n):.0f} s left" if n < max_iter else f" · {seconds:.0f} s")


def curve_svg(history, max_iter, title):
    """Return the picture of a learning curve, on a logarithmic axis, as SVG."""
    cost = history["cost"]
    top, bottom = math.log10(max(cost)) + 0.02, math.log10(min(cost)) - 0.02

    def x(iteration):
        return LEFT + (WIDTH - LEFT - RIGHT) * iteration / max_iter

    def y(value):
        return TOP + (HEIGHT - TOP - BOTTOM) * (top - math.log10(value)) / (top - bottom)

    points = " ".join(f"{x(i):.1f},{y(value):.1f}" for i, value in enumerate(cost, start=1))
    ticks = "".join(
        f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="black" '
        f'stroke-opacity="0.2"/>'
        for value in (m * 10.0**e for e in range(-6, 4) for m in (1, 2, 5))
        if bottom < math.log10(value) < top
    )
    ticks += "".join(
        f'<text x="{x(i):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{i}</text>'
        for i in range(0, max_iter + 1, max(1, max_iter // 5))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="{LEFT}" y="18" font-weight="bold">{escape(title)}</text><g>{ticks}</g>'
        f'<path d="M{LEFT},{TOP} V{HEIGHT - BOTTOM} H{WIDTH - RIGHT}" fill="none" stroke="black"/>'
        f'<polyline points="{points}" fill="none" stroke="#1b87c9" stroke-width="2.5"/>'
        f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 4}" text-anchor="middle">iteration</text>'
        f'<text x="12" y="{HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 12 {HEIGHT / 2})">cost J</text>'
        "</svg>"
    )
