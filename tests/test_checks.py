"""What no argument may be: each kind of bad value once, and for each public function that it really looks."""

import numpy as np
import pytest
import scipy.sparse

import nnlib
from nnlib import checks
from nnlib.metrics import accuracy, class_report, confusion_matrix

SIZES = (6, 4, 3)
THETAS = nnlib.init_thetas(SIZES, seed=0)
PARAMS = nnlib.pack(THETAS)
X = np.random.default_rng(6).random((8, 6))
Y = np.array([0, 1, 2, 0, 1, 2, 0, 1])


def spoilt(array, index, value):
    """Return a copy of an array with one bad number in it."""
    array = np.array(array)
    array[index] = value
    return array


def finite_images(X):
    """Check images as a function does that takes them at once."""
    return checks.finite(checks.images(X, 6), "X")


BAD_X = [
    ("NaN", spoilt(X, (3, 2), np.nan), r"X holds 1 value that is NaN or infinite, at index \(3, 2\)"),
    ("NaN in float32", spoilt(X.astype(np.float32), (3, 2), np.nan), "X holds 1 value that is NaN"),
    ("inf", spoilt(X, (7, 5), np.inf), r"X holds 1 value .* at index \(7, 5\)"),
    ("-inf in float32", spoilt(X.astype(np.float32), (0, 0), -np.inf), r"X holds 1 value .* at index \(0, 0\)"),
    ("1-D", X[0], r"X has shape \(6,\).*pass X\[np\.newaxis, :\]"),
    ("3-D", X[np.newaxis], r"X has shape \(1, 8, 6\); expected \(m, 6\)"),
    ("scalar", np.float64(3), r"X has shape \(\)"),
    ("transposed", X.T, r"X has shape \(6, 8\).*pass X\.T"),
    ("a column short", X[:, 1:], r"X has shape \(8, 5\); expected \(m, 6\)"),
    ("a column more", np.hstack([np.ones((8, 1)), X]), r"X has shape \(8, 7\); expected \(m, 6\)"),
    ("no rows", X[:0], "X is empty"),
    ("uint8", (255 * X).astype(np.uint8), r"X has dtype uint8; expected float32 or float64.*255"),
    ("int64", X.astype(np.int64), "X has dtype int64; expected float32 or float64"),
    ("bool", X > 0.5, "X has dtype bool; expected float32 or float64"),
    ("float16", X.astype(np.float16), "X has dtype float16; expected float32 or float64"),
    ("complex", X.astype(complex), "X has dtype complex128"),
    ("object", X.astype(object), "X has dtype object"),
    ("text", X.astype(str), "X has dtype <U"),
    ("sparse matrix", scipy.sparse.csr_matrix(X), r"X is a sparse matrix.*X\.toarray\(\)"),
    ("sparse array", scipy.sparse.coo_array(X), r"X is a sparse matrix.*X\.toarray\(\)"),
    ("ragged", [[0.5] * 6, [0.5] * 5], "X is not a rectangular array"),
    ("None", None, "X has dtype object"),
]
BAD_Y = [
    ("class 3 of 0 to 2", spoilt(Y, 5, 3), "y holds labels from 0 to 3; expected 0 to 2"),
    ("class -1", spoilt(Y, 0, -1), "y holds labels from -1 to 2; expected 0 to 2"),
    ("floats", Y.astype(float), r"y has dtype float64; expected integer labels, such as y\.astype\(int\)"),
    ("float NaN", np.full(8, np.nan), "y has dtype float64"),
    ("bool", Y > 0, "y has dtype bool"),
    ("text", Y.astype(str), "y has dtype <U"),
    ("object", Y.astype(object), "y has dtype object"),
    ("one-hot", np.eye(3, dtype=int)[Y], r"y has shape \(8, 3\); expected \(m,\)"),
    ("a column", Y[:, np.newaxis], r"y has shape \(8, 1\).*try y\.ravel\(\)"),
    ("scalar", np.int64(1), r"y has shape \(\)"),
    ("one short", Y[1:], "y has 7 labels for 8 examples"),
    ("one more", np.append(Y, 0), "y has 9 labels for 8 examples"),
    ("empty", Y[:0], "y has 0 labels for 8 examples"),
    ("sparse", scipy.sparse.csr_matrix(Y), "y is a sparse matrix"),
    ("ragged", [[0], [0, 1]], "y is not a rectangular array"),
    ("None", None, "y has dtype object"),
]
BAD_PARAMS = [
    ("too short", PARAMS[1:], r"params has shape \(42,\); expected \(43,\), .* layer_sizes=\(6, 4, 3\)"),
    ("too long", np.append(PARAMS, 0), r"params has shape \(44,\); expected \(43,\)"),
    ("empty", PARAMS[:0], r"params has shape \(0,\)"),
    ("2-D", PARAMS[np.newaxis], r"params has shape \(1, 43\)"),
    ("scalar", np.float64(3), r"params has shape \(\)"),
    ("object", PARAMS.astype(object), "params has dtype object"),
    ("text", PARAMS.astype(str), "params has dtype <U"),
    ("complex", PARAMS.astype(complex), "params has dtype complex128"),
    ("sparse", scipy.sparse.csr_array(PARAMS[np.newaxis]), "params is a sparse matrix"),
    ("thetas instead", THETAS, "params is not a rectangular array"),
    ("None", None, "params has dtype object"),
]
BAD_THETAS = [
    ("none at all", [], "thetas is empty"),
    ("one bare array", THETAS[0], r"thetas is one array of shape \(4, 7\); expected a list"),
    ("a number", 3.0, "thetas is a float; expected a list"),
    ("None", None, "thetas is a NoneType; expected a list"),
    ("a training's result", nnlib.TrainResult(THETAS, 0.0, 0, 0, 0.0, {}, ""), "thetas"),
    ("1-D", [np.zeros(7)], r"thetas\[0\] has shape \(7,\); expected \(n_out, 1 \+ n_in\)"),
    ("bias only", [np.zeros((2, 1))], r"thetas\[0\] has shape \(2, 1\)"),
    ("no unit", [np.zeros((0, 7))], r"thetas\[0\] has shape \(0, 7\)"),
    ("do not fit", [THETAS[0], np.zeros((3, 4))], r"thetas\[1\] has 4 columns; expected 5"),
    ("in the wrong order", THETAS[::-1], r"thetas\[1\] has 7 columns; expected 4"),
    ("transposed", [theta.T for theta in THETAS], r"thetas\[1\] has 3 columns; expected 8"),
    ("integers", [np.zeros((4, 7), dtype=int)], r"thetas\[0\] has dtype int64; expected float32 or float64"),
    ("objects", [np.zeros((4, 7), dtype=object)], r"thetas\[0\] has dtype object"),
    ("complex", [np.zeros((4, 7), dtype=complex)], r"thetas\[0\] has dtype complex128"),
    ("sparse", [scipy.sparse.csr_array(np.ones((4, 7)))], r"thetas\[0\] is a sparse matrix"),
    ("ragged", [[[1.0, 2.0], [3.0]]], r"thetas\[0\] is not a rectangular array"),
    ("NaN", [THETAS[0], spoilt(THETAS[1], (1, 1), np.nan)], r"thetas\[1\] holds 1 value .* at index \(1, 1\)"),
    ("inf", [spoilt(THETAS[0], (0, 0), np.inf), THETAS[1]], r"thetas\[0\] holds 1 value .* at index \(0, 0\)"),
]
BAD_SIZES = [(), (3,), (3, 0), (3, -1, 2), (3.0, 2.0), (3, 2.5), "32", 3, None, ("3", "2"), ((3, 2), (2, 1))]
BAD = [
    *((name, finite_images, *case) for name, *case in BAD_X),
    *((name, lambda y: checks.labels(y, 3, 8), *case) for name, *case in BAD_Y),
    (
        "class -2, where -1 is allowed",
        lambda y: checks.labels(y, 3, 8, lowest=-1),
        spoilt(Y, 0, -2),
        "y holds labels from -2 to 2; expected 0 to 2, or -1 for none of these",
    ),
    *((name, lambda params: checks.params(params, SIZES), *case) for name, *case in BAD_PARAMS),
    *((name, checks.thetas, *case) for name, *case in BAD_THETAS),
    *((repr(sizes), checks.layer_sizes, sizes, "layer_sizes is .*; expected") for sizes in BAD_SIZES),
]
NUMBERS = {
    checks.number: ["0.1", None, True, [0.1], 1j, np.nan, np.inf, -np.inf],
    checks.not_negative: ["0.1", None, True, [0.1], np.nan, np.inf, -1, -1e-12],
    checks.positive: ["0.1", None, True, [0.1], np.nan, np.inf, -0.1, 0],
    checks.count: ["7", None, [1], np.nan, 2.5, 1.0, 0, -3],
}


