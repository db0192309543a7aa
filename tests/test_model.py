"""Forward propagation, cost and gradient, against oracles that share no code with the library."""

import ast
import math
from decimal import Decimal, localcontext

import jupytext
import numpy as np
import pytest
import threadpoolctl
from hypothesis import given, settings
from hypothesis import strategies as st
from loading import ROOT
from scipy.special import expit, log_expit
from sklearn.neural_network import MLPClassifier

import nnlib
import nnlib.model

LESSON_03 = ROOT / "notebooks" / "source" / "03_cost_and_gradient.md"
EXERCISE_04 = ROOT / "notebooks" / "source" / "exercises" / "04_backpropagation.md"
SIZES = [(5, 3), (6, 4, 3), (7, 5, 4, 3), (6, 4, 5, 3, 4)]  # none to three hidden layers
HIDDEN = {2: "no hidden layer", 3: "one", 4: "two", 5: "three"}


def example(layer_sizes, m=40, seed=0, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng(seed)
    n_params = sum((1 + layer_sizes[i]) * layer_sizes[i + 1] for i in range(len(layer_sizes) - 1))
    params = rng.normal(scale=scale, size=n_params)
    X = rng.random((m, layer_sizes[0])).astype(dtype)
    y = rng.integers(0, layer_sizes[-1], m)
    return params, X, y


def split(params, layer_sizes):
    """Cut the flat vector by hand: (biases, weights (n_out, n_in)) of each layer."""
    layers, start = [], 0
    for i in range(len(layer_sizes) - 1):
        n_in, n_out = layer_sizes[i], layer_sizes[i + 1]
        theta = np.array([params[start + row * (1 + n_in) : start + (row + 1) * (1 + n_in)] for row in range(n_out)])
        layers.append((theta[:, 0], theta[:, 1:]))
        start += n_out * (1 + n_in)
    assert start == len(params)
    return layers


def sklearn_cost_and_gradient(params, layer_sizes, X, y, lam, activation="logistic"):
    """Ask scikit-learn's multilayer perceptron: a one-hot Y makes its outputs sigmoids, each with a loss of its own."""
    layers = split(params, layer_sizes)
    n_layers = len(layers)
    mlp = MLPClassifier(hidden_layer_sizes=layer_sizes[1:-1], activation=activation, alpha=lam)
    mlp.n_layers_ = n_layers + 1
    mlp.out_activation_ = "logistic"
    mlp.coefs_ = [weights.T for _, weights in layers]
    mlp.intercepts_ = [biases for biases, _ in layers]
    Y = np.eye(layer_sizes[-1])[y]
    activations = [X.astype(np.float64)] + [None] * n_layers
    cost, weights, biases = mlp._backprop(X, Y, None, activations, *([None] * n_layers for _ in range(3)))
    gradient = [np.column_stack([b, w.T]).ravel() for b, w in zip(biases, weights, strict=True)]
    return cost, np.concatenate(gradient)


def naive_z(biases, weights, a):
    return [
        math.fsum([bias, *(weight * value for weight, value in zip(row, a, strict=True))])
        for bias, row in zip(biases.tolist(), weights.tolist(), strict=True)
    ]


def naive_cost(params, layer_sizes, X, y, lam):
    """Compute the cost in loops over examples and units, from the formula."""
    layers = split(params, layer_sizes)
    terms = []
    for x, label in zip(X, y, strict=True):
        a = [float(value) for value in x]
        for biases, weights in layers:
            z = naive_z(biases, weights, a)
            a = [float(expit(value)) for value in z]
        terms += [-log_expit(value if k == label else -value) for k, value in enumerate(z)]
    squares = math.fsum(float(w) ** 2 for _, weights in layers for w in weights.ravel())
    return math.fsum(terms) / len(X) + lam / (2 * len(X)) * squares


def central_differences(function, params, step=1e-5):
    gradient = np.empty(len(params))
    for i in range(len(params)):
        up, down = params.copy(), params.copy()
        up[i] += step
        down[i] -= step
        gradient[i] = (function(up) - function(down)) / (2 * step)
    return gradient


def relative_difference(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


# ---- cost and gradient against scikit-learn, differences, and a calculation by hand


@pytest.mark.parametrize("lam", [0.0, 0.1, 7])
@pytest.mark.parametrize("layer_sizes", SIZES, ids=lambda sizes: HIDDEN[len(sizes)])
def test_cost_and_gradient_are_those_of_scikit_learn(layer_sizes, lam):
    params, X, y = example(layer_sizes)
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, lam)
    expected_cost, expected_gradient = sklearn_cost_and_gradient(params, layer_sizes, X, y, lam)
    assert cost == pytest.approx(expected_cost, rel=1e-10)
    assert relative_difference(gradient, expected_gradient) < 1e-10
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-9, atol=1e-13)  # each parameter in its place


