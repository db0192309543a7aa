"""Where a network starts: random weights, and two forms of the parameters (a list of arrays, or one flat vector)."""

import math
from itertools import pairwise

import numpy as np

from . import checks


def init_thetas(layer_sizes, *, epsilon=0.15, seed=None, activation="sigmoid"):
    """Draw the weights and biases of a network: for sigmoids, uniformly from [-epsilon, epsilon].

    Equal weights would make all units of a layer compute the same thing for ever; random ones break
    that symmetry (lesson 02 shows it). A rectified linear unit passes on what is positive, half of its sums. So that
    sums stay as large from layer to layer, its weights are drawn with a variance of 2 / n_in, and biases are 0 (He,
    Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015).

    Parameters
    ----------
    layer_sizes : sequence of int
        Units in each layer, inputs first: ``(784, 100, 10)``.
    epsilon : float
        Half the width of the interval, above 0; for sigmoids only.
    seed : int, numpy.random.Generator or None
        The same seed gives the same network.
    activation : {"sigmoid", "relu"}
        Of the hidden units.

    Returns
    -------
    list of ndarray of float64
        One array (n_out, 1 + n_in) for each layer, bias in column 0.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above.
    """
    layer_sizes = checks.layer_sizes(layer_sizes)
    epsilon = checks.positive(epsilon, "epsilon")
    rng = checks.generator(seed)
    shapes = theta_shapes(layer_sizes)
    if checks.activation(activation) == "relu":
        return [_for_relu(shape, rng) for shape in shapes]
    return [rng.uniform(-epsilon, epsilon, shape) for shape in shapes]


def _for_relu(shape, rng):
    n_out, columns = shape
    weights = rng.normal(0, math.sqrt(2 / (columns - 1)), (n_out, columns - 1))
    return np.column_stack([np.zeros(n_out), weights])


def theta_shapes(layer_sizes):
    """Return the shape (n_out, 1 + n_in) of every theta of a network, as a list."""
    return [(n_out, 1 + n_in) for n_in, n_out in pairwise(layer_sizes)]


def sizes_of(thetas):
    """Return the layer sizes of a list of thetas, as a tuple."""
    return (thetas[0].shape[1] - 1, *(len(theta) for theta in thetas))


def pack(thetas):
    """Return all parameters as one flat vector, layer after layer, each row after row (what SciPy's optimisers take).

    Parameters
    ----------
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer.

    Returns
    -------
    ndarray (n_params,)
        A copy.

    Raises
    ------
    ValueError, TypeError
        If the arrays are not as above, or do not fit one another.
    """
    return join(checks.thetas(thetas))


def unpack(params, layer_sizes):
    """Cut the flat vector of `pack` into the arrays of each layer.

    Parameters
    ----------
    params : ndarray (n_params,)
        All parameters, layer after layer, each row after row.
    layer_sizes : sequence of int
        Units in each layer, inputs first.

    Returns
    -------
    list of ndarray
        One array (n_out, 1 + n_in) for each layer: views, so writing to them writes to `params`.

    Raises
    ------
    ValueError, TypeError
        If `params` does not have the length that `layer_sizes` asks for, or an argument is not as above.
    """
    layer_sizes = checks.layer_sizes(layer_sizes)
    return split(checks.params(params, layer_sizes), layer_sizes)


def join(thetas):
    """Do what `pack` does, without checking the argument."""
    return np.concatenate([theta.ravel() for theta in thetas])


def split(params, layer_sizes):
    """Do what `unpack` does, without checking the arguments."""
    shapes = theta_shapes(layer_sizes)
    ends = np.cumsum([math.prod(shape) for shape in shapes])  # the last one is the end of the vector
    return [part.reshape(shape) for part, shape in zip(np.split(params, ends[:-1]), shapes, strict=True)]
