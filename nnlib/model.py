"""The network itself: forward propagation, the cost, and its gradient by backpropagation.

Symbols, as in lesson 03: `X` (m, n_in) the inputs, `a` a layer's activations, `z` what goes into the
sigmoid, `Y` (m, n_out) the one-hot targets, `delta` the derivative of the cost by `z`, `J` the cost.
"""

from contextlib import closing

import numpy as np

from . import checks
from .blocks import map_blocks
from .compact import cut
from .init import pack, sizes_of, unpack


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), elementwise, by the identity (1 + tanh(z / 2)) / 2, which cannot overflow."""
    a = np.tanh(0.5 * z)
    a *= 0.5
    a += 0.5
    return a


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
    thetas = checks.thetas(thetas)
    X = checks.finite(checks.images(X, sizes_of(thetas)[0]), "X")
    return propagate(in_dtype(thetas, X.dtype), X)[0]


def in_dtype(thetas, dtype, name="thetas", order="K"):
    """Return `thetas` as arrays of a dtype; ValueError where they are not finite, or too large for it."""
    with np.errstate(over="ignore"):
        converted = [theta.astype(dtype, order=order, copy=False) for theta in thetas]
    if not all(np.isfinite(theta).all() for theta in converted):
        checks.finite_thetas(thetas)
        largest = max(np.abs(theta).max() for theta in thetas)
        raise ValueError(f"{dtype}: {name} reach {largest:.3g}, more than it holds; expected smaller weights.")
    return converted


def propagate(thetas, X):
    """Return the activations of every layer and the `z` of the last one. Checks nothing: `forward` does."""
    activations = [X]
    for theta in thetas:
        z = activations[-1] @ theta[:, 1:].T
        z += theta[:, 0]
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
    J, gradient = sum_over_blocks(params, layer_sizes, cut(X, y), lam, n_threads=n_threads)
    check_finite(J, gradient, params, X)
    return J, gradient


def sum_over_blocks(params, layer_sizes, blocks, lam, *, n_threads=None):
    """Return what `cost_and_gradient` does, for examples that are in blocks already: what `train` calls.

    Where X is not finite, or the cost too large, they are not finite: see `check_finite`.

    Parameters
    ----------
    params, layer_sizes, lam, n_threads
        As there.
    blocks : list of Block
        The examples, as `cut` or `compact` gives them.
    """
    lam = checks.not_negative(lam, "lam")
    thetas = unpack(checks.finite(checks.dense(params, "params"), "params"), layer_sizes)
    dtype, m = blocks[0].X.dtype, sum(len(block.y) for block in blocks)
    first, *others = in_dtype(thetas, dtype, "params", order="F")  # column by column: the products read it so

    def of_block(block):
        bias_and_k_inputs = slice(1 + block.X.shape[1])
        return block_cost_and_gradient([first[:, bias_and_k_inputs], *others], block.X, block.y)

    J, gradients = 0.0, [np.zeros(theta.shape, dtype) for theta in thetas]
    with (
        np.errstate(all="ignore"),  # what is not finite is found, and named, by `check_finite`
        closing(map_blocks(of_block, blocks, n_threads=n_threads)) as results,  # closed also when we are interrupted
    ):
        for block_cost, block_gradients in results:
            J += block_cost / m
            for total, part in zip(gradients, block_gradients, strict=True):
                total[:, : part.shape[1]] += part

        gradient = pack(gradients).astype(np.float64) / m  # and below it, views of its parts
        for theta, theta_gradient in zip(thetas, unpack(gradient, layer_sizes), strict=True):
            J += lam / (2 * m) * np.sum(theta[:, 1:] ** 2, dtype=np.float64)
            theta_gradient[:, 1:] += lam / m * theta[:, 1:]
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
    gradients : list of ndarray
        One for each theta, of its shape.
    """
    with np.errstate(all="ignore"):  # NaN in X is found, and named, by `check_finite`
        activations, z = propagate(thetas, X)
        Y = np.eye(z.shape[1], dtype=bool)[y]  # (rows, n_out), one-hot
        cost = np.sum(softplus(np.where(Y, -z, z)), dtype=np.float64)

        gradients = []
        delta = activations[-1] - Y  # (rows, n_out)
        for layer in reversed(range(len(thetas))):
            theta, a = thetas[layer], activations[layer]
            gradients.insert(0, theta_gradient(delta, a))
            if layer > 0:
                delta = delta @ theta[:, 1:]  # (rows, n_units of the layer before)
                delta *= a * (1 - a)
    return cost, gradients


def theta_gradient(delta, a):
    """Return the derivative (n_out, 1 + n_in) of the cost by a theta with input a and output delta."""
    gradient = np.empty((delta.shape[1], 1 + a.shape[1]), a.dtype)
    gradient[:, 0] = np.ones(len(a), a.dtype) @ delta  # delta.sum(axis=0), five times as fast
    np.matmul(delta.T, a, out=gradient[:, 1:])
    return gradient


def check_finite(J, gradient, params, X):
    """Raise the error that says why the cost or the gradient is NaN or infinite, if it is."""
    if np.isfinite(J) and np.isfinite(gradient).all():
        return
    checks.finite(X, "X")
    raise ValueError(
        f"The cost overflows {X.dtype}: params reach {np.abs(params).max():.3g} and X {np.abs(X).max():.3g}; "
        "expected pixel values in [0, 1] and smaller weights."
    )
