"""Drawings for explanations: a network, its units as circles and its weights as lines; a chain; a matrix product."""

from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Circle, Rectangle

from .parameters import sizes_of

RED, BLUE, ORANGE = "#B2182B", "#2166AC", "#D55E00"  # of weights: as in the colour map RdBu of their images
NEUTRAL = "lightgray"  # a weight of 0 neither adds nor takes away
RADIUS = 0.36
THICKEST, THINNEST = 2.6, 0.4  # lines, in points
ABOVE = 0.4  # room above the units
SHARE = 0.3  # of a line, from its left end, where its weight is written: lines cross in the middle


@dataclass(frozen=True)
class Layout:
    """Where the units of a network are drawn: `places` has for each layer the place (x, y) of each unit, by number."""

    sizes: tuple
    places: list
    with_values: bool
    below: float  # room for what stands below the units

    @property
    def lowest(self):
        """The y of the lowest unit."""
        return min(y for units in self.places for _, y in units.values())

    def inches(self):
        """Return width and height of a figure on which the drawing is readable."""
        scale = 0.72 if self.with_values else 0.55
        width = max(x for units in self.places for x, _ in units.values()) + 2
        return scale * width, scale * (-2 * self.lowest + 2 * RADIUS + self.below + ABOVE) + 0.4


def layout(thetas, most_units, values):
    """Return the layout of a network; of a layer with more units, the first ones and the last one are drawn."""
    sizes = sizes_of(thetas)
    with_values = values and all(size <= most_units for size in sizes)
    unit_gap, layer_gap = (1.8, 3.4) if with_values else (1.0, 2.6)
    places = []
    for layer, size in enumerate(sizes):
        shown = range(size) if size <= most_units else [*range(most_units - 1), size - 1]
        rows = np.array([min(unit, most_units) for unit in shown])  # row `most_units - 1` is that of the dots
        heights = unit_gap * (rows[-1] / 2 - rows)
        places.append({unit: (layer_gap * layer, y) for unit, y in zip(shown, heights, strict=True)})
    return Layout(sizes, places, with_values, 1.05 if with_values else 0.55)


def draw_network(ax, thetas, *, activations=None, deltas=None, gradients=None, names=None, most_units=6, values=True):
    """Draw a network on axes, in place of what is there; `plots.plot_network` says what the arguments are."""
    ax.clear()
    ax.set_aspect("equal")
    ax.set_axis_off()
    plan = layout(thetas, most_units, values)
    largest = max(np.abs(theta[:, 1:]).max() for theta in thetas) or 1.0
    for layer, theta in enumerate(thetas, start=1):
        for j, end in plan.places[layer].items():
            for k, start in plan.places[layer - 1].items():
                _draw_line(ax, start, end, theta[j, 1 + k], largest)
                if plan.with_values:
                    _write_on_line(ax, start, end, theta[j, 1 + k], _value(gradients, layer - 1, (j, 1 + k)))
            if plan.with_values:
                _write_below(ax, end, theta[j, 0], _value(deltas, layer - 1, j))
    for layer, (size, units) in enumerate(zip(plan.sizes, plan.places, strict=True)):
        for unit, place in units.items():
            _draw_unit(ax, place, _value(activations, layer, unit), _value(names, layer, unit))
        x = units[0][0]
        if len(units) < size:
            *_, above, below = (y for _, y in units.values())
            ax.text(x, (above + below) / 2, "⋮", ha="center", va="center", fontsize=16)
        title = _layer_name(layer, size, len(plan.sizes))
        ax.text(x, plan.lowest - RADIUS - plan.below, title, ha="center", va="bottom", fontsize=9, color="dimgray")
    ax.set_xlim(-1, units[0][0] + 1)
    ax.set_ylim(plan.lowest - RADIUS - plan.below, -plan.lowest + RADIUS + ABOVE)


def _layer_name(layer, size, n_layers):
    name = "input" if layer == 0 else "output" if layer == n_layers - 1 else "hidden unit"
    return f"{size:,} {name}" if size == 1 else f"{size:,} {name}s"


def _value(values, layer, index):
    """Return the value of a unit or a weight, or None where there is none yet."""
    if values is None or values[layer] is None:
        return None
    return values[layer][index]


def _written(number):
    """Return a number with up to three digits after the point, as short as it can be; texts stay."""
    return number if isinstance(number, str) else f"{round(float(number), 3):g}".replace("-", "−")


def _draw_line(ax, start, end, weight, largest):
    ax.plot(
        *zip(start, end, strict=True),
        color=RED if weight > 0 else BLUE if weight < 0 else NEUTRAL,
        linestyle=(0, (4, 1.5)) if weight < 0 else "-",  # so that the sign is seen without colours, too
        linewidth=THINNEST + (THICKEST - THINNEST) * abs(weight) / largest,
        zorder=1,
    )


def _write_on_line(ax, start, end, weight, slope):
    """Write a weight on its line, and below it the slope of the cost: side by side they would look like a sum."""
    x, y = (a + SHARE * (b - a) for a, b in zip(start, end, strict=True))
    style = {"ha": "center", "fontsize": 9, "zorder": 2}
    style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    ax.text(x, y, _written(weight), va="center", **style)
    if slope is not None:
        ax.text(x, y - 0.15, _written(slope), va="top", color=ORANGE, fontweight="bold", **style)


def _write_below(ax, place, bias, delta):
    """Write what belongs to a unit and to no line: its bias, and its delta."""
    x, y = place
    style = {"ha": "center", "va": "top", "fontsize": 9, "zorder": 4}
    ax.text(x, y - RADIUS - 0.06, f"b = {_written(bias)}", **style)
    if delta is not None:
        ax.text(x, y - RADIUS - 0.34, f"δ = {_written(delta)}", color=ORANGE, fontweight="bold", **style)


