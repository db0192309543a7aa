"""What a trained network says about images."""

import numpy as np

from . import checks
from .blocks import map_blocks, slices
from .init import sizes_of
from .model import in_dtype, propagate, sigmoid


def predict(thetas, X):
    """Return the digit that the network reads in each image: the output with the highest activation.

    Parameters
    ----------
    thetas : list of ndarray
        One array (n_out, 1 + n_in) for each layer.
    X : ndarray (n, n_in) of float32 or float64
        One image a row, pixel values in [0, 1].

    Returns
    -------
    ndarray (n,) of int
        The digits. Equal activations give the lower one.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit or X holds anything but finite floats.
    """
    return _output_z(thetas, X).argmax(axis=1)


def predict_scores(thetas, X):
    """Return the output activations, one for each class.

    Each is the network's answer to "is it this digit?", alone: they lie in [0, 1] but do not add up to 1.

    Parameters
    ----------
    thetas, X
        As in `predict`.

    Returns
    -------
    ndarray (n, n_out), in X's dtype
        The scores.
    """
    return sigmoid(_output_z(thetas, X))


def _output_z(thetas, X):
    """Return the `z` (n, n_out) of the last layer.

    Their order is that of the scores, also where many scores round to exactly 0 or 1.
    """
    thetas = checks.thetas(thetas)
    X = checks.finite(checks.images(X, sizes_of(thetas)[0]), "X")
    thetas = in_dtype(thetas, X.dtype)
    return np.concatenate(list(map_blocks(lambda rows: propagate(thetas, X[rows])[1], slices(len(X)))))