@pytest.mark.parametrize("lam", [0.0, 3])
@pytest.mark.parametrize("layer_sizes", SIZES, ids=lambda sizes: HIDDEN[len(sizes)])
def test_with_rectified_units_too_cost_and_gradient_are_those_of_scikit_learn(layer_sizes, lam):
    params, X, y = example(layer_sizes)
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, lam, activation="relu")
    expected_cost, expected_gradient = sklearn_cost_and_gradient(params, layer_sizes, X, y, lam, "relu")
    assert cost == pytest.approx(expected_cost, rel=1e-10)
    assert relative_difference(gradient, expected_gradient) < 1e-10
    if len(layer_sizes) > 2:  # there is a hidden layer, so the two kinds of units differ
        assert cost != pytest.approx(nnlib.cost_and_gradient(params, layer_sizes, X, y, lam)[0], rel=1e-3)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_gradient_of_either_kind_of_unit_agrees_with_central_differences(activation):
    sizes = (5, 4, 6, 3)
    params, X, y = example(sizes, m=10, seed=3)

    def cost(p):
        return nnlib.cost_and_gradient(p, sizes, X, y, 0.5, activation=activation)[0]

    gradient = nnlib.cost_and_gradient(params, sizes, X, y, 0.5, activation=activation)[1]
    # No z of this example is so near 0 that a step crosses the corner of a rectified unit.
    assert relative_difference(gradient, central_differences(cost, params, step=1e-6)) < 1e-8


def away_from_corners(layer_sizes, X, **options):
    """Return random params for which no z of a hidden layer is so near 0 that a small step crosses the corner."""
    for seed in range(1000):
        params = example(layer_sizes, seed=seed, **options)[0]
        a, nearest = X, np.inf
        for biases, weights in split(params, layer_sizes)[:-1]:
            z = a @ weights.T + biases
            a, nearest = np.maximum(z, 0), min(nearest, np.abs(z).min())
        if nearest > 1e-3 and a.any(axis=0).all():
            return params
    raise AssertionError("no such params")


@pytest.mark.parametrize("lam", [0.0, 2.0])
@pytest.mark.parametrize("layer_sizes", SIZES[1:], ids=lambda sizes: HIDDEN[len(sizes)])
def test_gradient_of_rectified_units_agrees_with_central_differences(layer_sizes, lam):
    _, X, y = example(layer_sizes, m=12)
    y[::4] = -1  # none of these
    params = away_from_corners(layer_sizes, X)

    def cost(p):
        return nnlib.cost_and_gradient(p, layer_sizes, X, y, lam, activation="relu")[0]

    _, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, lam, activation="relu")
    assert relative_difference(gradient, central_differences(cost, params)) < 1e-8


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("hidden", [(3,), (3, 4), (3, 4, 3)], ids=lambda hidden: f"{len(hidden)} hidden")
def test_gradient_on_digits_agrees_with_central_differences(mnist, hidden, activation):
    layer_sizes = (784, *hidden, 10)
    X, y = mnist.X_train[::6000].astype(np.float64), mnist.y_train[::6000].copy()
    y[3] = -1
    params = away_from_corners(layer_sizes, X, scale=0.3)

    def cost(p):
        return nnlib.cost_and_gradient(p, layer_sizes, X, y, 0.1, activation=activation, n_threads=1)[0]

    _, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.1, activation=activation)
    assert relative_difference(gradient, central_differences(cost, params)) < 1e-7


