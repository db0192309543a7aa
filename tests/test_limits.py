"""Values that no training, network or plot can use are told where they come in: too large, too bright, upside down."""

import itertools
import operator
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from loading import ROOT, load

import nnlib
from nnlib import checks, gradcheck, metrics, plots
from nnlib.preparation import deskew, normalise, prepare

PREPARED = pytest.mark.parametrize("function", [deskew, normalise, lambda X: nnlib.load_network().predict(X)])


# ---- pixel values


@PREPARED
@pytest.mark.parametrize("change", [lambda X: X * 255, lambda X: X - 1, lambda X: X - 0.01, lambda X: X * 1.01])
def test_pixels_outside_0_to_1_are_refused(mnist, function, change):
    with pytest.raises(ValueError, match=r"^X holds pixel values from .* expected 0 to 1\. .*divide by 255"):
        function(change(mnist.X_test[:50]))


@PREPARED
def test_black_ink_on_white_paper_is_refused(mnist, function):
    X = mnist.X_test[:50].copy()
    X[[3, 7]] = 1 - X[[3, 7]]
    with pytest.raises(ValueError, match=r"paper is brighter than their ink: 2 of 50, the first at index 3;.* 1 - X"):
        function(X)


@PREPARED
def test_grey_paper_with_specks_is_refused_too(mnist, function):
    X = 0.8 - 0.7 * mnist.X_test[:20].reshape(-1, 28, 28)
    X[:, 0, 5:12] = 0.1
    with pytest.raises(ValueError, match="20 of 20"):
        function(X.reshape(-1, 784))


@pytest.mark.slow
def test_of_all_of_mnist_each_image_is_taken_and_each_inverted_one_refused(mnist):
    for X in (mnist.X_train, mnist.X_test):
        deskew(X)
        with pytest.raises(ValueError, match=f"{len(X)} of {len(X)}"):
            deskew(1 - X)


