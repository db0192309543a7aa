"""What is done to images before a network sees them. A saved network names its preparation, so the two cannot part."""

import numpy as np

from . import checks
from .blocks import map_blocks

SIDE = 28  # pixels


def prepare(X, preparation="none"):
    """Return images as a network with this preparation wants them.

    Parameters
    ----------
    X : ndarray (n, 784) of float32 or float64
        One image a row, pixel values in [0, 1]. Never written to.
    preparation : {"none", "deskew"}
        Its name, as a saved network holds it.

    Returns
    -------
    ndarray (n, 784), in X's dtype
        For "none", `X` itself.

    Raises
    ------
    ValueError, TypeError
        If there is no preparation of that name, or X is not as above.
    """
    return PREPARATIONS[check_name(preparation)](checks.images(X))


def check_name(preparation):
    """Return the name of a preparation; what names none raises ValueError."""
    if preparation not in list(PREPARATIONS):  # a list, since what cannot be hashed is no name either
        raise ValueError(f"preparation is {preparation!r}; expected one of {', '.join(PREPARATIONS)}.")
    return preparation


def deskew(X):
    """Set slanting digits upright, and their centre of mass in the middle.

    Each row of pixels is moved sideways, by an amount that grows with its distance from the centre of
    mass: a shear. Its slope is the covariance of x and y, weighted by ink, over the variance of y, so that
    the ink of the result leans neither way. Where a pixel lands between two, its ink is shared between them.

    Parameters
    ----------
    X : ndarray (n, 784) of float32 or float64
        One image a row. An image with no ink stays as it is.

    Returns
    -------
    ndarray (n, 784), in X's dtype
    """
    X = checks.finite(checks.images(X, SIDE**2), "X")
    return np.concatenate(list(map_blocks(lambda rows: _deskew_block(X[rows]), len(X))))


def _deskew_block(X):
    """Return the deskewed images of a block, which are checked already."""
    images = X.reshape(-1, SIDE, SIDE)
    place = np.arange(SIDE, dtype=X.dtype)
    ink_of_row = images.sum(axis=2)  # (n, 28)
    ink = np.maximum(ink_of_row.sum(axis=1), np.finfo(X.dtype).tiny)  # (n,)
    mean_y = ink_of_row @ place / ink
    mean_x = images.sum(axis=1) @ place / ink

    y = place - mean_y[:, np.newaxis]  # (n, 28), the distance of each row from the centre of mass
    covariance = np.sum(y * (images @ place - mean_x[:, np.newaxis] * ink_of_row), axis=1) / ink
    variance = np.sum(y**2 * ink_of_row, axis=1) / ink
    slope = covariance / np.maximum(variance, 1e-3)  # a level line has next to no height, and no slant

    offset = mean_x - (SIDE - 1) / 2
    sources = place + (slope[:, np.newaxis] * y + offset[:, np.newaxis])[:, :, np.newaxis]  # (n, 28, 28)
    left = np.floor(sources).astype(np.intp)
    share = (sources - left).astype(X.dtype)
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1)))  # what comes from outside is paper
    at_left, at_right = (np.take_along_axis(padded, np.clip(left + k, 0, SIDE + 1), axis=2) for k in (1, 2))
    return ((1 - share) * at_left + share * at_right).reshape(X.shape)


PREPARATIONS = {"none": lambda X: X, "deskew": deskew}