def test_a_rectified_unit_passes_on_what_is_positive():
    thetas = [np.array([[0, 1.0], [0, -1.0]]), np.array([[0, 1.0, 2.0]])]
    _, hidden, output = nnlib.forward(thetas, np.array([[3.0], [-2.0]]), activation="relu")
    np.testing.assert_array_equal(hidden, [[3, 0], [0, 2]])
    np.testing.assert_allclose(output, expit([[3.0], [4.0]]))
    np.testing.assert_array_equal(nnlib.predict_scores(thetas, np.array([[3.0], [-2.0]]), activation="relu"), output)


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="activation is 'tanh'; expected one of sigmoid, relu"):
        nnlib.forward([np.zeros((2, 3))], np.zeros((1, 2)), activation="tanh")


def test_cost_and_gradient_over_several_blocks_are_those_of_scikit_learn():
    layer_sizes = (20, 12, 10)
    params, X, y = example(layer_sizes, m=3500)  # the last block is shorter than the others
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.3)
    expected_cost, expected_gradient = sklearn_cost_and_gradient(params, layer_sizes, X, y, 0.3)
    assert cost == pytest.approx(expected_cost, rel=1e-10)
    assert relative_difference(gradient, expected_gradient) < 1e-10


@pytest.mark.parametrize("m", [1, 999, 1000, 1001, 2000])
def test_every_example_counts_once_whatever_the_number_of_rows(m):
    layer_sizes = (3, 2, 4)
    params, X, y = example(layer_sizes, m=m)
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y)
    expected_cost, expected_gradient = sklearn_cost_and_gradient(params, layer_sizes, X, y, 0.0)
    assert cost == pytest.approx(expected_cost, rel=1e-10)
    assert relative_difference(gradient, expected_gradient) < 1e-10


@settings(max_examples=40)
@given(
    layer_sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    m=st.integers(1, 6),
    lam=st.sampled_from([0.0, 0.5, 3.0]),
    seed=st.integers(0, 999),
)
def test_gradient_agrees_with_central_differences_for_any_shape(layer_sizes, m, lam, seed):
    params, X, y = example(layer_sizes, m=m, seed=seed)
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, lam)
    assert cost == pytest.approx(naive_cost(params, layer_sizes, X, y, lam), rel=1e-12)
    differences = central_differences(lambda p: naive_cost(p, layer_sizes, X, y, lam), params)
    np.testing.assert_allclose(gradient, differences, rtol=0, atol=1e-8)


@settings(max_examples=20)
@given(layer_sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5), seed=st.integers(0, 999))
def test_an_example_that_is_none_of_the_classes_has_targets_of_0_only(layer_sizes, seed):
    params, X, y = example(layer_sizes, m=6, seed=seed)
    y[::2] = -1
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.5)
    assert cost == pytest.approx(naive_cost(params, layer_sizes, X, y, 0.5), rel=1e-12)
    differences = central_differences(lambda p: naive_cost(p, layer_sizes, X, y, 0.5), params)
    np.testing.assert_allclose(gradient, differences, rtol=0, atol=1e-8)


@pytest.mark.parametrize("lam", [0.0, 2.0])
@pytest.mark.parametrize("layer_sizes", SIZES, ids=lambda sizes: HIDDEN[len(sizes)])
def test_gradient_is_that_of_its_own_cost(layer_sizes, lam):
    params, X, y = example(layer_sizes, seed=4)
    _, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, lam)
    differences = central_differences(lambda p: nnlib.cost_and_gradient(p, layer_sizes, X, y, lam)[0], params)
    np.testing.assert_allclose(gradient, differences, rtol=0, atol=1e-8)
    assert relative_difference(gradient, differences) < 1e-8


