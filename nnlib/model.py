"""The network itself: forward propagation, the cost, its gradient by backpropagation, and its predictions.

`forward`, `predict`, `predict_scores` and `cost_and_gradient` check their arguments; what they are made of does not.

Symbols, as in lesson 03: `X` (m, n_in) the inputs, `a` a layer's activations, `z` what goes into the
sigmoid, `Y` (m, n_out) the targets, one-hot, `delta` the derivative of the cost with respect to `z`, `J` the cost.
"""

import numpy as np

from . import checks
from .blocks import all_cores, cut, in_blocks
from .parameters import join, sizes_of, split


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
    X : ndarray (m, n_in) of float32 or float64
        One example per row.

    Returns
    -------
    list of ndarray
        The activations of every layer: ``X`` itself, then (m, n_units) for each layer, in X's dtype.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit or X holds anything but finite floats.
    """
    thetas, X = _checked(thetas, X)
    return propagate(checks.in_dtype(thetas, X.dtype), X)[0]


def predict(thetas, X):
    """Return the digit that the network reads in each image: the output with the highest activation.

    Parameters
    ----------
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer.
    X : ndarray (m, n_in) of float32 or float64
        One image per row, pixel values in [0, 1].

    Returns
    -------
    ndarray (m,) of int
        The digits. Where activations round to the same number, the larger `z` wins; of equal `z`, the lower digit.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit or X holds anything but finite floats.
    """
    return output_z(*_checked(thetas, X)).argmax(axis=1)


def predict_scores(thetas, X):
    """Return the output activations, one for each class.

    Each answers "is it this digit?" for one digit alone. So they lie in [0, 1], but need not add up to 1.

    Parameters
    ----------
    thetas, X
        As for `predict`.

    Returns
    -------
    ndarray (m, n_out), in X's dtype
        The scores.
    """
    return sigmoid(output_z(*_checked(thetas, X)))


def _checked(thetas, X):
    thetas = checks.thetas(thetas)
    return thetas, checks.finite(checks.images(X, sizes_of(thetas)[0]), "X")


def output_z(thetas, X, n_threads=None):
    """Return the `z` (m, n_out) of the last layer.

    They rank the classes as the scores do, and still tell them apart where the scores round to 0 or 1.
    """
    thetas = checks.in_dtype(thetas, X.dtype)
    return in_blocks(lambda rows: propagate(thetas, rows)[1], X, n_threads)


def propagate(thetas, X):
    """Return the activations of every layer and the `z` of the last one."""
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
        All parameters, as `pack` returns them. Never written to.
    layer_sizes : sequence of int
        Units in each layer, inputs first.
    X : ndarray (m, layer_sizes[0]) of float32 or float64
        One example per row. The work is done in this dtype; X is neither copied nor written to.
    y : ndarray (m,) of integers
        The class of each example, 0 … layer_sizes[-1] - 1; or -1 for none of these: its targets are all 0.
    lam : float
        Strength of the regularisation (lambda), 0 or above.
    n_threads : int or None
        None means the cores that this process may use; the result is the same for any number.

    Returns
    -------
    J : float
        The cost.
    gradient : ndarray (n_params,) of float64
        Its derivative with respect to each parameter, in the order of `params`.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.
    """
    layer_sizes = checks.layer_sizes(layer_sizes)
    params = checks.finite(checks.params(params, layer_sizes), "params")
    X = checks.images(X, layer_sizes[0])
    y = checks.labels(y, layer_sizes[-1], len(X), lowest=-1)
    lam = checks.not_negative(lam, "lam")
    with all_cores(n_threads) as map_blocks:
        J, gradient = sum_over_blocks(params, layer_sizes, cut(X, y), lam, map_blocks)
    check_for_overflow(J, gradient, params, X)
    return J, gradient


@np.errstate(all="ignore")  # where numbers overflow, the cost is infinite or NaN: `check_for_overflow` says why
def sum_over_blocks(params, layer_sizes, blocks, lam, map_blocks=map):
    """Return the cost and its gradient for all examples: add up those of the blocks, then regularise.

    Parameters
    ----------
    params, layer_sizes, lam
        As for `cost_and_gradient`.
    blocks : list of Block
        The examples, as `cut` or `compact` returns them.
    map_blocks : callable
        Python's `map`, or the one that `all_cores` yields.

    Returns
    -------
    J : float
    gradient : ndarray (n_params,) of float64
    """
    thetas = split(params, layer_sizes)
    dtype = blocks[0].X.dtype
    # order="F" keeps each column together in memory: a block's columns are then quick to take out, and to multiply.
    first, *others = [theta.astype(dtype, order="F") for theta in thetas]

    def backpropagate_block(block):
        return backpropagate([first[:, block.columns], *others], block)

    cost = 0.0
    sums = [np.zeros(theta.shape, dtype) for theta in thetas]
    results = map_blocks(backpropagate_block, blocks)
    for block, (block_cost, block_slopes) in zip(blocks, results, strict=True):
        cost += block_cost
        sums[0][:, block.columns] += block_slopes[0]
        for total, slopes in zip(sums[1:], block_slopes[1:], strict=True):
            total += slopes

    m = sum(len(block.y) for block in blocks)
    J = cost / m
    gradients = [total.astype(np.float64) / m for total in sums]
    for theta, gradient in zip(thetas, gradients, strict=True):
        J += lam / (2 * m) * np.sum(theta[:, 1:] ** 2, dtype=np.float64)
        gradient[:, 1:] += lam / m * theta[:, 1:]
    return float(J), join(gradients)


@np.errstate(all="ignore")  # as for `sum_over_blocks`: each thread has its own setting, and blocks run in threads
def backpropagate(thetas, block):
    """Return the cost and the gradient of a block's examples, each summed over them, as lesson 03 derives them.

    Parameters
    ----------
    thetas : list of ndarray
        The network, in the block's dtype. The first has only the block's columns.
    block : Block

    Returns
    -------
    cost : float
    gradients : list of ndarray
        One for each theta, of the same shape.
    """
    activations, z = propagate(thetas, block.X)
    Y = block.y[:, np.newaxis] == np.arange(z.shape[1])  # a label of -1 equals none: a row of zeros
    cost = np.sum(softplus(np.where(Y, -z, z)), dtype=np.float64)

    gradients = []
    delta = activations[-1] - Y
    for layer in range(len(thetas), 0, -1):  # from the last layer to layer 1, the first one after the inputs
        theta, a = thetas[layer - 1], activations[layer - 1]  # a goes into this layer
        slopes = np.column_stack([delta.sum(axis=0), delta.T @ a])
        gradients.insert(0, slopes)
        if layer > 1:
            delta = delta @ theta[:, 1:] * a * (1 - a)
    return cost, gradients


def check_for_overflow(J, gradient, params, X):
    """If the cost or the gradient is NaN or infinite, raise an error that says why."""
    if np.isfinite(J) and np.isfinite(gradient).all():
        return
    checks.finite(X, "X")  # raises if X is to blame; to look before each evaluation would take too long
    raise ValueError(
        f"The cost overflows {X.dtype}: params reach {np.abs(params).max():.3g} and X {np.abs(X).max():.3g}; "
        "expected pixel values in [0, 1] and smaller weights."
    )
