"""Pictures of digits, weights and learning. Each function returns a figure, which shows itself at the end of a cell."""

import io

import matplotlib
import matplotlib.ticker
import numpy as np
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.patches import Rectangle

from . import checks
from .diagram import draw_chain, draw_network, layout
from .gradcheck import StepSweep
from .paper.page import Page
from .parameters import sizes_of
from .reading import SURE

# Okabe and Ito's colours, which colour-blind people can tell apart; line styles and markers repeat what they say.
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
PIXELS_PER_INCH = 192  # twice the 96 of a web page, so that it is sharp on high-resolution screens
SHORTEST_SIDE = 0.1  # inches
LONGEST_SIDE, LARGEST_AREA = 300, 2000  # in inches and square inches; such a figure takes 300 MB
MOST_IMAGES, MOST_CLASSES, MOST_CURVES = 1000, 100, 50  # in one figure


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
        What a reader who cannot see the figure should know.
    width, height : float
        Size in inches.
    rows, columns : int
        Number of rows and columns of axes.
    title : str or None
        What there is to see; a dollar sign is a dollar sign, not the start of a formula.
    **options
        Passed on to ``Figure.subplots``.

    Returns
    -------
    figure : Figure
    axes : Axes, or an array of them
    """
    title, alt = _text(title, "title"), _text(alt, "alt")
    width, height = checks.positive(width, "width"), checks.positive(height, "height")
    rows, columns = checks.count(rows, "rows"), checks.count(columns, "columns")
    checks.count(rows * columns, "rows * columns", 2 * MOST_IMAGES)  # the last row may have room left
    for name, side in (("width", width), ("height", height)):
        if side < SHORTEST_SIDE:
            raise ValueError(f"{name} is {side:.3g}; expected at least {SHORTEST_SIDE} inches.")
    width = max(width, 0.3 + 0.105 * len(title))  # room for the title, in bold letters of 12 points
    if max(width, height) > LONGEST_SIDE or width * height > LARGEST_AREA:
        raise ValueError(
            f"The figure is too large: {width:.0f} by {height:.0f} inches. Expected sides of at most {LONGEST_SIDE} "
            f"inches and {LARGEST_AREA:,} square inches: fewer images, another number of columns, a smaller scale, or "
            "a shorter title."
        )
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06)  # inches; the ticks may change after the layout
        figure.alt = alt
        axes = figure.subplots(rows, columns, **options)
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold", parse_math=False)
    return figure, axes


def plot_digits(X, captions=None, *, columns=10, title="Digits", alt=None, scale=0.75, highlight=None, cmap="gray"):
    """Show images in a grid.

    Parameters
    ----------
    X : ndarray (m, 784), or (n, k * k) for any k
        The images, one per row.
    captions : sequence or None
        One for each image, written below it as it is: a dollar sign is not the start of a formula.
    columns : int
        Images in a row of the grid.
    title, alt : str
        What there is to see; None builds the alt text from the title and the captions.
    scale : float
        Inches per image.
    highlight : sequence of bool or None
        Captions to set in bold and colour.
    cmap : str
        Name of a Matplotlib colour map.

    Returns
    -------
    Figure
    """
    images = _square(X, "X")
    captions = _captions(captions, images)
    listed = f": {', '.join(captions)}." if captions else "."
    if not isinstance(cmap, str) or cmap not in matplotlib.colormaps:
        raise ValueError(f"cmap is {checks.shown(cmap)}; expected the name of a Matplotlib colour map, such as 'gray'.")
    alt = _text(alt, "alt") or f"{title}. {_counted(images, 'image')}{listed}"
    options = {"cmap": cmap, "vmin": 0, "vmax": max(1, images.max())}
    return _draw_grid(images, captions, columns, scale, title, alt, highlight, **options)[0]


def plot_weights(weights, captions=None, *, columns=10, title="Weights", alt=None, scale=0.75):
    """Show the weights of units as images: red adds, blue takes away, white is zero.

    Parameters
    ----------
    weights : ndarray (n_units, 784)
        Without the bias column: ``thetas[0][:, 1:]``.
    captions : sequence or None
        One for each unit.
    columns, title, alt, scale
        As for `plot_digits`.

    Returns
    -------
    Figure
    """
    images = _square(weights, "weights")
    limit = float(np.abs(images.astype(np.float64)).max()) or 1.0
    alt = (
        _text(alt, "alt")
        or f"{title}. The weights of {_counted(images, 'unit')} as images; red is positive, blue negative."
    )
    options = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    figure, axes, picture = _draw_grid(images, captions, columns, scale, title, alt, margin=0.8, **options)
    figure.colorbar(picture, ax=axes, shrink=min(1.0, 1.6 / len(axes)), aspect=12, pad=0.01)
    return figure


def plot_learning_curve(history, *, title="The cost falls", alt=None):
    """Show the cost and, where it was measured, the validation accuracy, at each iteration.

    Parameters
    ----------
    history : dict or dict of dict
        The `history` of a `TrainResult`, or several by name.
    title, alt : str
        What there is to see.

    Returns
    -------
    Figure
    """
    histories = _histories(history)
    with_accuracy = all("validation_accuracy" in h for h in histories.values())
    figure, axes = new_figure(
        _text(alt, "alt") or f"{title}. " + " ".join(_describe(name, h) for name, h in histories.items()),
        width=9 if with_accuracy else 6,
        columns=2 if with_accuracy else 1,
        title=title,
        squeeze=False,
    )
    panels = [("cost", "cost J")] + ([("validation_accuracy", "validation accuracy")] if with_accuracy else [])
    lines = {}
    for ax, (key, label) in zip(axes[0], panels, strict=True):
        for name, h in histories.items():
            (line,) = ax.plot(range(1, len(h[key]) + 1), h[key])
            lines[name] = line
        ax.set(xlabel="iteration", ylabel=label)
        ax.grid(alpha=0.3)
    axes[0, 0].set_yscale("log")
    axes[0, 0].yaxis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
    axes[0, 0].yaxis.set_major_formatter("{x:g}")
    axes[0, 0].yaxis.set_minor_formatter("")
    if len(histories) > 1:
        # With labels given here, a name that begins with "_" is shown too.
        legend = axes[0, 0].legend(lines.values(), lines)
        for name in legend.get_texts():
            name.set_parse_math(False)
    return figure


def plot_confusion_matrix(matrix, *, title="What was taken for what", alt=None):
    """Show a confusion matrix: every cell with its count, the mistakes shaded.

    Parameters
    ----------
    matrix : ndarray (n_classes, n_classes) of int
        Row: the true class; column: the predicted one.
    title, alt : str
        What there is to see.

    Returns
    -------
    Figure
    """
    matrix = checks.dense(matrix, "matrix")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(f"matrix has shape {matrix.shape}; expected (n_classes, n_classes).")
    if len(matrix) > MOST_CLASSES:
        raise ValueError(f"matrix is too large: {len(matrix):,} classes; expected at most {MOST_CLASSES}.")
    checks.finite(matrix, "matrix")
    mistakes = np.where(np.eye(len(matrix), dtype=bool), 0, matrix)
    worst = np.unravel_index(mistakes.argmax(), mistakes.shape)
    figure, ax = new_figure(
        _text(alt, "alt")
        or f"{title}. {np.trace(matrix)} of {matrix.sum()} on the diagonal"
        + (
            f"; the commonest mistake is {worst[0]} taken for {worst[1]}, {mistakes[worst]} times."
            if mistakes.any()
            else ": no mistakes."
        ),
        width=6.2,
        height=5.6,
        title=title,
    )
    picture = ax.imshow(mistakes, cmap="viridis", vmin=0)
    for (row, column), count in np.ndenumerate(matrix):
        dark = mistakes[row, column] < 0.43 * max(1, mistakes.max())
        on_diagonal = row == column
        ax.text(
            column,
            row,
            count,
            ha="center",
            va="center",
            fontsize=9,
            color="white" if dark else "black",
            fontweight="bold" if on_diagonal else "normal",
        )
    classes = range(len(matrix))
    ax.set(xlabel="predicted digit", ylabel="true digit", xticks=classes, yticks=classes)
    ax.spines[:].set_visible(False)
    figure.colorbar(picture, ax=ax, label="mistakes (off the diagonal)", shrink=0.8)
    return figure


def plot_step_sizes(sweeps, *, title="Too large a step, too small a step", alt=None):
    """Show the V curve: the error of differences, as a share of the slope, against the step size.

    Parameters
    ----------
    sweeps : dict of str to StepSweep
        By name, such as ``{"float64": …, "float32": …}``.
    title, alt : str
        What there is to see.

    Returns
    -------
    Figure
    """
    sweeps = _check_named(sweeps, StepSweep, "sweeps")
    bests = [
        f"{name}: central differences are best near a step of {s.steps[s.central.argmin()]:.0e}, "
        f"with an error of {s.central.min():.0e}."
        for name, s in sweeps.items()
    ]
    figure, axes = new_figure(
        _text(alt, "alt") or f"{title}. " + " ".join(bests),
        width=4.5 * len(sweeps),
        columns=len(sweeps),
        title=title,
        sharey=True,
        squeeze=False,
    )
    for ax, (name, sweep) in zip(axes[0], sweeps.items(), strict=True):
        ax.loglog(sweep.steps, sweep.forward, marker="s", markersize=3, label="forward")
        ax.loglog(sweep.steps, sweep.central, marker="o", markersize=3, label="central")
        ax.set(xlabel="step size h")
        ax.set_title(name, parse_math=False)
        ax.grid(alpha=0.3)
    axes[0, 0].set_ylabel("error ÷ slope")
    axes[0, 0].legend()
    return figure


def plot_page(page, *, title=None, alt=None, width=7.0):
    """Show a page with a box around each digit that `nnlib.read_page` read, and what it was read as.

    A digit whose score is less than 0.5 has an orange, dashed box, and what was left out a thin grey one.

    Parameters
    ----------
    page : Page
        What `nnlib.read_page` gives.
    title, alt : str
        What there is to see; None builds both from the page.
    width : float
        Size in inches; the height follows from the page.

    Returns
    -------
    Figure
    """
    if not isinstance(page, Page):
        raise TypeError(f"page is {checks.shown(page)}; expected what nnlib.read_page gives.")
    digits = [digit for row in page.rows for digit in row]
    counted = "1 digit" if len(digits) == 1 else f"{len(digits)} digits"
    title = _text(title, "title") or f"{counted} found"
    alt = _text(alt, "alt") or f"A page with boxes around what was read: {page.text or 'nothing'}."
    width = checks.positive(width, "width")
    height = min(width * page.size[1] / page.size[0], 2 * width)
    figure, axes = new_figure(alt, width=width, height=height + 0.4, title=title)
    axes.imshow(page.picture, extent=(0, page.size[0], page.size[1], 0))
    axes.set_axis_off()
    for box, _ in page.left_out:
        _draw_box(axes, box, color="gray", linewidth=0.8)
    for digit in digits:
        is_sure = digit.scores.max() >= SURE
        colour = BLUE if is_sure else ORANGE
        _draw_box(axes, digit.box, color=colour, linewidth=1.5, linestyle="-" if is_sure else "--")
        label = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
        axes.annotate(
            str(digit.digit), digit.box[:2], color="white", fontsize=8, weight="bold", va="bottom", bbox=label
        )
    return figure


def plot_network(
    thetas,
    *,
    activations=None,
    deltas=None,
    gradients=None,
    names=None,
    most_units=6,
    values=True,
    title="A network",
    alt=None,
):
    """Draw a network: units as circles, weights as lines, red and whole if positive, blue and dashed if negative.

    The larger a weight, the thicker its line; that of a 0 is grey. `draw_network` draws the same on axes that are
    there already.

    Parameters
    ----------
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer.
    activations : list or None
        Numbers (or texts) to write into the units: for each layer, inputs first, one for each unit, or None.
    deltas : list or None
        Numbers to write below the units, in orange: for each layer after the inputs, one for each unit, or None.
    gradients : list or None
        The slope of the cost for each parameter, in the shapes of `thetas`, or None for a layer: written below the
        weights, in orange.
    names : list or None
        Texts above the units: for each layer, one for each unit, or None.
    most_units : int
        Of a larger layer the first units and the last one are drawn, with dots between.
    values : bool
        Whether weights and biases are written beside their lines and units; a larger network is drawn without.
    title, alt : str
        What there is to see.

    Returns
    -------
    Figure
    """
    thetas, most_units = checks.thetas(thetas), checks.count(most_units, "most_units")
    sizes = list(sizes_of(thetas))
    if most_units < 2:
        raise ValueError("most_units is 1; expected 2 or more, the first and the last one.")
    activations = _of_units(activations, sizes, "activations")
    deltas = _of_units(deltas, sizes[1:], "deltas")
    names = _of_units(names, sizes, "names")
    if gradients is not None:
        gradients = [
            None if one is None else checks.dense(one, "gradients") for one in checks.items(gradients, "gradients")
        ]
        shapes = [theta.shape if one is None else one.shape for one, theta in zip(gradients, thetas, strict=False)]
        if len(gradients) != len(thetas) or shapes != [theta.shape for theta in thetas]:
            raise ValueError(f"gradients do not fit: expected shapes {[theta.shape for theta in thetas]}, or None.")
    width, height = layout(thetas, most_units, values).inches()
    title = _text(title, "title")
    alt = _text(alt, "alt") or f"{title}. Layers of {', '.join(f'{size:,}' for size in sizes)} units, joined by lines."
    figure, ax = new_figure(alt, width=width, height=height, title=title)
    draw_network(
        ax,
        thetas,
        activations=activations,
        deltas=deltas,
        gradients=gradients,
        names=names,
        most_units=most_units,
        values=values,
    )
    return figure


def plot_chain(names, values, steps, slopes, *, title="A chain of steps", alt=None):
    """Draw how numbers follow from one another, and below it, in orange, how the slope of the last one comes back.

    Each number's slope is the one that comes back from its right, times the slope of the step between them: the
    chain rule. What stands at the left end is the slope of the last number by the first.

    Parameters
    ----------
    names : sequence of str
        What the numbers are called, from left to right.
    values : sequence
        The numbers.
    steps : sequence of str
        What makes each number from the one to its left: one fewer than there are numbers.
    slopes : sequence of float
        For each step: how much the number to its right grows when the one to its left grows by 1, if it went on like
        that.
    title, alt : str
        What there is to see. Without `alt`, all that is drawn is said in words.

    Returns
    -------
    Figure
    """
    names, values = checks.items(names, "names"), checks.items(values, "values")
    steps, slopes = checks.items(steps, "steps"), checks.items(slopes, "slopes")
    if len(values) < 2:
        raise ValueError(f"values has {len(values)} entries; expected two or more, the ends of the chain.")
    for items, name, n in (
        (names, "names", len(values)),
        (steps, "steps", len(values) - 1),
        (slopes, "slopes", len(values) - 1),
    ):
        if len(items) != n:
            raise ValueError(f"{name} has {len(items)} entries for {len(values)} numbers; expected {n}.")
    names = [_written(text, f"names[{i}]") for i, text in enumerate(names)]
    steps = [_written(text, f"steps[{i}]") for i, text in enumerate(steps)]
    values = [v if isinstance(v, str) else checks.number(v, f"values[{i}]") for i, v in enumerate(values)]
    slopes = [checks.number(slope, f"slopes[{i}]") for i, slope in enumerate(slopes)]
    title, alt = _text(title, "title"), _text(alt, "alt")
    figure, ax = new_figure(alt or "", width=1.65 * len(values), height=1.7, title=title)
    words = draw_chain(ax, names, values, steps, slopes)
    figure.alt = alt or f"{title}. {words}"
    return figure


def _of_units(values, sizes, name):
    """Return, for each layer, None or a list of one number or text for each unit."""
    if values is None:
        return None
    layers = [None if layer is None else checks.items(layer, name) for layer in checks.items(values, name)]
    lengths = [size if layer is None else len(layer) for layer, size in zip(layers, sizes, strict=False)]
    if len(layers) != len(sizes) or lengths != sizes:
        raise ValueError(f"{name} do not fit the units: expected layers of {sizes} values, or None for a layer.")
    for value in (value for layer in layers for value in layer or []):
        if value is not None and not isinstance(value, str):
            checks.number(value, f"a value of {name}")
    return layers


def _draw_box(axes, box, **style):
    left, top, right, bottom = box
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, fill=False, **style))


def _draw_grid(images, captions, columns, scale, title, alt, highlight=None, *, margin=0.0, **options):
    """Draw images (n, k, k) in rows, with their captions; return the figure, its axes and the last picture."""
    if len(images) > MOST_IMAGES:
        raise ValueError(f"There are too many images: {len(images):,}; expected at most {MOST_IMAGES:,}, as X[:100].")
    captions = _captions(captions, images)
    highlight = np.zeros(len(images), bool) if highlight is None else checks.dense(highlight, "highlight")
    if highlight.shape != (len(images),):
        raise ValueError(
            f"highlight has shape {highlight.shape}; expected {images.shape[:1]}, one value for each image."
        )
    columns, scale = min(checks.count(columns, "columns"), len(images)), checks.positive(scale, "scale")
    rows = -(-len(images) // columns)
    lines = max(caption.count("\n") + 1 for caption in captions) if captions else 0
    width, height = columns * scale + margin, 0.4 + rows * (scale + 0.19 * lines)
    figure, axes = new_figure(alt, width=width, height=height, rows=rows, columns=columns, title=title, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for i, (image, ax) in enumerate(zip(images, axes.flat, strict=False)):  # the last row may have room left
        picture = ax.imshow(image, **options)
        if captions:
            style = {"color": ORANGE, "fontweight": "bold"} if highlight[i] else {}
            style |= {"transform": ax.transAxes, "ha": "center", "va": "top", "fontsize": 9, "parse_math": False}
            ax.text(0.5, -0.04, captions[i], **style)
    return figure, axes, picture


def _counted(things, name):
    """Return how many there are, in words: "1 image", "2 images"."""
    return f"1 {name}" if len(things) == 1 else f"{len(things)} {name}s"


def _text(value, name):
    """Return `value`, which must be text; None counts as no text."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is {checks.shown(value)}; expected text.")
    try:
        (value or "").encode()
    except UnicodeEncodeError:  # one half of a pair of surrogates
        raise ValueError(f"{name} is {checks.shown(value)}, which holds something that is no character.") from None
    return value or ""