@pytest.mark.parametrize(("check", "value", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_is_found_and_what_was_expected_is_said(check, value, message):
    with pytest.raises((ValueError, TypeError), match=message):
        check(value)


@pytest.mark.parametrize(("check", "value"), [(check, value) for check, values in NUMBERS.items() for value in values])
def test_numbers(check, value):
    with pytest.raises((ValueError, TypeError), match=r"lam is .*; expected"):
        check(value, "lam")


@pytest.mark.parametrize("seed", [-1, 1.5, "one", [1, -2]])
def test_seeds(seed):
    with pytest.raises(TypeError, match=r"seed is .*; expected a whole number"):
        checks.generator(seed)


def test_weights_that_a_dtype_does_not_hold():
    with pytest.raises(ValueError, match=r"thetas reach 1e\+39, more than float32 can hold"):
        checks.in_dtype([spoilt(THETAS[0], 0, 1e39)], np.dtype(np.float32))


# ---- each public function looks at each of its arguments

NAN_IMAGE, SHORT_IMAGE, OTHER_CLASS = spoilt(X, (3, 2), np.nan), X[:, 1:], spoilt(Y, 5, 3)
MISFIT = THETAS[::-1]


def cost(params=PARAMS, layer_sizes=SIZES, X=X, y=Y, **options):
    return nnlib.cost_and_gradient(params, layer_sizes, X, y, **options)


def train(X=X, y=Y, layer_sizes=SIZES, **options):
    return nnlib.train(X, y, layer_sizes=layer_sizes, progress=False, **{"max_iter": 1} | options)


LOOKS = [
    (cost, {"params": PARAMS[1:]}),
    (cost, {"params": spoilt(PARAMS, 7, np.nan)}),
    (cost, {"params": spoilt(PARAMS, 7, np.nan).tolist()}),
    (cost, {"layer_sizes": (6, 0, 3)}),
    (cost, {"X": NAN_IMAGE}),
    (cost, {"X": SHORT_IMAGE}),
    (cost, {"y": OTHER_CLASS}),
    (cost, {"y": Y[1:]}),
    (cost, {"lam": -1}),
    (cost, {"n_threads": 0}),
    (train, {"X": NAN_IMAGE}),
    (train, {"X": SHORT_IMAGE}),
    (train, {"y": OTHER_CLASS}),
    (train, {"y": Y[1:]}),
    (train, {"layer_sizes": (6, 0, 3)}),
    (train, {"lam": -1}),
    (train, {"max_iter": 0}),
    (train, {"seed": -1}),
    (train, {"epsilon": 0}),
    (train, {"n_threads": 0}),
    (train, {"thetas": MISFIT}),
    (nnlib.init_thetas, {"layer_sizes": (6, 0, 3)}),
    (nnlib.init_thetas, {"epsilon": 0, "layer_sizes": SIZES}),
    (nnlib.init_thetas, {"seed": -1, "layer_sizes": SIZES}),
    (nnlib.pack, {"thetas": MISFIT}),
    (nnlib.unpack, {"layer_sizes": (6, 0, 3), "params": PARAMS}),
    (nnlib.unpack, {"params": PARAMS[1:], "layer_sizes": SIZES}),
    *(
        (function, arguments)
        for function in (nnlib.forward, nnlib.predict, nnlib.predict_scores)
        for arguments in (
            {"thetas": MISFIT, "X": X},
            {"X": NAN_IMAGE, "thetas": THETAS},
            {"X": SHORT_IMAGE, "thetas": THETAS},
        )
    ),
    (nnlib.Network, {"thetas": MISFIT}),
    (nnlib.Network(THETAS).predict_scores, {"X": NAN_IMAGE}),
    (nnlib.Network(THETAS).predict_scores, {"X": SHORT_IMAGE}),
    (nnlib.Network(THETAS).predict, {"X": NAN_IMAGE}),
    (nnlib.Network(THETAS).predict, {"X": SHORT_IMAGE}),
    *(
        (function, arguments)
        for function in (accuracy, confusion_matrix, class_report)
        for arguments in (
            {"y_true": Y - 1, "y_pred": Y},
            {"y_pred": Y - 1, "y_true": Y},
            {"y_pred": Y[1:], "y_true": Y},
        )
    ),
    *((function, {"n_classes": 0, "y_true": Y, "y_pred": Y}) for function in (confusion_matrix, class_report)),
]


@pytest.mark.parametrize(
    ("function", "arguments"), LOOKS, ids=[f"{function.__name__}-{next(iter(a))}" for function, a in LOOKS]
)
def test_functions_look_at_their_arguments(function, arguments):
    """The first of the arguments is the bad one, and the error names it."""
    with pytest.raises((ValueError, TypeError), match=rf"\b{next(iter(arguments))}\b"):
        function(**arguments)
