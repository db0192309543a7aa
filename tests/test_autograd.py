"""Cost and gradient against PyTorch's automatic differentiation, in float64, where PyTorch is installed."""

import itertools

import numpy as np
import pytest

import nnlib
from nnlib.preparation import prepare

HIDDEN_LAYERS = [(5,), (5, 4), (6, 5, 4)]


@pytest.fixture(scope="module")
def torch():
    """PyTorch, imported by these tests only: it takes seconds."""
    return pytest.importorskip("torch")


def cost_and_gradient_by_autograd(torch, params, layer_sizes, X, y, lam, activation):
    """Write the cost down as a formula of tensors, and let PyTorch find its gradient."""
    flat = torch.tensor(params, dtype=torch.float64, requires_grad=True)
    hidden = {"sigmoid": torch.sigmoid, "relu": torch.relu}[activation]
    a, squares, start = torch.tensor(X, dtype=torch.float64), 0.0, 0
    for n_in, n_out in itertools.pairwise(layer_sizes):
        theta = flat[start : start + n_out * (1 + n_in)].reshape(n_out, 1 + n_in)
        start += n_out * (1 + n_in)
        z = torch.nn.functional.linear(a, theta[:, 1:], theta[:, 0])
        squares = squares + (theta[:, 1:] ** 2).sum()
        a = hidden(z)  # of the last layer, only z is used
    Y = np.zeros((len(X), layer_sizes[-1]))
    for row, label in zip(Y, y, strict=True):
        if label >= 0:  # -1 is none of these
            row[label] = 1
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(Y), reduction="sum")
    cost = (loss + lam / 2 * squares) / len(X)
    cost.backward()
    return cost.item(), flat.grad.numpy()


def assert_same(torch, layer_sizes, X, y, lam, activation, seed=0):
    """Check cost and gradient of a random network, as a whole and layer by layer: the first slopes are the smallest."""
    rng = np.random.default_rng(seed)
    thetas = nnlib.init_thetas(layer_sizes, seed=rng, activation="relu")  # of a size that lets slopes come through
    params = nnlib.pack([theta + rng.normal(scale=0.1, size=theta.shape) for theta in thetas])  # biases, too
    cost, gradient = nnlib.cost_and_gradient(params, layer_sizes, X, y, lam, activation=activation)
    expected_cost, expected = cost_and_gradient_by_autograd(torch, params, layer_sizes, X, y, lam, activation)
    assert cost == pytest.approx(expected_cost, rel=1e-12)
    for layer, layer_expected in zip(*(nnlib.unpack(g, layer_sizes) for g in (gradient, expected)), strict=True):
        assert np.linalg.norm(layer_expected) > 0
        assert np.linalg.norm(layer - layer_expected) < 1e-10 * np.linalg.norm(layer_expected)
    np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-10 * np.abs(expected).max())


@pytest.mark.parametrize("lam", [0.0, 3.0])
@pytest.mark.parametrize("hidden", HIDDEN_LAYERS, ids=lambda hidden: f"{len(hidden)} hidden")
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_on_random_numbers_cost_and_gradient_are_those_of_autograd(torch, activation, hidden, lam):
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(50, 7)), rng.integers(-1, 4, 50)
    assert set(y) == {-1, 0, 1, 2, 3}
    assert_same(torch, (7, *hidden, 4), X, y, lam, activation)


@pytest.mark.parametrize("lam", [0.0, 0.1])
@pytest.mark.parametrize("hidden", [(25,), (40, 20), (30, 20, 15)], ids=lambda hidden: f"{len(hidden)} hidden")
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_on_digits_cost_and_gradient_are_those_of_autograd(torch, mnist, activation, hidden, lam):
    X, y = prepare(mnist.X_train[::40].astype(np.float64), "normalise"), mnist.y_train[::40].copy()
    assert len(X) > 1000  # several blocks
    y[::7] = -1  # none of these
    assert_same(torch, (784, *hidden, 10), X, y, lam, activation)


def test_the_network_of_lesson_10_has_the_gradient_of_autograd(torch, mnist):
    X, y = prepare(mnist.X_train[::200].astype(np.float64), "normalise"), mnist.y_train[::200]
    assert_same(torch, (784, 500, 300, 10), X, y, 0.0, "relu")


def test_at_the_corner_of_a_rectified_unit_the_slope_is_0_as_in_autograd(torch):
    sizes, params = (1, 1, 1), np.array([0.0, 1.0, 0.0, 1.0])
    X, y = np.array([[0.0]]), np.array([0])  # z is 0
    cost, gradient = nnlib.cost_and_gradient(params, sizes, X, y, activation="relu")
    expected_cost, expected = cost_and_gradient_by_autograd(torch, params, sizes, X, y, 0.0, "relu")
    assert cost == pytest.approx(expected_cost)
    np.testing.assert_allclose(gradient, expected)
    assert gradient[0] == 0
