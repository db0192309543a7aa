"""Every picture shows what it should, says so in words too, and loses nothing at its edges."""

import functools
import io
import json
import re
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from nnlib import plots
from nnlib.gradcheck import StepSweep
from nnlib.paper import Digit, Page

RNG = np.random.default_rng(0)
DIGITS = RNG.random((23, 784))
WEIGHTS = RNG.normal(size=(12, 784))
HISTORY = {"cost": [3.2, 1.7, 0.9, 0.31], "gradient_norm": [1.0] * 4, "seconds": [0.1, 0.2, 0.3, 0.4]}
VALIDATED = HISTORY | {"validation_accuracy": [0.2, 0.61, 0.87, 0.914]}
MATRIX = np.array([[50, 2, 0], [7, 60, 1], [3, 0, 70]])
MATRIX_OF_TEN = RNG.integers(0, 7000, (10, 10))
STEPS = np.logspace(-12, 0, 13)
SWEEP = StepSweep(STEPS, STEPS + 1e-16 / STEPS, STEPS**2 + 1e-16 / STEPS)  # errors as theory has them

SMALL = [np.array([[0.5, 1, -2], [1, 0, 0.25]]), np.array([[-1.0, 3, 2]])]  # 2-2-1
WIDE = [RNG.normal(size=(100, 785)), RNG.normal(size=(10, 101))]
WORKED = {"activations": [[1, 2], [0.622, 0.25], ["a"]], "deltas": [[-0.07, -0.139], [-0.296]], "gradients": SMALL}
SCORES = np.where(np.arange(10) == 4, 0.9, 0.1)
PAGE = Page(
    [
        [
            Digit((20, 10, 40, 50), DIGITS[0].reshape(28, 28), 4, SCORES),
            Digit((60, 12, 85, 52), DIGITS[1], 4, 0.5 * SCORES),
        ],
    ],
    [((120, 70, 130, 75), "too small")],
    np.full((80, 150, 3), 200, np.uint8),
    (300, 160),
)
PLOTS = {
    "a page": lambda: plots.plot_page(PAGE),
    "an empty page": lambda: plots.plot_page(Page([], [], PAGE.picture, PAGE.size)),
    "digits": lambda: plots.plot_digits(DIGITS),
    "digits with captions": lambda: plots.plot_digits(DIGITS, range(23), highlight=[i == 3 for i in range(23)]),
    "digits with long captions": lambda: plots.plot_digits(DIGITS, ["a 7, 98 %\nis a 2"] * 23, title="Mistakes"),
    "one digit": lambda: plots.plot_digits(DIGITS[:1], ["5"]),
    "a hundred digits": lambda: plots.plot_digits(np.tile(DIGITS, (5, 1))[:100], range(100)),
    "a narrow grid": lambda: plots.plot_digits(DIGITS[:6], ["taken for 3"] * 6, columns=3, title="Taken for a 3"),
    "weights": lambda: plots.plot_weights(WEIGHTS),
    "weights with captions": lambda: plots.plot_weights(WEIGHTS, range(12), title="What the first units look for"),
    "one unit": lambda: plots.plot_weights(WEIGHTS[:1]),
    "a learning curve": lambda: plots.plot_learning_curve(HISTORY),
    "a learning curve with validation": lambda: plots.plot_learning_curve(VALIDATED),
    "learning curves": lambda: plots.plot_learning_curve({"lam 0": VALIDATED, "lam 1": VALIDATED}),
    "a confusion matrix": lambda: plots.plot_confusion_matrix(MATRIX),
    "a confusion matrix of ten": lambda: plots.plot_confusion_matrix(MATRIX_OF_TEN),
    "a network": lambda: plots.plot_network(WIDE),
    "a network with values": lambda: plots.plot_network(SMALL, names=[["x₁", "x₂"], None, ["a"]], **WORKED),
    "step sizes": lambda: plots.plot_step_sizes({"float64": SWEEP}),
    "a chain": lambda: plots.plot_chain(
        ["w", "z", "J"], [2, -1.1, 1.386], ["z = 0.8 w − 2.7", "J = −log σ(z)"], [0.8, -0.75]
    ),
    "two step sizes": lambda: plots.plot_step_sizes({"float64": SWEEP, "float32": SWEEP}),
}
EACH_FUNCTION = [
    (plots.plot_digits, (DIGITS[:2],)),
    (plots.plot_weights, (WEIGHTS[:2],)),
    (plots.plot_learning_curve, (HISTORY,)),
    (plots.plot_confusion_matrix, (MATRIX,)),
    (plots.plot_step_sizes, ({"float64": SWEEP},)),
    (plots.plot_chain, (["a", "J"], [0.25, 1.39], ["−log"], [-4])),
    (plots.plot_network, (SMALL,)),
]
every_plot = pytest.mark.parametrize("name", PLOTS)


