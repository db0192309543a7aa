"""The drawing of a matrix product shows the right numbers, and lights up what makes one of them."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from nnlib import plots
from nnlib.diagram import LIT_COLUMN, LIT_RESULT, LIT_ROW, draw_product

A = np.array([[1, 0, 2], [3, 1, 0]])
B = np.array([[2, 1], [0, 4], [1, -1]])
# By hand: 2 + 0 + 2, 1 + 0 − 2; 6 + 0 + 0, 3 + 4 + 0.
SUMS = {
    (0, 0): "1 · 2 + 0 · 0 + 2 · 1 = 4",
    (0, 1): "1 · 1 + 0 · 4 + 2 · (−1) = −1",
    (1, 0): "3 · 2 + 1 · 0 + 0 · 1 = 6",
    (1, 1): "3 · 1 + 1 · 4 + 0 · (−1) = 7",
}


def lit(ax, colour):
    """Return the numbers that stand in squares of a colour, from top to bottom and left to right."""
    squares = [
        patch for patch in ax.patches if isinstance(patch, Rectangle) and to_hex(patch.get_facecolor()) == colour
    ]
    centres = sorted((-s.get_y() - s.get_height() / 2, s.get_x() + s.get_width() / 2) for s in squares)
    texts = {tuple(np.round(text.get_position(), 6)): text.get_text() for text in ax.texts}
    return [texts[round(x, 6), round(-y, 6)] for y, x in centres]


@pytest.mark.parametrize(("place", "expected"), SUMS.items())
def test_one_number_is_worked_out(place, expected):
    _, ax = plots.new_figure("", width=6, height=2.2)
    draw_product(ax, A, B)  # what stood there before is gone
    words = draw_product(ax, A, B, *place)
    assert words == f"Row {place[0]} of A times column {place[1]} of B: {expected}."
    texts = [text.get_text() for text in ax.texts]
    assert expected in texts
    assert {"A (2, 3)", "B (3, 2)", "A @ B (2, 2)", "@", "="} <= set(texts)
    assert lit(ax, LIT_ROW.lower()) == [["1", "0", "2"], ["3", "1", "0"]][place[0]]
    assert lit(ax, LIT_COLUMN.lower()) == [["2", "0", "1"], ["1", "4", "−1"]][place[1]]
    assert lit(ax, LIT_RESULT.lower()) == [expected.split(" = ")[1]]


def test_all_fits_on_the_figure():
    figure, ax = plots.new_figure("", width=6, height=2.2)
    draw_product(ax, A, B, 0, 1)
    figure.canvas.draw()
    frame = figure.bbox
    for text in ax.texts:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1, text