# A network of 2 inputs, 2 hidden units and 1 output, worked out by hand. With L = log 3, sigmoid(L) = 3/4,
# sigmoid(0) = 1/2 and sigmoid(-L) = 1/4, so all activations are fractions.
#
#   Theta1 = [[0, L, 0], [0, 0, -L]]          Theta2 = [[-7L/4, 3L, L]]
#
#   example      z2        a2            z3                              a3    delta3 = a3 - Y, with Y = 1
#   x = (1, 0)   (L, 0)    (3/4, 1/2)    -7L/4 + 9L/4 + L/2 = L          3/4   -1/4
#   x = (0, 1)   (0, -L)   (1/2, 1/4)    -7L/4 + 3L/2 + L/4 = 0          1/2   -1/2
#
# Cost: (-log 3/4 - log 1/2) / 2 = log(8/3) / 2.
#
# Gradient of Theta2, the mean over both examples of delta3 * (1, a2):
#   bias  (-1/4 - 1/2) / 2 = -3/8     unit 1  (-3/16 - 1/4) / 2 = -7/32     unit 2  (-1/8 - 1/8) / 2 = -1/8
#
# delta2 = delta3 * Theta2's weights * a2 (1 - a2), where a2 (1 - a2) is 3/16, 1/4 for the first example and
# 1/4, 3/16 for the second:
#   first   (-1/4 * 3L * 3/16, -1/4 * L * 1/4)  = (-9L/64, -L/16)
#   second  (-1/2 * 3L * 1/4,  -1/2 * L * 3/16) = (-3L/8, -3L/32)
#
# Gradient of Theta1, the mean over both examples of delta2 * (1, x):
#   unit 1  bias (-9L/64 - 24L/64) / 2 = -33L/128    x1 -9L/128    x2 -3L/16
#   unit 2  bias (-2L/32 - 3L/32) / 2  = -5L/64      x1 -L/32      x2 -3L/64
#
# With lam = 2 and m = 2, the cost gains 2/4 * (L^2 + L^2 + 9 L^2 + L^2) = 6 L^2, and the gradient of each
# weight, but of no bias, gains that weight.
L = math.log(3)
HAND_SIZES = (2, 2, 1)
HAND_PARAMS = np.array([0, L, 0, 0, 0, -L, -7 * L / 4, 3 * L, L])
HAND_X = np.array([[1.0, 0.0], [0.0, 1.0]])
HAND_Y = np.array([0, 0])  # the only class there is, so Y = 1
HAND_GRADIENT = np.array(
    [-33 * L / 128, -9 * L / 128, -3 * L / 16, -5 * L / 64, -L / 32, -3 * L / 64, -3 / 8, -7 / 32, -1 / 8]
)


def test_forward_of_a_network_worked_out_by_hand():
    X, a2, a3 = nnlib.forward(nnlib.unpack(HAND_PARAMS, HAND_SIZES), HAND_X)
    np.testing.assert_array_equal(X, HAND_X)
    np.testing.assert_allclose(a2, [[3 / 4, 1 / 2], [1 / 2, 1 / 4]], rtol=1e-14)
    np.testing.assert_allclose(a3, [[3 / 4], [1 / 2]], rtol=1e-14)


def test_cost_and_gradient_of_a_network_worked_out_by_hand():
    cost, gradient = nnlib.cost_and_gradient(HAND_PARAMS, HAND_SIZES, HAND_X, HAND_Y)
    assert cost == pytest.approx(math.log(8 / 3) / 2, rel=1e-14)
    np.testing.assert_allclose(gradient, HAND_GRADIENT, rtol=1e-13)


def test_regularisation_of_a_network_worked_out_by_hand():
    cost, gradient = nnlib.cost_and_gradient(HAND_PARAMS, HAND_SIZES, HAND_X, HAND_Y, lam=2)
    assert cost == pytest.approx(math.log(8 / 3) / 2 + 6 * L**2, rel=1e-14)
    weights = np.array([0, L, 0, 0, 0, -L, 0, 3 * L, L])
    np.testing.assert_allclose(gradient, HAND_GRADIENT + weights, rtol=1e-13)


def test_zero_weights_cost_log_2_for_each_output():
    # Every output is 1/2, whatever the image.
    _, X, y = example((6, 4, 10))
    cost, _ = nnlib.cost_and_gradient(np.zeros(4 * 7 + 10 * 5), (6, 4, 10), X, y, lam=3)
    assert cost == pytest.approx(10 * math.log(2), rel=1e-14)


def test_lam_defaults_to_no_regularisation():
    params, X, y = example((6, 4, 3))
    assert nnlib.cost_and_gradient(params, (6, 4, 3), X, y)[0] == nnlib.cost_and_gradient(params, (6, 4, 3), X, y, 0)[0]


