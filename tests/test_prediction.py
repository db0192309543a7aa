"""What a network says about images."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import LabelBinarizer

import nnlib

SIZES = [(5, 3), (6, 4, 3), (7, 5, 4, 3), (6, 4, 5, 3, 4)]


def network(layer_sizes, seed=0, scale=2.0):
    rng = np.random.default_rng(seed)
    return [rng.normal(scale=scale, size=(n_out, 1 + n_in)) for n_in, n_out in pairwise(layer_sizes)]


def naive_scores(thetas, X):
    """Compute the output activations in loops over images and units."""
    scores = []
    for x in X.tolist():
        a = x
        for theta in thetas:
            z = [math.fsum(t * v for t, v in zip(row, [1, *a], strict=True)) for row in theta.tolist()]
            a = [1 / (1 + math.exp(-value)) for value in z]
        scores.append(a)
    return np.array(scores)


def sklearn_scores(thetas, X):
    """Ask scikit-learn's multilayer perceptron, with sigmoid outputs, for the same weights."""
    mlp = MLPClassifier(activation="logistic")
    mlp.coefs_ = [theta[:, 1:].T for theta in thetas]
    mlp.intercepts_ = [theta[:, 0] for theta in thetas]
    mlp.n_layers_, mlp.n_outputs_, mlp.out_activation_ = len(thetas) + 1, len(thetas[-1]), "logistic"
    mlp._label_binarizer = LabelBinarizer().fit(np.eye(len(thetas[-1]), dtype=int))
    return mlp.predict_proba(X)


@pytest.mark.parametrize("m", [1, 30, 3500])
@pytest.mark.parametrize("layer_sizes", SIZES)
def test_scores_and_digits_are_those_of_scikit_learn(layer_sizes, m):
    thetas = network(layer_sizes)
    X = np.random.default_rng(1).random((m, layer_sizes[0]))
    expected = sklearn_scores(thetas, X)
    scores = nnlib.predict_scores(thetas, X)
    assert scores.shape == (m, layer_sizes[-1])
    np.testing.assert_allclose(scores, expected, rtol=1e-11, atol=1e-15)
    digits = nnlib.predict(thetas, X)
    assert digits.shape == (m,)
    assert digits.dtype.kind == "i"
    np.testing.assert_array_equal(digits, expected.argmax(axis=1))


@settings(max_examples=50)
@given(layer_sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5), m=st.integers(1, 4), seed=st.integers(0, 999))
def test_scores_are_those_of_a_loop_over_images_and_units(layer_sizes, m, seed):
    thetas = network(layer_sizes, seed)
    X = np.random.default_rng(seed).random((m, layer_sizes[0]))
    expected = naive_scores(thetas, X)
    np.testing.assert_allclose(nnlib.predict_scores(thetas, X), expected, rtol=1e-11, atol=1e-15)
    assert all(expected[i, digit] == expected[i].max() for i, digit in enumerate(nnlib.predict(thetas, X)))


def test_a_row_gets_the_same_answer_alone_as_among_many():
    thetas = network((6, 5, 4))
    X = np.random.default_rng(2).random((2500, 6))
    scores, digits = nnlib.predict_scores(thetas, X), nnlib.predict(thetas, X)
    for i in (0, 999, 1000, 1999, 2000, 2499):
        np.testing.assert_allclose(nnlib.predict_scores(thetas, X[i : i + 1])[0], scores[i], rtol=1e-12)
        assert nnlib.predict(thetas, X[i : i + 1])[0] == digits[i]


def test_equal_activations_give_the_lower_digit():
    X = np.ones((3, 4))
    np.testing.assert_array_equal(nnlib.predict([np.zeros((10, 5))], X), [0, 0, 0])
    theta = np.zeros((5, 5))
    theta[[2, 4], 0] = 3
    np.testing.assert_array_equal(nnlib.predict([theta], X), [2, 2, 2])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_surest_of_several_saturated_outputs_wins(dtype):
    # All three scores round to 1 (or, with the signs turned, to 0); the z still tell them apart.
    theta = np.array([[0.0, 50], [0, 90], [0, 70]])
    X = np.ones((1, 1), dtype)
    assert set(nnlib.predict_scores([theta], X)[0].tolist()) == {1.0}
    assert nnlib.predict([theta], X).tolist() == [1]
    assert nnlib.predict([-theta], X).tolist() == [0]


def test_scores_do_not_add_up_to_one():
    scores = nnlib.predict_scores([np.array([[2.0, 0], [2.0, 0], [-9.0, 0]])], np.zeros((1, 1)))[0]
    np.testing.assert_allclose(scores, [0.880797077977882, 0.880797077977882, 0.000123394575986], rtol=1e-11)


@pytest.mark.parametrize("theta_dtype", [np.float32, np.float64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_have_the_dtype_of_the_images(dtype, theta_dtype):
    thetas = [theta.astype(theta_dtype) for theta in network((6, 5, 4))]
    X = np.random.default_rng(3).random((20, 6)).astype(dtype)
    scores = nnlib.predict_scores(thetas, X)
    assert scores.dtype == dtype
    np.testing.assert_allclose(scores, naive_scores(thetas, X), atol=1e-5 if dtype == np.float32 else 1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_of_ten_thousand_give_scores_from_0_to_1(dtype):
    thetas = [1e4 * np.sign(theta) for theta in network((50, 20, 10))]
    scores = nnlib.predict_scores(thetas, np.random.default_rng(4).random((30, 50)).astype(dtype))
    assert np.all((scores >= 0) & (scores <= 1))
    assert {0.0, 1.0} <= set(scores.ravel().tolist())


@pytest.mark.parametrize("m", [20, 2500])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arguments_are_never_written_to(dtype, m):
    thetas = network((6, 5, 4))
    X = np.random.default_rng(5).random((m, 6)).astype(dtype)
    copies = [array.copy() for array in (*thetas, X)]
    for array in (*thetas, X):
        array.setflags(write=False)
    nnlib.predict(thetas, X)
    nnlib.predict_scores(thetas, X)[...] = 0  # the result, though, is the caller's own
    for array, copy in zip((*thetas, X), copies, strict=True):
        assert array.tobytes() == copy.tobytes()
