"""Blocks of examples: nothing is lost, and what is left out could not have mattered."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib
import nnlib.compact
from nnlib.blocks import BLOCK_SIZE
from nnlib.compact import compact, cut, with_inputs_as_before, with_inputs_in_order
from nnlib.model import sum_over_blocks


def sparse_examples(m, n_in=12, n_classes=3, seed=0, dtype=np.float64):
    """Make examples of which each class leaves other inputs at 0, and the first input is 0 in all."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, m)
    touched = rng.random((n_classes, n_in)) < 0.6
    touched[:, 0] = False
    X = rng.normal(size=(m, n_in)) * touched[y] * (rng.random((m, n_in)) < 0.5)
    return X.astype(dtype), y


def compact_cost_and_gradient(params, layer_sizes, X, y, lam, **options):
    """Do as `train` does, and return the gradient in the order of `params`."""
    blocks, order = compact(X, y)
    ordered = nnlib.pack(with_inputs_in_order(nnlib.unpack(params, layer_sizes), order))
    cost, gradient = sum_over_blocks(ordered, layer_sizes, blocks, lam, **options)
    return cost, nnlib.pack(with_inputs_as_before(nnlib.unpack(gradient, layer_sizes), order))


def written_out(blocks, order, n_in):
    """Write the blocks' examples out again, with all inputs in their old order and their class behind them."""
    rows = []
    for block in blocks:
        full = np.zeros((len(block.X), n_in))
        full[:, order[: block.X.shape[1]]] = block.X
        rows.append(np.column_stack([full, block.y]))
    return np.concatenate(rows)


@settings(max_examples=60, deadline=None)
@given(
    m=st.sampled_from([1, 2, 30, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE + 7]),
    n_in=st.integers(1, 6),
    n_classes=st.integers(1, 4),
    seed=st.integers(0, 999),
)
def test_every_example_is_in_one_block(m, n_in, n_classes, seed):
    X, y = sparse_examples(m, n_in, n_classes, seed)
    originals = np.column_stack([X, y])
    np.testing.assert_array_equal(written_out(cut(X, y), np.arange(n_in), n_in), originals)
    blocks, order = compact(X, y)
    found = written_out(blocks, order, n_in)
    np.testing.assert_array_equal(found[np.lexsort(found.T)], originals[np.lexsort(originals.T)])
    assert [len(block.X) for block in blocks] == [len(block.X) for block in cut(X, y)]
    assert all(block.X.flags.c_contiguous for block in blocks)


def test_examples_with_a_rare_input_are_put_together():
    rng = np.random.default_rng(0)
    X = np.zeros((4 * BLOCK_SIZE, 7))
    X[:, [6, 3]] = 1
    with_rare = rng.permutation(len(X))[:BLOCK_SIZE]
    X[with_rare, np.array([0, 1, 2, 4])[np.arange(BLOCK_SIZE) % 4]] = -1  # input 5 is blank in all
    blocks, order = compact(X, np.arange(len(X)))
    assert [block.X.shape for block in blocks] == [(BLOCK_SIZE, 2)] * 3 + [(BLOCK_SIZE, 6)]
    assert set(order[:2]) == {3, 6}
    assert order[-1] == 5
    np.testing.assert_array_equal(np.sort(blocks[-1].y), np.sort(with_rare))


def test_nearly_half_of_mnist_is_left_out_whatever_its_order(mnist):
    for order in (slice(None), np.random.default_rng(0).permutation(len(mnist.X_train))):
        X, y = mnist.X_train[order], mnist.y_train[order]
        assert sum(block.X.size for block in compact(X, y)[0]) < 0.54 * X.size


def test_a_network_for_inputs_in_another_order_says_the_same():
    X, _ = sparse_examples(20)
    thetas = nnlib.init_thetas((12, 5, 3), epsilon=1.0, seed=0)
    order = np.random.default_rng(0).permutation(12)
    ordered = with_inputs_in_order(thetas, order)
    np.testing.assert_allclose(nnlib.predict_scores(ordered, X[:, order]), nnlib.predict_scores(thetas, X), rtol=1e-12)
    for theta, again in zip(thetas, with_inputs_as_before(ordered, order), strict=True):
        np.testing.assert_array_equal(again, theta)