@functools.cache
def shown(name):
    """Return one of the figures, and what it gives a notebook: drawn once, as drawing takes a while."""
    figure = PLOTS[name]()
    return figure, *figure._repr_mimebundle_()


def drawn(figure):
    """Draw a figure, which lays it out, and return the renderer."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def pictures(figure):
    """Return the image axes of a figure, without the empty places of a grid and colour bars."""
    return [ax for ax in figure.axes if ax.images]


# ---- of every picture


def test_matplotlib_stays_as_it_was():
    before = dict(matplotlib.rcParams)
    for draw, arguments in EACH_FUNCTION:
        assert isinstance(draw(*arguments), plots.Figure)
    assert dict(matplotlib.rcParams) == before
    if pyplot := sys.modules.get("matplotlib.pyplot"):  # which would show the figures a second time
        assert pyplot.get_fignums() == []


def test_drawing_does_not_need_pyplot():
    code = (
        "import sys, numpy, nnlib.plots; "
        "nnlib.plots.plot_digits(numpy.zeros((1, 784)))._repr_mimebundle_(); "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.slow
@every_plot
def test_nothing_is_cut_off(name):
    figure = shown(name)[0]
    box = figure.get_tightbbox()  # in inches, of everything that is visible
    width, height = figure.get_size_inches()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width
    assert box.y1 <= height


def test_a_sentence_as_title_is_not_cut_off_over_a_narrow_grid():
    figure = plots.plot_digits(DIGITS[:3], columns=3, title="Three digits that the network takes for another")
    box = figure.get_tightbbox(drawn(figure))
    assert box.x1 <= figure.get_size_inches()[0]


@every_plot
def test_shows_itself_as_a_png_with_alt_text(name):
    figure, data, metadata = shown(name)
    png = data["image/png"]
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        size = np.array(image.size)
    about = metadata["image/png"]
    assert set(about) == {"alt", "width", "height"}
    assert about["alt"] == figure.alt != ""
    assert figure.alt in data["text/plain"]
    # A page has 96 pixels an inch; the picture has twice as many each way.
    on_page = np.array([about["width"], about["height"]])
    np.testing.assert_allclose(on_page, figure.get_size_inches() * 96, atol=1)
    np.testing.assert_allclose(size, 2 * on_page, atol=1)


@pytest.mark.parametrize("name", ["digits with long captions", "weights", "learning curves", "a confusion matrix"])
def test_the_same_picture_is_the_same_bytes(name):
    assert PLOTS[name]()._repr_mimebundle_()[0] == shown(name)[1]


@pytest.mark.parametrize(("draw", "arguments"), EACH_FUNCTION)
def test_titles_and_alt_texts_of_ones_own(draw, arguments):
    figure = draw(*arguments, title="Look here")
    assert figure.get_suptitle() == "Look here"
    assert figure.alt.startswith("Look here. ")
    assert draw(*arguments, alt="In my words.").alt == "In my words."


IN_IPYTHON = """
import json
import matplotlib.figure
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from nnlib import plots