# ---- forward


@settings(max_examples=60)
@given(layer_sizes=st.lists(st.integers(1, 6), min_size=2, max_size=5), m=st.integers(1, 5), seed=st.integers(0, 999))
def test_forward_does_what_a_loop_over_examples_and_units_does(layer_sizes, m, seed):
    params, X, _ = example(layer_sizes, m=m, seed=seed, scale=3)
    layers = split(params, layer_sizes)
    activations = nnlib.forward([np.column_stack(layer) for layer in layers], X)
    assert [a.shape for a in activations] == [(m, n) for n in layer_sizes]
    for i in range(m):
        a = X[i].tolist()
        for (biases, weights), found in zip(layers, activations[1:], strict=True):
            a = [1 / (1 + math.exp(-z)) for z in naive_z(biases, weights, a)]
            np.testing.assert_allclose(found[i], a, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_forward_works_in_the_dtype_of_the_images_and_hands_them_back(dtype):
    params, X, _ = example((6, 4, 3), dtype=dtype)
    activations = nnlib.forward(nnlib.unpack(params, (6, 4, 3)), X)
    assert activations[0] is X
    assert [a.dtype for a in activations] == [dtype] * 3


def test_sigmoid_and_softplus_agree_with_scipy_over_their_whole_range():
    z = np.concatenate([np.linspace(-800, 800, 3201), [-1e300, 1e300, -1e-300, 0]])
    np.testing.assert_allclose(nnlib.model.sigmoid(z), expit(z), rtol=1e-14, atol=2e-16)
    np.testing.assert_allclose(nnlib.model.softplus(z), -log_expit(-z), rtol=1e-14, atol=1e-320)


# ---- dtypes, memory layout, threads


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cost_is_a_float_and_the_gradient_float64(dtype):
    params, X, y = example((6, 4, 3), dtype=dtype)
    for given_params in (params, params.astype(np.float32), params.tolist()):
        cost, gradient = nnlib.cost_and_gradient(given_params, (6, 4, 3), X, y, 0.1)
        assert type(cost) is float
        assert gradient.dtype == np.float64
        assert gradient.shape == params.shape


@pytest.mark.parametrize("layer_sizes", [(784, 25, 10), (784, 25, 15, 10)])
def test_float32_images_give_nearly_the_gradient_of_float64_images(layer_sizes):
    params, X, y = example(layer_sizes, m=1500, scale=0.1)
    X32 = X.astype(np.float32)
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X32.astype(np.float64), y, 0.1)
    cost32, gradient32 = nnlib.cost_and_gradient(params, layer_sizes, X32, y, 0.1)
    assert cost32 == pytest.approx(cost, rel=1e-5)
    assert relative_difference(gradient32, gradient) < 1e-4
    assert np.any(gradient32 != gradient)  # the work is done in X's dtype


def test_the_gradient_on_mnist_in_float32_is_that_of_float64(mnist):
    params, layer_sizes = nnlib.pack(nnlib.load_network().thetas), (784, 100, 10)  # trained: the slopes nearly cancel
    rows = np.random.default_rng(0).permutation(60000)[:10000]
    X, y = mnist.X_train[rows], mnist.y_train[rows]
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X.astype(np.float64), y, 0.1)
    cost32, gradient32 = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.1)
    assert cost32 == pytest.approx(cost, rel=1e-5)
    assert relative_difference(gradient32, gradient) < 1e-4


def functions_of(source, *names):
    """Return what a notebook's cells define, with nothing run but the functions of these names."""
    defined = {"np": np, "nnlib": nnlib, "sigmoid": nnlib.model.sigmoid, "softplus": nnlib.model.softplus}
    defined["propagate"] = nnlib.model.propagate
    for cell in jupytext.read(source).cells:
        if cell.cell_type == "code" and cell.source.startswith(tuple(f"def {name}(" for name in names)):
            exec(ast.unparse(ast.parse(cell.source).body[0]), defined)
    assert set(names) <= set(defined)
    return defined