def _draw_unit(ax, place, activation, name):
    x, y = place
    ax.add_patch(Circle(place, RADIUS, facecolor="white", edgecolor="black", linewidth=1.2, zorder=3))
    if activation is not None:
        ax.text(x, y, _written(activation), ha="center", va="center", fontsize=9, zorder=4)
    if name is not None:
        ax.text(x, y + RADIUS + 0.06, name, ha="center", va="bottom", fontsize=9, zorder=4)


def draw_chain(ax, names, values, steps, slopes):
    """Draw a chain of steps on axes, in place of what is there; `plots.plot_chain` says what the arguments are.

    Returns
    -------
    str
        The same in words, for those who do not see the drawing.
    """
    ax.clear()
    ax.set_axis_off()
    gap, last = 3.0, len(values) - 1  # between the boxes
    arriving = [1.0]  # the slope of the last number by each number
    for slope in reversed(slopes):
        arriving.insert(0, slope * arriving[0])
    boxes = [f"{name} = {_written(value)}" for name, value in zip(names, values, strict=True)]
    slopes_back = [f"∂{names[last]}/∂{name} = {_written(slope)}" for name, slope in zip(names, arriving, strict=True)]
    factors = [f"times {slope:.4g}".replace("-", "−") for slope in slopes]
    for i in range(len(values)):
        box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": "black"}
        plain = {"ha": "center", "parse_math": False}  # a dollar is a dollar
        ax.text(gap * i, 0, boxes[i], va="center", bbox=box, **plain)
        ax.text(gap * i, -1, slopes_back[i], va="center", color=ORANGE, fontweight="bold", fontsize=9, **plain)
    for i, (step, factor) in enumerate(zip(steps, factors, strict=True)):
        middle = gap * (i + 0.5)
        _draw_arrow(ax, (gap * i + 0.8, 0), (gap * (i + 1) - 0.8, 0), "black")
        ax.text(middle, 0.16, step, ha="center", va="bottom", fontsize=9, parse_math=False)
        _draw_arrow(ax, (gap * (i + 1) - 1.0, -1), (gap * i + 1.0, -1), ORANGE)
        ax.text(middle, -1.16, factor, ha="center", va="top", fontsize=9, color=ORANGE)
    ax.set_xlim(-1, gap * last + 1)
    ax.set_ylim(-1.7, 0.7)
    back = "".join(f", {factor} is {slope}" for factor, slope in zip(factors[::-1], slopes_back[-2::-1], strict=True))
    return f"Boxes: {', '.join(boxes)}. The steps between them: {', '.join(steps)}. Back: {slopes_back[last]}{back}."


def _draw_arrow(ax, start, end, color):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": color, "linewidth": 1.2})


# Light blue, light orange, grey: numbers stay readable.
LIT_ROW, LIT_COLUMN, LIT_RESULT = "#BBD7EA", "#F7CDAF", "#D9D9D9"


def draw_product(ax, A, B, row=0, column=0):
    """Draw a matrix product ``A @ B`` on axes: one row and one column lit up, and the number that they make.

    Parameters
    ----------
    ax : Axes
    A, B : ndarray (m, k), (k, n)
        Small matrices.
    row, column : int
        Which number of the product is worked out.

    Returns
    -------
    str
        How it is worked out, in words for those who do not see the drawing.
    """
    A, B = np.asarray(A), np.asarray(B)
    C = A @ B
    ax.clear()
    ax.set_aspect("equal")
    ax.set_axis_off()
    tallest = max(len(A), len(B))
    left = 0.0
    for name, matrix, lit, sign in (
        (f"A {A.shape}", A, {(row, k): LIT_ROW for k in range(A.shape[1])}, "@"),
        (f"B {B.shape}", B, {(k, column): LIT_COLUMN for k in range(len(B))}, "="),
        (f"A @ B {C.shape}", C, {(row, column): LIT_RESULT}, ""),
    ):
        top = (len(matrix) - tallest) / 2
        _draw_matrix(ax, matrix, left, top, lit)
        right = left + matrix.shape[1]
        ax.text((left + right) / 2, top + 0.12, name, ha="center", va="bottom", fontsize=9, color="dimgray")
        ax.text(right + 0.6, -tallest / 2, sign, ha="center", va="center", fontsize=13)
        left = right + 1.2
    factors = [(_written(a), _written(b)) for a, b in zip(A[row], B[:, column], strict=True)]
    terms = " + ".join(f"{a} · {b}" if b[0] != "−" else f"{a} · ({b})" for a, b in factors)
    sum_of_terms = f"{terms} = {_written(C[row, column])}"
    ax.text((left - 1.2) / 2, -tallest - 0.35, sum_of_terms, ha="center", va="top", fontsize=12)
    ax.set_xlim(-0.2, left - 1)
    ax.set_ylim(-tallest - 1.1, 0.7)
    return f"Row {row} of A times column {column} of B: {sum_of_terms}."


def _draw_matrix(ax, matrix, left, top, lit):
    """Write the numbers of a matrix into squares of side 1; `lit` has the colours of some of them, by (row, column)."""
    for (i, j), number in np.ndenumerate(matrix):
        corner = (left + j, top - i - 1)
        colour = lit.get((i, j), "white")
        ax.add_patch(Rectangle(corner, 1, 1, facecolor=colour, edgecolor="gray", linewidth=0.8))
        weight = "bold" if (i, j) in lit else "normal"
        ax.text(left + j + 0.5, top - i - 0.5, _written(number), ha="center", va="center", fontweight=weight)
