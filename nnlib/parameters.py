"""Where a network starts: random weights, and two forms of the parameters (a list of arrays, or one flat vector)."""

import math
from itertools import pairwise

import numpy as np

from . import checks


def init_thetas(layer_sizes, *, epsilon=0.15, seed=None):
    """Draw the weights and biases of a network uniformly from [-epsilon, epsilon].

    Equal weights would make all units of a layer compute the same thing for ever; random ones break
    that symmetry (lesson 02 shows it).

    Parameters
    ----------
    layer_sizes : sequence of int
        Units in each layer, inputs first: ``(784, 100, 10)``.
    epsilon : float
        Half the width of the interval, above 0.
    seed : int, numpy.random.Generator or None
        The same seed gives the same network.

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
    return [rng.uniform(-epsilon, epsilon, shape) for shape in theta_shapes(layer_sizes)]


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
