"""The network itself: forward propagation, the cost, and its gradient by backpropagation.

Symbols, as in lesson 03: `X` (m, n_in) the inputs, `a` a layer's activations, `z` what goes into the
sigmoid, `Y` (m, n_out) the one-hot targets, `delta` the derivative of the cost by `z`, `J` the cost.
"""

from contextlib import closing

import numpy as np

from . import checks
from .blocks import map_blocks
from .init import pack, sizes_of, unpack


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), elementwise, by the identity (1 + tanh(z / 2)) / 2, which cannot overflow."""
    return 0.5 * np.tanh(0.5 * z) + 0.5


def softplus(z):
    """Return log(1 + exp(z)), elementwise, without overflow.

    It is -log(1 - sigmoid(z)), and softplus(-z) is -log(sigmoid(z)).
    """
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def forward(thetas, X):
    """Propagate inputs through the network.

    Parameters
    ----------
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer, bias in column 0.
    X : ndarray (n, n_in) of float32 or float64
        One example a row.

    Returns
    -------
    list of ndarray
        The activations of every layer: ``X`` itself, then (n, n_units) for each layer, in X's dtype.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit or X holds anything but finite floats.
    """
    thetas = checks.finite_thetas(thetas)
    X = checks.finite(checks.images(X, sizes_of(thetas)[0]), "X")
    return propagate(in_dtype(thetas, X.dtype), X)[0]


def in_dtype(thetas, dtype, name="thetas"):
    """Return `thetas` as arrays of a dtype; what it cannot hold raises ValueError."""
    with np.errstate(over="ignore"):
        converted = [theta.astype(dtype, copy=False) for theta in thetas]
    if not all(np.isfinite(theta).all() for theta in converted):
        largest = max(np.abs(theta).max() for theta in thetas)
        raise ValueError(f"{dtype}: {name} reach {largest:.3g}, more than it holds; expected smaller weights.")
    return converted


def propagate(thetas, X):
    """Return the activations of every layer and the `z` of the last one. Checks nothing: `forward` does."""
    activations = [X]
    for theta in thetas:
        z = activations[-1] @ theta[:, 1:].T + theta[:, 0]
        activations.append(sigmoid(z))
    return activations, z


def cost_and_gradient(params, layer_sizes, X, y, lam=0.0, *, n_threads=None):
    """Return the regularised cross-entropy cost of a network and its gradient.

    J = 1/m sum_i sum_k [-Y log a - (1 - Y) log(1 - a)] + lam / (2 m) sum of squared weights, biases
    left out. The gradient is found by backpropagation (Rumelhart, Hinton and Williams, Nature 323,
    1986, 533-536); lesson 03 derives it line by line.

    Parameters
    ----------
    params : ndarray (n_params,)
        All parameters, as `pack` gives them. Never written to.
    layer_sizes : sequence of int
        Units in each layer, inputs first.
    X : ndarray (m, layer_sizes[0]) of float32 or float64
        One example a row. The work is done in this dtype; X is neither copied nor written to.
    y : ndarray (m,) of integers
        The class of each example, 0 … layer_sizes[-1] - 1.
    lam : float
        Strength of the regularisation (lambda), 0 or above.
    n_threads : int or None
        None takes the cores that this process may use; the result is the same for any number.

    Returns
    -------
    J : float
        The cost.
    gradient : ndarray (n_params,) of float64
        Its derivative by each parameter, in the order of `params`.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.
    """
    layer_sizes = checks.layer_sizes(layer_sizes)
    X = checks.images(X, layer_sizes[0])
    y = checks.labels(y, layer_sizes[-1], len(X))
    lam = checks.not_negative(lam, "lam")
    thetas = unpack(checks.finite(checks.dense(params, "params"), "params"), layer_sizes)
    working_thetas = in_dtype(thetas, X.dtype, "params")
    m = len(X)

    def of_block(rows):
        return block_cost_and_gradient(working_thetas, X[rows], y[rows])

    J, gradient = 0.0, np.zeros(sum(theta.size for theta in thetas))
    with closing(map_blocks(of_block, m, n_threads=n_threads)) as blocks:  # closed also when we are interrupted
        for block_cost, block_gradient in blocks:
            J += block_cost / m
            gradient += block_gradient
    gradient /= m

    with np.errstate(over="ignore"):
        for theta, theta_gradient in zip(thetas, unpack(gradient, layer_sizes), strict=True):
            J += lam / (2 * m) * np.sum(theta[:, 1:] ** 2, dtype=np.float64)
            theta_gradient[:, 1:] += lam / m * theta[:, 1:]
    if not (np.isfinite(J) and np.isfinite(gradient).all()):
        _explain_not_finite(thetas, X)
    return float(J), gradient


def block_cost_and_gradient(thetas, X, y):
    """Return the cost and the gradient of a block of examples: summed over them, not regularised.

    Parameters
    ----------
    thetas : list of ndarray
        In X's dtype.
    X : ndarray (rows, n_in)
        The block's examples.
    y : ndarray (rows,) of integers
        Their classes.

    Returns
    -------
    cost : float
    gradient : ndarray (n_params,)
    """
    with np.errstate(all="ignore"):  # NaN in X is found, and named, by the caller
        activations, z = propagate(thetas, X)
        Y = y[:, np.newaxis] == np.arange(z.shape[1])  # (rows, n_out), one-hot
        cost = np.sum(softplus(np.where(Y, -z, z)), dtype=np.float64)

        delta = activations[-1] - Y  # (rows, n_out)
        gradients = [theta_gradient(delta, activations[-2])]
        for layer in range(len(thetas) - 1, 0, -1):
            a = activations[layer]
            delta = delta @ thetas[layer][:, 1:] * a * (1 - a)  # (rows, n_units of the layer)
            gradients.insert(0, theta_gradient(delta, activations[layer - 1]))
    return cost, pack(gradients)


def theta_gradient(delta, a):
    """Return the derivative (n_out, 1 + n_in) of the cost by a theta with input a and output delta."""
    return np.column_stack([delta.sum(axis=0), delta.T @ a])


def _explain_not_finite(thetas, X):
    """Raise the error that says why the cost or the gradient is NaN or infinite."""
    checks.finite(X, "X")
    largest = max(np.abs(theta).max() for theta in thetas)
    raise ValueError(
        f"The cost overflows {X.dtype}: params reach {largest:.3g} and X {np.abs(X).max():.3g}; "
        "expected pixel values in [0, 1] and smaller weights."
    )