@pytest.mark.slow
def test_drawings_prepared_images_and_noise_are_taken(mnist):
    drawings = [nnlib.strokes_to_image(example.strokes).ravel() for example in nnlib.load_examples()]
    normalise(np.array(drawings))
    normalise(normalise(mnist.X_test))
    normalise(np.random.default_rng(0).random((20_000, 784)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rounding_beyond_0_and_1_is_clipped(mnist, dtype):
    X = mnist.X_test[:20].astype(dtype)
    X[0] = 0
    rounded = np.where(X == 0, dtype(-5e-6), np.where(X == 1, dtype(1 + 5e-6), X))
    rounded.setflags(write=False)
    for function in (deskew, normalise):
        np.testing.assert_array_equal(function(rounded), function(X))


def test_without_a_preparation_any_finite_inputs_are_taken():
    X = 255 * np.random.default_rng(0).random((3, 8))
    thetas = nnlib.init_thetas((8, 3), seed=0)
    assert prepare(X) is X
    assert nnlib.Network(thetas).predict_scores(X).shape == (3, 3)


def train_on(X):
    y = np.arange(len(X)) % 3
    nnlib.train(X, y, layer_sizes=(X.shape[1], 3), max_iter=2, seed=0, progress=False)


@pytest.mark.parametrize("sign", [1, -1])
def test_training_on_large_values_warns_once_and_names_the_line(sign):
    X = np.random.default_rng(0).random((3000, 8))
    with pytest.warns(UserWarning, match="divide by 255") as caught:
        nnlib.train(255 * sign * X, np.zeros(3000, int), layer_sizes=(8, 3), max_iter=2, seed=0, progress=False)
    assert len(caught) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize("factor", [1, 5])
def test_training_on_ordinary_values_does_not_warn(factor):
    with warnings.catch_warnings(action="error"):
        train_on(factor * np.random.default_rng(0).standard_normal((3000, 8)).clip(-2, 2))


# ---- other types of numbers


@pytest.mark.parametrize("dtype", [">f4", ">f8", "<f4"])
def test_any_byte_order_is_read(mnist, dtype):
    X = mnist.X_test[:20]
    foreign = X.astype(dtype)
    network = nnlib.load_network()
    np.testing.assert_allclose(network.predict_scores(foreign), network.predict_scores(X), atol=1e-5)
    thetas = [theta.astype(dtype) for theta in network.thetas]
    np.testing.assert_array_equal(nnlib.predict(thetas, foreign), nnlib.predict(network.thetas, X))
    y = mnist.y_test[:20]
    assert metrics.accuracy(y.astype(">i2"), y) == 1
    foreign = X[:, :8].astype(dtype)
    result = nnlib.train(foreign, y.astype(">i4"), layer_sizes=(8, 10), max_iter=2, seed=0, progress=False)
    assert np.isfinite(result.cost)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
def test_floats_of_other_sizes_are_told_how_to_become_float32(mnist, dtype):
    X = mnist.X_test[:3].astype(dtype)
    with pytest.raises(TypeError) as told:
        nnlib.load_network().predict(X)
    assert "255" not in str(told.value)
    assert "X.astype(np.float32)" in str(told.value)
    nnlib.load_network().predict(X.astype(np.float32))


def test_masked_values_are_refused_and_not_unmasked(mnist):
    X = np.ma.masked_less(mnist.X_test[:3], 0.5)
    with pytest.raises(ValueError, match="X has masked values"):
        nnlib.load_network().predict(X)
    X = np.ma.masked_less(mnist.X_test[:3], -1)  # masks nothing
    np.testing.assert_array_equal(nnlib.load_network().predict(X), nnlib.load_network().predict(mnist.X_test[:3]))


# ---- numbers without measure


def gradient_of_squares(params):
    return params @ params, 2 * params


NUMBERS = {
    "lam": lambda value: nnlib.cost_and_gradient(np.zeros(9), (8, 1), np.zeros((2, 8)), [0, 0], value),
    "epsilon": lambda value: nnlib.init_thetas((8, 3), epsilon=value),
    "tolerance": lambda value: nnlib.check_gradient(gradient_of_squares, [1.0], tolerance=value),
    "step": lambda value: nnlib.numerical_gradient(gradient_of_squares, [1.0], step=value),
    "scale": lambda value: plots.plot_digits(np.zeros((1, 4)), scale=value),
}


@pytest.mark.parametrize(
    "value",
    [10**400, -(10**400), 10**5000, 1e308, np.float64(1e200)],
    ids=["10**400", "-10**400", "10**5000", "1e308", "float64"],
)
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_too_large(name, value):
    with pytest.raises(ValueError, match=rf"^{name} is .* too large: expected at most 1e\+100") as told:
        NUMBERS[name](value)
    assert len(str(told.value)) < 200


COUNTS = {
    "max_iter": lambda value: nnlib.train(np.zeros((2, 8)), [0, 0], layer_sizes=(8, 1), max_iter=value),
    "n_threads": lambda value: nnlib.train(np.zeros((2, 8)), [0, 0], layer_sizes=(8, 1), n_threads=value),
    "n_directions": lambda value: nnlib.check_gradient(gradient_of_squares, [1.0], n_directions=value),
    "n_classes": lambda value: metrics.confusion_matrix([0, 1], [1, 0], value),
    "columns": lambda value: plots.plot_digits(np.zeros((1, 4)), columns=value),
}


@pytest.mark.parametrize("value", [10**10, 10**400, 10**5000], ids=["10**10", "10**400", "10**5000"])
@pytest.mark.parametrize("name", COUNTS)
def test_counts_too_large(name, value):
    with pytest.raises(ValueError, match=rf"^{name} is .*too large: expected at most"):
        COUNTS[name](value)


@pytest.mark.parametrize("name", COUNTS)
def test_true_is_no_count(name):
    with pytest.raises(TypeError, match=f"{name} is True; expected a whole number"):
        COUNTS[name](True)


@pytest.mark.parametrize(
    "sizes",
    [(784, 10**12, 10), (784, 10**400, 10), (10**5, 10**5), range(1, 10**9), itertools.repeat(3), [10**5000, 10]],
    ids=["10**12", "10**400", "two layers", "a long range", "without end", "10**5000"],
)
def test_networks_too_large(sizes):
    with pytest.raises(ValueError, match=r"^layer_sizes .*too (large|many)"):
        nnlib.init_thetas(sizes)
    with pytest.raises(ValueError, match=r"^layer_sizes .*too (large|many)"):
        nnlib.unpack(np.zeros(3), sizes)


def test_the_largest_number_that_is_allowed_is_worked_with():
    thetas = nnlib.init_thetas((8, 3), epsilon=1e100, seed=0)
    assert all(np.isfinite(theta).all() for theta in thetas)
    J, gradient = nnlib.cost_and_gradient(np.ones(9), (8, 1), np.zeros((2, 8)), [0, 0], 1e100)
    assert np.isfinite(J)
    assert np.isfinite(gradient).all()
    assert metrics.confusion_matrix([0], [4999], 5000)[0, 4999] == 1


def test_directions_are_made_one_at_a_time():
    """All at once would take 8 GB."""
    import tracemalloc

    params = np.ones(100_000)
    tracemalloc.start()
    with pytest.raises(InterruptedError):
        nnlib.check_gradient(interrupted_after(50), params, n_directions=10_000)
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


def interrupted_after(n):
    calls = itertools.count()

    def function(params):
        if next(calls) == n:
            raise InterruptedError
        return gradient_of_squares(params)

    return function


@pytest.mark.parametrize(
    "value", [10**5000, "x\n" * 1000, [list(range(10**5))], type("Mute", (), {"__repr__": None})()], ids=range(4)
)
def test_what_a_message_quotes_is_short_and_on_one_line(value):
    text = checks.shown(value)
    assert len(text) < 100
    assert "\n" not in text


@pytest.mark.parametrize("values", [3, None, itertools.repeat(1)], ids=["3", "None", "without end"])
def test_lists_that_are_none_or_have_no_end(values):
    with pytest.raises((ValueError, TypeError), match=r"strokes_list (is|holds) "):
        nnlib.teach(nnlib.load_network(), values, [3])
    with pytest.raises((ValueError, TypeError), match=r"thetas (is|holds|.* is not|.0. has shape)"):
        nnlib.pack(values)
    if values is not None:
        with pytest.raises((ValueError, TypeError), match=r"captions (is|holds) "):
            plots.plot_digits(np.zeros((2, 4)), values)


@pytest.mark.parametrize("value", ["", " ", "\0", None, 3, b"name", ["name"]])
def test_names_of_files_that_are_none(value):
    with pytest.raises((ValueError, TypeError), match=r"path is .*; expected the name of a file or folder"):
        checks.path(value)


def test_names_of_files():
    assert checks.path("a/b") == Path("a/b")
    assert checks.path(Path("a")) == Path("a")


# ---- functions to check


@pytest.mark.parametrize(
    "check",
    [nnlib.check_gradient, nnlib.numerical_gradient, gradcheck.step_size_sweep, gradcheck.taylor_slope],
    ids=lambda check: check.__name__,
)
@pytest.mark.parametrize(
    "function",
    [
        3,
        None,
        lambda p: (),
        lambda p: (1j, p),
        lambda p: (None, p),
        lambda p: (p, p),
        lambda p: ("1", p),
        lambda p: "1",
        lambda p: None,
    ],
)
def test_functions_that_are_none_or_return_no_cost(check, function):
    with pytest.raises((ValueError, TypeError), match="function"):
        check(function, np.ones(3))


@pytest.mark.parametrize("check", [nnlib.check_gradient, gradcheck.step_size_sweep, gradcheck.taylor_slope])
@pytest.mark.parametrize(
    "gradient", [None, 1.0, np.ones(2), np.ones((3, 1)), np.ones(3) * 1j, ["1", "2", "3"], [[1], 2, 3]]
)
def test_functions_that_return_no_gradient(check, gradient):
    with pytest.raises((ValueError, TypeError), match="function returns"):
        check(lambda p: (1.0, gradient), np.ones(3))


@pytest.mark.parametrize("steps", [[], [0.0], [-1e-3], [np.nan], 1e-3, ["1"], [[1e-3]]])
def test_steps_that_are_none(steps):
    with pytest.raises((ValueError, TypeError), match="steps"):
        gradcheck.step_size_sweep(gradient_of_squares, np.ones(3), steps=steps)


# ---- plots


@pytest.mark.parametrize("text", ["$x_$", "$", "a $\\frac$ b", "50 $ and 60 $", "_hidden", r"\alpha"])
def test_dollars_are_dollars(text):
    histories = {text: {"cost": [2.0, 1.0]}, "other": {"cost": [3.0, 1.0]}}
    sweep = gradcheck.step_size_sweep(gradient_of_squares, np.ones(3), steps=[1e-3, 1e-2])
    figures = [
        plots.plot_digits(np.zeros((1, 4)), [text], title=text),
        plots.plot_weights(np.zeros((1, 4)), [text], title=text),
        plots.plot_learning_curve(histories, title=text),
        plots.plot_confusion_matrix([[1]], title=text),
        plots.plot_step_sizes({text: sweep}, title=text),
    ]
    for figure in figures:
        figure._repr_mimebundle_()
    (legend,) = [ax.get_legend() for ax in figures[2].axes]
    assert [name.get_text() for name in legend.get_texts()] == [text, "other"]


BAD_PLOTS = {
    "scale -1": (lambda: plots.plot_digits(np.zeros((1, 4)), scale=-1), "scale is -1; expected a number above 0"),
    "scale 0": (lambda: plots.plot_weights(np.zeros((1, 4)), scale=0), "scale is 0"),
    "scale text": (lambda: plots.plot_digits(np.zeros((1, 4)), scale="1"), "scale is '1'"),
    "scale 1000": (lambda: plots.plot_digits(np.zeros((1, 4)), scale=1000), "figure is too large"),
    "long title": (lambda: plots.plot_digits(np.zeros((1, 4)), title="x" * 10**6), "figure is too large"),
    "title 3": (lambda: plots.plot_digits(np.zeros((1, 4)), title=3), "title is 3; expected text"),
    "alt 3": (lambda: plots.plot_confusion_matrix([[1]], alt=3), "alt is 3; expected text"),
    "all of MNIST": (lambda: plots.plot_digits(np.zeros((60_000, 4))), "too many images: 60,000; .*1,000"),
    "one long row": (lambda: plots.plot_digits(np.zeros((900, 4)), columns=900), "figure is too large"),
    "NaN": (lambda: plots.plot_weights(np.full((1, 4), np.nan)), "weights holds 4 values that are NaN"),
    "1e200": (lambda: plots.plot_digits(np.full((1, 4), 1e200)), "the largest value of X is .* too large"),
    "no pixels": (lambda: plots.plot_digits(np.zeros((3, 0))), "X has shape"),
    "captions": (lambda: plots.plot_digits(np.zeros((1, 4)), 3), "captions is 3; expected a list"),
    "highlight": (
        lambda: plots.plot_digits(np.zeros((1, 4)), highlight=True),
        r"highlight has shape \(\); expected \(1,\)",
    ),
    "colour map": (lambda: plots.plot_digits(np.zeros((1, 4)), cmap="grau"), "cmap is 'grau'; expected the name"),
    "many classes": (lambda: plots.plot_confusion_matrix(np.zeros((200, 200))), "matrix is too large: 200 classes"),
    "no history": (lambda: plots.plot_learning_curve(None), "history is a NoneType; expected a dict"),
    "costs alone": (lambda: plots.plot_learning_curve([2.0, 1.0]), "history is a list; expected a dict"),
    "no cost": (lambda: plots.plot_learning_curve({"a": {"seconds": [1]}}), "history is empty"),
    "costs by name": (lambda: plots.plot_learning_curve({"a": [1, 2]}), "history.'a'. is a list; expected a dict"),
    "text": (lambda: plots.plot_learning_curve({"cost": ["high"]}), "history.'cost'. has dtype"),
    "NaN cost": (lambda: plots.plot_learning_curve({"cost": [1, np.nan]}), "history.'cost'. holds 1 value that is NaN"),
    "no accuracy": (lambda: plots.plot_learning_curve({"cost": [1], "validation_accuracy": []}), "history is empty"),
    "no sweep": (lambda: plots.plot_step_sizes({"a": 3}), "sweeps.'a'. is a int; expected a StepSweep"),
    "sweep alone": (lambda: plots.plot_step_sizes(3), "sweeps is a int; expected a dict"),
}


@pytest.mark.parametrize(("draw", "message"), BAD_PLOTS.values(), ids=BAD_PLOTS)
def test_what_cannot_be_drawn(draw, message):
    with pytest.raises((ValueError, TypeError), match=message):
        draw()


def test_a_result_is_told_to_pass_its_history():
    result = nnlib.train(np.zeros((2, 8)), [0, 0], layer_sizes=(8, 1), max_iter=1, progress=False)
    with pytest.raises(TypeError, match=re.escape("history is a TrainResult; pass its .history.")):
        plots.plot_learning_curve(result)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int8])