@pytest.mark.parametrize("layer_sizes", [(6, 4, 3), (7, 5, 2), (2, 2, 1)])
def test_the_library_computes_what_lesson_03_writes_out_for_one_image_after_another(layer_sizes):
    lesson = functions_of(LESSON_03, "slopes_of_one", "gradient")
    params, X, y = example(layer_sizes, m=1200)  # more than one block
    gradient = lesson["gradient"](nnlib.unpack(params, layer_sizes), X, y, 0.1)
    _, library_gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.1)
    assert relative_difference(library_gradient, gradient) < 1e-12


@pytest.mark.parametrize("layer_sizes", SIZES, ids=lambda sizes: HIDDEN[len(sizes)])
def test_the_library_computes_what_exercise_04_writes_out_plainly(layer_sizes):
    names = functions_of(EXERCISE_04, "theta_slopes", "delta_before", "cost_and_gradient")
    params, X, y = example(layer_sizes, m=2500)
    cost, gradient = names["cost_and_gradient"](params, layer_sizes, X, y, 0.1)
    library_cost, library_gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.1)
    assert library_cost == pytest.approx(cost, rel=1e-12)
    assert relative_difference(library_gradient, gradient) < 1e-12


@pytest.mark.parametrize("label_dtype", [np.uint8, np.int8, np.int32, np.int64, np.uint64])
def test_any_integer_dtype_of_labels_will_do(label_dtype):
    params, X, y = example((6, 4, 3))
    expected_cost, expected_gradient = sklearn_cost_and_gradient(params, (6, 4, 3), X, y, 0.1)
    cost, gradient = nnlib.cost_and_gradient(params, (6, 4, 3), X, y.astype(label_dtype), 0.1)
    assert cost == pytest.approx(expected_cost, rel=1e-10)
    assert relative_difference(gradient, expected_gradient) < 1e-10


def test_views_and_fortran_order_give_the_cost_of_a_plain_copy():
    params, X, y = example((6, 4, 3), m=60)
    expected, _ = sklearn_cost_and_gradient(params, (6, 4, 3), X[::3].copy(), y[::3].copy(), 0.1)
    for same_X in (X[::3], np.asfortranarray(X[::3]), X[::3][:, ::-1].copy()[:, ::-1]):
        assert nnlib.cost_and_gradient(params, (6, 4, 3), same_X, y[::3], 0.1)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_number_of_threads_gives_the_same_result_bit_for_bit(dtype):
    layer_sizes = (30, 20, 10)
    params, X, y = example(layer_sizes, m=3500, dtype=dtype)
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.1, n_threads=1)
    for n_threads in (2, 3, None) * 3:
        other_cost, other_gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.1, n_threads=n_threads)
        assert other_cost == cost
        assert other_gradient.tobytes() == gradient.tobytes()


def blas_threads():
    return [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]


@pytest.mark.parametrize("spoilt", [False, True], ids=["it returns", "it raises"])
def test_blas_keeps_its_threads(spoilt):
    params, X, y = example((6, 4, 3), m=3500)
    with threadpoolctl.threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        if spoilt:
            X[1700, 2] = np.nan
            with pytest.raises(ValueError, match="X"):
                nnlib.cost_and_gradient(params, (6, 4, 3), X, y, n_threads=2)
        else:
            nnlib.cost_and_gradient(params, (6, 4, 3), X, y, n_threads=2)
        assert blas_threads() == before


@pytest.mark.parametrize("m", [40, 2500])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arguments_are_never_written_to(dtype, m):
    params, X, y = example((6, 4, 3), m=m, dtype=dtype)
    copies = [array.copy() for array in (params, X, y)]
    for array in (params, X, y):
        array.setflags(write=False)
    _, gradient = nnlib.cost_and_gradient(params, (6, 4, 3), X, y, 0.1)
    nnlib.forward(nnlib.unpack(params, (6, 4, 3)), X)
    for array, copy in zip((params, X, y), copies, strict=True):
        assert array.tobytes() == copy.tobytes()
    assert gradient.flags.writeable
    assert not np.shares_memory(gradient, params)