def test_cutting_copies_nothing():
    X, y = sparse_examples(2 * BLOCK_SIZE)
    assert all(np.shares_memory(block.X, X) and np.shares_memory(block.y, y) for block in cut(X, y))


def test_neither_changes_its_arguments():
    X, y = sparse_examples(50)
    before = X.copy(), y.copy()
    for blocks in (cut(X, y), compact(X, y)[0]):
        sum_over_blocks(np.zeros(13 * 3), (12, 3), blocks, 0.1)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize("layer_sizes", [(12, 3), (12, 5, 3), (12, 5, 4, 3)], ids=["0", "1", "2"])
@pytest.mark.parametrize("m", [7, 3 * BLOCK_SIZE + 500])
@pytest.mark.parametrize(("dtype", "precision"), [(np.float64, 1e-12), (np.float32, 1e-4)])
def test_cost_and_gradient_of_compact_blocks_are_those_of_all_columns(layer_sizes, m, dtype, precision):
    X, y = sparse_examples(m, dtype=dtype)
    params = nnlib.pack(nnlib.init_thetas(layer_sizes, epsilon=1.0, seed=1))
    cost, gradient = compact_cost_and_gradient(params, layer_sizes, X, y, 0.3)
    expected_cost, expected = nnlib.cost_and_gradient(params, layer_sizes, X.astype(np.float64), y, 0.3)
    assert cost == pytest.approx(expected_cost, rel=precision)
    assert np.linalg.norm(gradient - expected) < precision * np.linalg.norm(expected)
    assert np.linalg.norm(expected) > 0


def test_the_gradient_on_mnist_is_that_of_float64_on_all_pixels(mnist):
    params = nnlib.pack(nnlib.load_network().thetas)  # trained: the slopes nearly cancel
    rows = np.random.default_rng(0).permutation(60000)[:10000]
    X, y = mnist.X_train[rows], mnist.y_train[rows]
    expected_cost, expected = nnlib.cost_and_gradient(params, (784, 100, 10), X.astype(np.float64), y, 0.1)
    for dtype, precision in ((np.float32, 1e-4), (np.float64, 1e-12)):
        cost, gradient = compact_cost_and_gradient(params, (784, 100, 10), X.astype(dtype), y, 0.1)
        assert cost == pytest.approx(expected_cost, rel=precision)
        assert np.linalg.norm(gradient - expected) < precision * np.linalg.norm(expected)


def test_images_without_any_ink_leave_the_bias_and_the_price_on_weights():
    y = np.array([0, 1, 1])
    params = nnlib.pack(nnlib.init_thetas((4, 2), seed=0))
    cost, gradient = compact_cost_and_gradient(params, (4, 2), np.zeros((3, 4)), y, 0.6)
    theta, slopes = params.reshape(2, 5), gradient.reshape(2, 5)
    a = 1 / (1 + np.exp(-theta[:, 0]))
    share = np.array([1 / 3, 2 / 3])  # of each class
    np.testing.assert_allclose(slopes[:, 0], a - share, rtol=1e-12)
    np.testing.assert_allclose(slopes[:, 1:], 0.6 / 3 * theta[:, 1:], rtol=1e-12)
    assert cost == pytest.approx(
        -np.sum(share * np.log(a) + (1 - share) * np.log(1 - a)) + 0.1 * np.sum(theta[:, 1:] ** 2)
    )


def test_the_same_to_the_last_bit_for_any_number_of_threads():
    X, y = sparse_examples(5 * BLOCK_SIZE, dtype=np.float32)
    params = nnlib.pack(nnlib.init_thetas((12, 5, 3), seed=0))
    cost, gradient = compact_cost_and_gradient(params, (12, 5, 3), X, y, 0.1, n_threads=1)
    for n_threads in (2, 3, None):
        other_cost, other = compact_cost_and_gradient(params, (12, 5, 3), X, y, 0.1, n_threads=n_threads)
        assert other_cost == cost
        np.testing.assert_array_equal(other, gradient)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_training_names_the_place_of_what_is_not_finite(value):
    X, y = sparse_examples(2 * BLOCK_SIZE)
    X[1500, 0] = value  # a column that is blank otherwise
    with pytest.raises(ValueError, match=r"^X holds 1 values.*\(1500, 0\)"):
        nnlib.train(X, y, layer_sizes=(12, 3), max_iter=3, seed=0, progress=False)