shell = InteractiveShell.instance()
figure = plots.plot_digits(np.zeros((2, 784)), title="Nothing")
shown = [shell.display_formatter.format(figure)]
select_figure_formats(shell, {"png"})  # what %matplotlib inline does: its own formatter for all figures
plain = matplotlib.figure.Figure()
plain.subplots()
assert "image/png" in shell.display_formatter.format(plain)[0]
shown.append(shell.display_formatter.format(figure))
print(json.dumps([[sorted(data), metadata] for data, metadata in shown]))
"""


def test_alt_text_reaches_the_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    result = subprocess.run([sys.executable, "-c", IN_IPYTHON], capture_output=True, text=True, check=True)
    for kinds, metadata in json.loads(result.stdout):
        assert kinds == ["image/png", "text/plain"]
        assert metadata["image/png"]["alt"] == "Nothing. 2 images."
        assert metadata["image/png"]["width"] > metadata["image/png"]["height"] > 0


# ---- digits


def test_digits_stand_upright_white_on_black():
    figure = plots.plot_digits(DIGITS, columns=5)
    axes = pictures(figure)
    assert len(axes) == 23
    for ax, x in zip(axes, DIGITS, strict=True):
        assert np.array_equal(ax.images[0].get_array(), x.reshape(28, 28))
        assert ax.yaxis_inverted()  # row 0 above
        black, white = ax.images[0].to_rgba(np.array([0.0, 1.0]))
        assert (black.tolist(), white.tolist()) == ([0, 0, 0, 1], [1, 1, 1, 1])
    places = [ax.get_position() for ax in axes]
    assert len({round(place.y0, 6) for place in places}) == 5  # 23 images in rows of 5
    assert places[1].x0 > places[0].x0
    assert places[5].y0 < places[0].y0


def test_digits_of_any_square_size():
    assert pictures(plots.plot_digits(np.eye(4)))[0].images[0].get_array().shape == (2, 2)


def test_digits_alt_text():
    assert plots.plot_digits(DIGITS, title="Some sevens").alt == "Some sevens. 23 images."
    alt = plots.plot_digits(DIGITS[:3], [7, "a 1", "4?"], title="Odd ones").alt
    for words in ("Odd ones", "3 images", "7, a 1, 4?"):
        assert words in alt


def test_captions_stand_below_their_images_and_apart():
    captions = [f"a {i}, 98 %\nis a 2" for i in range(23)]
    figure = plots.plot_digits(DIGITS, captions)
    renderer = drawn(figure)
    boxes = []
    for ax, caption in zip(pictures(figure), captions, strict=True):
        assert [text.get_text() for text in ax.texts] == [caption]
        box, image = ax.texts[0].get_window_extent(renderer), ax.get_window_extent(renderer)
        assert box.y1 <= image.y0
        assert box.x0 < (image.x0 + image.x1) / 2 < box.x1
        assert not any(box.overlaps(other.get_window_extent(renderer)) for other in pictures(figure))
        boxes.append(box)
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


def test_highlighted_captions_differ_in_more_than_colour():
    figure = plots.plot_digits(DIGITS[:3], "abc", highlight=[False, True, False])
    a, b, c = (ax.texts[0] for ax in pictures(figure))
    assert a.get_color() == c.get_color() != b.get_color()
    assert a.get_fontweight() == c.get_fontweight() != b.get_fontweight()


@pytest.mark.parametrize("draw", [plots.plot_digits, plots.plot_weights])
@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros(784), ValueError, r"shape \(784,\); expected \(m, 784\)"),
        (np.zeros((28, 28, 1)), ValueError, r"shape \(28, 28, 1\)"),
        (np.zeros((3, 785)), ValueError, r"shape \(3, 785\)"),  # a theta with its bias column
        (np.zeros((0, 784)), ValueError, r"shape \(0, 784\)"),
        ([["a"] * 784], TypeError, "expected numbers"),
    ],
    ids=["1-D", "3-D", "not square", "empty", "words"],
)
def test_images_of_another_shape(draw, X, error, message):
    with pytest.raises(error, match=message):
        draw(X)


@pytest.mark.parametrize("draw", [plots.plot_digits, plots.plot_weights])
@pytest.mark.parametrize("n_captions", [0, 2, 4])
def test_captions_that_are_too_few_or_too_many(draw, n_captions):
    with pytest.raises(ValueError, match=rf"captions has {n_captions} entries for 3 \w+; expected one each"):
        draw(DIGITS[:3], ["?"] * n_captions)


def test_highlight_of_another_length():
    with pytest.raises(ValueError, match="highlight"):
        plots.plot_digits(DIGITS[:3], "abc", highlight=[True])


@pytest.mark.parametrize("draw", [plots.plot_digits, plots.plot_weights])
@pytest.mark.parametrize("columns", [0, -1])
def test_number_of_columns(draw, columns):
    with pytest.raises(ValueError, match="columns"):
        draw(DIGITS, columns=columns)


# ---- weights


@pytest.mark.parametrize("weights", [WEIGHTS, np.abs(WEIGHTS), -np.abs(WEIGHTS), 1e-9 * WEIGHTS])
def test_weights_are_symmetric_about_white(weights):
    axes = pictures(plots.plot_weights(weights))
    assert len(axes) == len(weights)
    limit = np.abs(weights).max()
    for ax, w in zip(axes, weights, strict=True):
        picture = ax.images[0]
        assert np.array_equal(picture.get_array(), w.reshape(28, 28))
        assert (picture.norm.vmin, picture.norm.vmax) == (-limit, limit)  # one scale for all units
        blue, white, red = picture.to_rgba(np.array([-limit, 0, limit]))[:, :3]
        assert white.min() > 0.95
        assert blue.argmax() == 2
        assert red.argmax() == 0


def test_weights_that_are_all_zero():
    picture = pictures(plots.plot_weights(np.zeros((2, 784))))[0].images[0]
    assert picture.norm.vmin == -picture.norm.vmax < 0


def test_weights_have_a_scale_and_alt_text():
    figure = plots.plot_weights(WEIGHTS, title="What units look for")
    assert len(figure.axes) > len(pictures(figure))  # the colour bar
    for words in ("What units look for", "12 units", "red", "blue"):
        assert words in figure.alt


# ---- learning curves


def test_learning_curve_shows_the_history():
    figure = plots.plot_learning_curve(VALIDATED)
    cost, accuracy = figure.axes
    for ax, key in ((cost, "cost"), (accuracy, "validation_accuracy")):
        (line,) = ax.lines
        assert line.get_xdata().tolist() == [1, 2, 3, 4]
        assert list(line.get_ydata()) == VALIDATED[key]
        assert ax.get_xlabel() == "iteration"
    assert "cost" in cost.get_ylabel()
    assert "accuracy" in accuracy.get_ylabel()
    assert len(plots.plot_learning_curve(HISTORY).axes) == 1


def test_learning_curve_alt_text():
    alt = plots.plot_learning_curve(VALIDATED, title="It learns").alt
    for words in ("It learns", "3.2", "0.31", "4 iterations", "91.4 %"):
        assert words in alt
    assert "%" not in plots.plot_learning_curve(HISTORY).alt


def test_several_learning_curves_are_told_apart_without_colour():
    figure = plots.plot_learning_curve({"lam 0": VALIDATED, "lam 1": HISTORY, "lam 9": HISTORY})
    lines = figure.axes[0].lines
    assert len({line.get_linestyle() for line in lines}) == 3
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["lam 0", "lam 1", "lam 9"]
    for name in ("lam 0: ", "lam 1: ", "lam 9: "):
        assert name in figure.alt


@pytest.mark.parametrize("cost", [[3.2, 0.9, 0.31], [0.35, 0.31, 0.29], [3.2, 0.001]])
def test_costs_can_be_read_off_the_axis(cost):
    figure = plots.plot_learning_curve({"cost": cost})
    drawn(figure)
    axis = figure.axes[0].yaxis
    low, high = sorted(axis.get_view_interval())
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    read = [tick.label1.get_text() for tick in ticks if low <= tick.get_loc() <= high and tick.label1.get_text()]
    assert len(read) >= 2, f"the only numbers on the axis: {read}"


@pytest.mark.parametrize("history", [{}, {"cost": []}, {"lam 0": {"cost": []}}])
def test_empty_history(history):
    with pytest.raises(ValueError, match="history"):
        plots.plot_learning_curve(history)


# ---- confusion matrices


@pytest.mark.parametrize("matrix", [MATRIX, MATRIX_OF_TEN, MATRIX.tolist()])
def test_confusion_matrix_has_every_count_as_text(matrix):
    figure = plots.plot_confusion_matrix(matrix)
    ax = figure.axes[0]
    counts = {text.get_position(): text.get_text() for text in ax.texts}
    n = len(matrix)
    # Position is (x, y): the column is what it was taken for, the row what it is.
    assert counts == {(column, row): str(matrix[row][column]) for row in range(n) for column in range(n)}
    assert ax.yaxis_inverted()
    assert ("true" in ax.get_ylabel(), "predicted" in ax.get_xlabel()) == (True, True)
    assert [int(tick) for tick in ax.get_xticks()] == [int(tick) for tick in ax.get_yticks()] == list(range(n))


def test_confusion_matrix_shades_mistakes_only():
    shades = plots.plot_confusion_matrix(MATRIX).axes[0].images[0].get_array()
    assert shades.tolist() == [[0, 2, 0], [7, 0, 1], [3, 0, 0]]


def luminance(colour):
    """Return the relative luminance of an RGB colour, as WCAG 2 defines it."""
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


def test_counts_can_be_read_on_their_shade():
    matrix = np.arange(100).reshape(10, 10)
    ax = plots.plot_confusion_matrix(matrix).axes[0]
    for text in ax.texts:
        column, row = text.get_position()
        shade = luminance(ax.images[0].to_rgba(np.atleast_2d(0 if row == column else matrix[row, column]))[0, 0, :3])
        ink = luminance(text.get_color())
        contrast = (max(ink, shade) + 0.05) / (min(ink, shade) + 0.05)
        assert contrast >= 4.5, f"{text.get_text()} in {text.get_color()}: {contrast:.1f}, WCAG asks for 4.5"


def test_confusion_matrix_alt_text():
    alt = plots.plot_confusion_matrix(MATRIX, title="Three digits").alt
    for words in ("Three digits", "180 of 193", "1 taken for 0, 7 times"):
        assert words in alt


def test_confusion_matrix_without_mistakes():
    figure = plots.plot_confusion_matrix(np.diag([5, 6, 7]))
    drawn(figure)
    assert "18 of 18" in figure.alt
    assert "0 taken for 0" not in figure.alt


@pytest.mark.parametrize(
    ("matrix", "shape"),
    [(MATRIX[:2], "(2, 3)"), (MATRIX[0], "(3,)"), (np.zeros((0, 0), int), "(0, 0)"), (MATRIX[np.newaxis], "(1, 3, 3)")],
    ids=["not square", "1-D", "empty", "3-D"],
)
def test_confusion_matrix_of_another_shape(matrix, shape):
    with pytest.raises(ValueError, match=rf"matrix has shape {re.escape(shape)}; expected"):
        plots.plot_confusion_matrix(matrix)


# ---- step sizes


def test_step_sizes_show_both_kinds_of_differences():
    figure = plots.plot_step_sizes({"float64": SWEEP, "float32": SWEEP})
    assert [ax.get_title() or ax.get_title(loc="left") for ax in figure.axes] == ["float64", "float32"]
    for ax in figure.axes:
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
        lines = {line.get_label(): line for line in ax.lines}
        assert set(lines) == {"forward", "central"}
        assert np.array_equal(lines["forward"].get_ydata(), SWEEP.forward)
        assert np.array_equal(lines["central"].get_ydata(), SWEEP.central)
        assert lines["forward"].get_marker() != lines["central"].get_marker()


def test_step_sizes_alt_text():
    # The error h**2 + 1e-16 / h is 1.01e-10 at h = 1e-6, less than at 1e-5 (1.1e-10) and 1e-7 (1e-9).
    alt = plots.plot_step_sizes({"float64": SWEEP}).alt
    for words in ("float64", "1e-06", "1e-10"):
        assert words in alt


def test_no_sweeps():
    with pytest.raises(ValueError, match="sweeps"):
        plots.plot_step_sizes({})


def test_a_page_shows_a_box_and_a_label_for_each_digit():
    figure = plots.plot_page(PAGE)
    (axes,) = figure.axes
    boxes = [(*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in axes.patches]
    assert boxes == [(120, 70, 10, 5), (20, 10, 20, 40), (60, 12, 25, 40)]
    assert [patch.get_linestyle() for patch in axes.patches] == ["solid", "-", "--"]  # the last is not sure
    assert [text.get_text() for text in axes.texts] == ["4", "4"]
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 300), (160, 0))
    assert "44" in figure.alt
    with pytest.raises(TypeError, match="page is"):
        plots.plot_page("photo.jpg")


@pytest.mark.parametrize("name", ["width", "height"])
def test_a_figure_too_small_to_see_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is 1e-300; expected at least 0.1 inches"):
        plots.new_figure("A figure.", **{name: 1e-300})


# ---- of chains


def test_a_chain_multiplies_the_slopes_from_the_right():
    figure = plots.plot_chain(["w", "z", "a", "J"], [2, -1.1, 0.25, 1.39], ["times", "σ", "−log"], [0.8, 0.1875, -4])
    texts = {text.get_text() for text in figure.axes[0].texts}
    assert {"w = 2", "z = −1.1", "a = 0.25", "J = 1.39"} <= texts
    assert {"∂J/∂w = −0.6", "∂J/∂z = −0.75", "∂J/∂a = −4", "∂J/∂J = 1"} <= texts
    assert {"times", "σ", "−log", "times 0.8", "times 0.1875", "times −4"} <= texts


def test_without_an_alt_text_a_chain_says_all_that_it_shows():
    figure = plots.plot_chain(["w", "z", "J"], [2, -1.1, 1.39], ["f", "g"], [0.8, -0.75], title="A chain")
    assert figure.alt == (
        "A chain. Boxes: w = 2, z = −1.1, J = 1.39. The steps between them: f, g. "
        "Back: ∂J/∂J = 1, times −0.75 is ∂J/∂z = −0.75, times 0.8 is ∂J/∂w = −0.6."
    )
    assert plots.plot_chain(["w", "J"], [2, 1], ["f"], [3], alt="Mine.").alt == "Mine."


@pytest.mark.parametrize(
    ("names", "values", "steps", "slopes", "complaint"),
    [
        (["J"], [1], [], [], "values has 1 entries"),
        (["w"], [1, 2], ["f"], [3], "names has 1 entries for 2 numbers; expected 2"),
        (["w", "J"], [1, 2], [], [3], "steps has 0 entries for 2 numbers; expected 1"),
        (["w", "J"], [1, 2], ["f"], [3, 4], "slopes has 2 entries for 2 numbers; expected 1"),
        (["w", "J"], [1, 2], ["f"], [np.inf], r"slopes\[0\] is inf"),
    ],
)
def test_a_chain_that_does_not_hold_together_is_refused(names, values, steps, slopes, complaint):
    with pytest.raises(ValueError, match=complaint):
        plots.plot_chain(names, values, steps, slopes)


# ---- of networks


def test_each_weight_is_a_line_by_its_sign_and_size():
    lines = list(plots.plot_network(SMALL).axes[0].lines)
    weights = [1, -2, 0, 0.25, 3, 2]  # as they stand in SMALL, row by row, biases left out
    assert len({line.get_color() for line in lines}) == 3  # above, below and at 0
    for weight, line in zip(weights, lines, strict=True):
        assert (line.get_color() == lines[1].get_color()) == (weight < 0)
        assert (line.get_color() == lines[2].get_color()) == (weight == 0)
        assert (line.get_linestyle() == "--") == (weight < 0)
    by_size = sorted(lines, key=lambda line: line.get_linewidth())
    assert [abs(weights[lines.index(line)]) for line in by_size] == sorted(map(abs, weights))


def test_a_large_layer_is_drawn_with_its_first_units_its_last_one_and_dots():
    figure = plots.plot_network(WIDE, most_units=4)
    ax = figure.axes[0]
    assert len(ax.patches) == 12  # circles, four in each of three layers
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("⋮") == 3
    assert {"784 inputs", "100 hidden units", "10 outputs"} < set(texts)
    assert len(ax.lines) == 32


def test_values_stand_where_they_belong():
    figure = plots.plot_network(SMALL, names=[["x₁", "x₂"], None, ["out"]], **WORKED)
    places = {}
    for text in figure.axes[0].texts:
        places.setdefault(text.get_text(), []).append(np.array(text.get_position()))
    circles = [patch.center for patch in figure.axes[0].patches]
    assert any(np.allclose(places["0.622"][0], centre) for centre in circles)
    assert any(np.allclose(places["0.25"][-1], centre) for centre in circles)  # an activation; also a weight
    assert places["b = −1"][0][0] == places["δ = −0.296"][0][0] == places["out"][0][0]
    assert places["out"][0][1] > places["a"][0][1] > places["b = −1"][0][1] > places["δ = −0.296"][0][1]


def test_a_slope_stands_below_its_weight():
    figure = plots.plot_network(SMALL, gradients=[np.full((2, 3), 7.5), np.full((1, 3), 7.5)])
    texts = figure.axes[0].texts
    slopes = [text for text in texts if text.get_text() == "7.5"]
    assert len(slopes) == 6  # of the weights; that of a bias is its unit's delta
    renderer = FigureCanvasAgg(figure).get_renderer()
    for slope in slopes:
        weight = texts[texts.index(slope) - 1]
        (x, y), (x_weight, y_weight) = slope.get_position(), weight.get_position()
        assert x == x_weight and y < y_weight
        assert not slope.get_window_extent(renderer).overlaps(weight.get_window_extent(renderer))


def test_what_is_not_known_yet_is_not_written():
    known = [text.get_text() for text in plots.plot_network(SMALL, activations=[[7, 8], None, None]).axes[0].texts]
    assert {"7", "8"} < set(known)
    assert not [text for text in known if text.startswith("δ")]
    bare = [text.get_text() for text in plots.plot_network(SMALL, values=False).axes[0].texts]
    assert bare == ["2 inputs", "2 hidden units", "1 output"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"activations": [[1, 2], [3]]}, "activations do not fit"),
        ({"deltas": [[1, 2], [3, 4]]}, "deltas do not fit"),
        ({"names": [["a"], None, None]}, "names do not fit"),
        ({"gradients": [SMALL[1], SMALL[0]]}, "gradients do not fit"),
        ({"most_units": 1}, "most_units is 1"),
    ],
)
def test_values_that_do_not_fit_the_network_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        plots.plot_network(SMALL, **arguments)