def test_the_gradient_of_a_call_survives_the_next_call():
    params, X, y = example((6, 4, 3))
    _, gradient = nnlib.cost_and_gradient(params, (6, 4, 3), X, y)
    copy = gradient.copy()
    nnlib.cost_and_gradient(params + 1, (6, 4, 3), X, y)
    np.testing.assert_array_equal(gradient, copy)


# ---- large weights; warnings are errors in these tests, so an overflow shows


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layer_sizes", [(50, 10), (50, 20, 10), (50, 20, 15, 10)])
def test_weights_of_ten_thousand_neither_overflow_nor_lose_the_cost(layer_sizes, dtype):
    params, X, y = example(layer_sizes, dtype=dtype)
    params = 1e4 * np.sign(params)
    assert all(np.isfinite(a).all() for a in nnlib.forward(nnlib.unpack(params, layer_sizes), X))
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, 0.1)
    assert np.isfinite(gradient).all()
    expected = naive_cost(params, layer_sizes, X, y, 0.1)
    assert cost == pytest.approx(expected, rel=1e-10 if dtype == np.float64 else 1e-4)


def exact_softplus(z):
    """Compute log(1 + exp(z)) with 60 digits."""
    with localcontext() as context:
        context.prec = 60
        power = Decimal(z).exp()
        # log(1 + p) = p for the tiniest p, where 1 + p would round to 1.
        return float(power if power < Decimal("1e-40") else (1 + power).ln())


@pytest.mark.parametrize("z", [0, 1, 5, 20, 30, 36, 40, 100, 700, 1e4, 1e6])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("right", [True, False], ids=["the right answer", "a wrong answer"])
def test_cost_of_saturated_outputs_to_full_precision(z, sign, right):
    # One weight, one pixel of value 1: the output's z is the weight itself. Two outputs, so that Y is 0 and 1.
    params = np.array([0.0, sign * z, 0.0, 0.0])
    y = np.array([0 if right == (sign > 0) else 1])
    cost, _ = nnlib.cost_and_gradient(params, (1, 2), np.ones((1, 1)), y)
    other_output = math.log(2)  # its z is 0
    assert cost == pytest.approx(exact_softplus(-z if right else z) + other_output, rel=1e-14)


@pytest.mark.parametrize("z", [5, 20, 30, 36, 40, 100, 700])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cost_of_answers_that_are_right_and_sure_is_small_but_not_rounded_away(z, dtype):
    # Output 0 says yes with z, output 1 says no with -z; both are right. z - z would leave nothing of exp(-z).
    cost, _ = nnlib.cost_and_gradient([0.0, z, 0.0, -z], (1, 2), np.ones((1, 1), dtype), np.array([0]))
    precision = 1e-12 if dtype == np.float64 else 1e-5
    smallest = 0 if dtype == np.float64 else 1e-37  # below, float32 has no normal numbers
    assert cost == pytest.approx(2 * exact_softplus(-z), rel=precision, abs=smallest)


# ---- errors: test_checks.py has those of single arguments


@pytest.mark.parametrize("layer_sizes", [(6, 3), (6, 4, 3)])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_bad_pixel_is_found_in_any_block_also_where_its_weights_are_zero(value, layer_sizes):
    params, X, y = example(layer_sizes, m=2500)
    X[2345, 1] = value
    with pytest.raises(ValueError, match=r"X .*\(2345, 1\)"):
        nnlib.cost_and_gradient(params, layer_sizes, X, y)
    with pytest.raises(ValueError, match=r"X .*\(2345, 1\)"):
        nnlib.cost_and_gradient(np.zeros_like(params), layer_sizes, X, y)


def test_weights_whose_squares_overflow_are_refused():
    params, X, y = example((6, 4, 3), m=8)
    params[1] = 1e200
    with pytest.raises(ValueError, match="params"):
        nnlib.cost_and_gradient(params, (6, 4, 3), X, y, lam=0.1)


def test_weights_beyond_float32_are_refused_with_float32_images():
    params, X, y = example((6, 4, 3), m=8)
    X = X.astype(np.float32)
    X[:, 0] = 0  # as the margins of the digits are
    params[1] = 1e39
    with pytest.raises(ValueError, match=r"float32: params reach 1e\+39"):
        nnlib.cost_and_gradient(params, (6, 4, 3), X, y)