def _captions(values, images):
    """Return the captions as a list of texts, one for each image; None stays None."""
    if values is None:
        return None
    values = checks.items(values, "captions")
    if len(values) != len(images):
        raise ValueError(f"captions has {len(values)} entries for {len(images)} images; expected one each.")
    return [_written(value, f"captions[{i}]") for i, value in enumerate(values)]


def _written(value, name):
    """Return a caption, or the name of a curve, as text."""
    try:
        text = "" if value is None else str(value)
    except Exception:  # of somebody's own class, or a whole number with thousands of digits
        raise TypeError(f"{name} is {checks.shown(value)}; expected text or a number.") from None
    return _text(text, name)


def _square(X, name):
    """Return images (n, k * k) as (n, k, k)."""
    X = checks.dense(X, name)
    side = round(X.shape[-1] ** 0.5) if X.ndim == 2 else 0
    if X.ndim != 2 or side**2 != X.shape[1] or X.size == 0:
        raise ValueError(f"{name} has shape {X.shape}; expected (m, 784), one image per row ({name}[i:i+1] for one).")
    checks.finite(X, name)
    checks.number(max(float(X.max()), -float(X.min())), f"the largest value of {name}")
    return X.reshape(-1, side, side)


def _histories(history):
    """Return one or several learning curves, checked, as ``{name: history}``; the name of a single one is empty."""
    if hasattr(history, "history"):
        raise TypeError(f"history is a {type(history).__name__}; pass its .history.")
    single = isinstance(history, dict) and "cost" in history
    histories = _check_named({"": history} if single else history, dict, "history")
    for one in histories.values():
        for key in {"cost", "validation_accuracy"} & one.keys() | {"cost"}:
            values = checks.dense(one.get(key, []), f"history[{key!r}]")
            if values.ndim != 1 or values.size == 0:
                raise ValueError("history is empty; expected at least one iteration.")
            checks.finite(values, f"history[{key!r}]")
    return histories


def _check_named(things, kind, name):
    """Return a dict of things of one kind, by name as text; raise an error if it is something else or empty."""
    if not isinstance(things, dict):
        raise TypeError(f"{name} is a {type(things).__name__}; expected a dict.")
    for key, thing in things.items():
        if not isinstance(thing, kind):
            raise TypeError(f"{name}[{checks.shown(key)}] is a {type(thing).__name__}; expected a {kind.__name__}.")
    if not 0 < len(things) <= MOST_CURVES:
        raise ValueError(f"{name} holds {len(things)} entries; expected 1 to {MOST_CURVES}, by name.")
    return {_written(key, f"a name in {name}"): thing for key, thing in things.items()}


def _describe(name, history):
    """Return a sentence about one learning curve."""
    cost = history["cost"]
    text = f"{name or 'Cost'}: from {cost[0]:.3g} to {cost[-1]:.3g} in {len(cost)} iterations"
    if "validation_accuracy" in history:
        text += f"; validation accuracy ends at {100 * history['validation_accuracy'][-1]:.1f} %"
    return text + "."