def test_weights_of_whole_numbers_have_a_symmetric_scale(dtype):
    figure = plots.plot_weights(np.eye(2, dtype=dtype).reshape(1, 4) * dtype(True))
    (image,) = figure.axes[0].get_images()
    assert image.get_clim() == (-1, 1)


# ---- equality


def test_examples_are_equal_where_drawing_label_and_writer_are():
    strokes = [np.array([[0.0, 1], [2, 3]]), np.array([[4.0, 5]])]
    example = nnlib.Example(strokes, 3, "A")
    same = nnlib.Example([stroke.copy() for stroke in strokes], 3, "A")
    others = [
        nnlib.Example(strokes, 4, "A"),
        nnlib.Example(strokes, 3, "B"),
        nnlib.Example(strokes[:1], 3, "A"),
        nnlib.Example([strokes[0] + 1, strokes[1]], 3, "A"),
        nnlib.Example([strokes[0][:1], strokes[1]], 3, "A"),
        (strokes[0], 3, "A"),
        None,
    ]
    assert example == same
    assert operator.ne(example, same) is False
    assert example in [others[0], same]
    for other in others:
        assert example != other
        assert operator.eq(example, other) is False
        assert other != example
    assert nnlib.load_examples() == nnlib.load_examples()


def some_results():
    X, y = np.random.default_rng(0).random((30, 4)), np.arange(30) % 3
    return [
        nnlib.Network(nnlib.init_thetas((4, 3), seed=0)),
        nnlib.train(X, y, layer_sizes=(4, 3), max_iter=1, seed=0, progress=False),
        metrics.class_report(y, y, 3),
        gradcheck.step_size_sweep(gradient_of_squares, np.ones(3)),
        gradcheck.taylor_slope(gradient_of_squares, np.ones(3)),
    ]


@pytest.mark.parametrize("index", range(5))
def test_results_that_hold_arrays_are_compared_by_identity(index):
    one, other = some_results()[index], some_results()[index]
    assert one == one
    assert one != other
    assert operator.eq(one, other) is False
    assert one in [other, one]
    assert len({one, other}) == 2


# ---- folders for a course


@pytest.mark.parametrize("name", ["", " ", "file", "file/course"])
def test_a_course_is_written_to_a_folder_that_is_named(tmp_path, monkeypatch, capsys, name):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        load(ROOT / "notebooks" / "build.py").main(["--nbgrader", name])
    assert ended.value.code == 2
    assert "argument --nbgrader: " in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_an_assignment_of_another_encoding_is_not_overwritten(tmp_path):
    build = load(ROOT / "notebooks" / "build.py")
    build.write_course(tmp_path)
    (changed, *_) = sorted(tmp_path.glob("source/*/*.ipynb"))
    changed.write_bytes(b"\xff")
    with pytest.raises(SystemExit, match="there already and differs"):
        build.main(["--nbgrader", str(tmp_path)])
    assert changed.read_bytes() == b"\xff"
