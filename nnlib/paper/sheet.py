"""The sheet on which a class writes its digits: where everything stands on it, drawn to be printed.

Lengths are in millimetres, x to the right and y down, from the middle of the mark at the top left. What is printed is
the same on A4 and on Letter, so that `read_sheet` need not know which it was.
"""

import numpy as np

from .. import checks
from ..files import write_atomically

PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
WIDTH, HEIGHT = 180.0, 245.0  # between the middles of the corner marks
CORNERS = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])  # clockwise from the top left
MARK = 9.1  # side of a corner mark: a square ring around a square, in the proportions 1 : 1 : 3 : 1 : 1
UPRIGHT, UPRIGHT_SIDE = np.array([11.5, 0.0]), 5.2  # beside the first mark, so that upside down can be told
ROWS, COLUMNS = 10, 6
BOX, LINE = 18.0, 0.4  # side of a box, and width of its lines, which lie around the side
FIRST_BOX, STEP = np.array([24.0, 32.5]), np.array([26.0, 20.8])
LABEL_X, RULE_Y = 13.0, 19.0
POINTS_PER_MM, MM_PER_INCH = 72 / 25.4, 25.4


def box_corner(row, column):
    """Return the top left corner (x, y) of a box."""
    return FIRST_BOX + STEP * (column, row)


def draw_sheet(paper="a4"):
    """Draw the empty sheet.

    Parameters
    ----------
    paper : {"a4", "letter"}

    Returns
    -------
    nnlib.plots.Figure
        A page of that size.

    Raises
    ------
    ValueError
        If there is no such paper.
    """
    from ..plots import Figure  # Matplotlib, which reading does without

    if paper not in PAPERS:
        raise ValueError(f"paper is {checks.shown(paper)}; expected one of {', '.join(PAPERS)}.")
    size = np.array(PAPERS[paper])
    figure = Figure(figsize=size / MM_PER_INCH)
    figure.alt = "A page with ten rows of six boxes, one row for each digit from 0 to 9, and a mark in each corner."
    axes = figure.add_axes((0, 0, 1, 1))
    left, top = (size - (WIDTH, HEIGHT)) / 2
    axes.set(xlim=(-left, size[0] - left), ylim=(size[1] - top, -top))
    axes.set_axis_off()
    _draw_marks(axes)
    _draw_words(axes)
    _draw_boxes(axes)
    return figure


def save_sheet(path, paper="a4"):
    """Save the empty sheet as a PDF; `path` ends in ``.pdf``. A file that was there before is replaced."""
    path = checks.path(path)
    if path.suffix.lower() != ".pdf":
        raise ValueError(f"path is {path}; expected a name that ends in .pdf.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} for {path.name}.")
    figure = draw_sheet(paper)
    metadata = {"Title": "Ten digits, six times each", "CreationDate": None, "Creator": None, "Producer": None}
    write_atomically({path: lambda file: figure.savefig(file, format="pdf", metadata=metadata)})


def _square(axes, middle, side, **style):
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle(np.subtract(middle, side / 2), side, side, **style))


def _draw_marks(axes):
    for corner in CORNERS:
        for side, colour in ((MARK, "black"), (5 / 7 * MARK, "white"), (3 / 7 * MARK, "black")):
            _square(axes, corner, side, facecolor=colour, edgecolor="none")
    _square(axes, UPRIGHT, UPRIGHT_SIDE, facecolor="black", edgecolor="none")


def _draw_words(axes):
    left, right = FIRST_BOX[0], FIRST_BOX[0] + (COLUMNS - 1) * STEP[0] + BOX
    axes.text(left, 1.5, "Write each digit six times", fontsize=17, weight="bold", va="baseline")
    axes.text(left, 8.0, "one in each box, as you always write it, with any pen", fontsize=10.5, va="baseline")
    axes.text(left, RULE_Y, "Name or number", fontsize=10.5, va="baseline")
    axes.plot([left + 35, right], [RULE_Y + 1] * 2, color="black", linewidth=0.25 * POINTS_PER_MM)
    footer = "A picture of this page shows the whole of it, flat and sharp, with the marks in its four corners."
    axes.text(WIDTH / 2, HEIGHT + 0.8, footer, fontsize=7.5, ha="center", va="baseline")


def _draw_boxes(axes):
    for row in range(ROWS):
        for column in range(COLUMNS):
            middle = box_corner(row, column) + BOX / 2
            _square(axes, middle, BOX, facecolor="none", edgecolor="black", linewidth=LINE * POINTS_PER_MM)
        y = box_corner(row, 0)[1] + BOX / 2
        axes.text(LABEL_X, y, str(row), fontsize=24, weight="bold", ha="center", va="center_baseline")
