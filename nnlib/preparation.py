"""What is done to images before a network sees them. A saved network names its preparation."""

from typing import NamedTuple

import numpy as np

from . import checks
from .blocks import in_blocks

SIDE = 28  # pixels
PLACE = np.arange(SIDE, dtype=np.float32)  # exact in float32, and does not turn float32 images into float64
MIDDLE = np.float32((SIDE - 1) / 2)
SPREAD_X, SPREAD_Y = np.float32(3.5), np.float32(5.0)  # pixels; about what MNIST's digits have
FACTORS = (np.float32(0.65), np.float32(1.5))
ROUNDING = 1e-5  # how far outside [0, 1] pixel values may lie: whoever scales or blurs images gets there
BORDER = np.flatnonzero(np.pad(np.zeros((SIDE - 2, SIDE - 2)), 1, constant_values=1))  # the outermost pixels


def prepare(X, preparation="none"):
    """Return images as a network with this preparation expects them.

    Parameters
    ----------
    X : ndarray (m, 784) of float32 or float64
        One image per row, pixel values in [0, 1]. Never written to.
    preparation : {"none", "deskew", "normalise"}
        Its name, as stored in a saved network.

    Returns
    -------
    ndarray (m, 784), in X's dtype
        For "none", `X` itself.

    Raises
    ------
    ValueError, TypeError
        If there is no preparation of that name, or X is not as above. "deskew" and "normalise" also look at the
        pixel values: they must lie in [0, 1], and the ink must be brighter than the paper.
    """
    return PREPARATIONS[check_name(preparation)](checks.images(X))


def check_name(preparation):
    """Return a preparation's name; raise ValueError if there is none of that name."""
    if not isinstance(preparation, str) or preparation not in PREPARATIONS:
        raise ValueError(f"preparation is {checks.shown(preparation)}; expected one of {', '.join(PREPARATIONS)}.")
    return preparation


def deskew(X):
    """Set slanting digits upright, and move their centre of mass to the middle between left and right.

    Each row of pixels is moved sideways, by an amount that grows with its distance from the centre of
    mass: a shear. Its slope is the covariance of x and y, weighted by ink, over the variance of y, so that
    the ink of the result leans neither way. Where a pixel lands between two, its ink is shared between them.

    Parameters
    ----------
    X : ndarray (m, 784) of float32 or float64
        One image per row, pixel values in [0, 1], bright ink on dark paper. An image with no ink stays as it is.

    Returns
    -------
    ndarray (m, 784), in X's dtype

    Raises
    ------
    ValueError, TypeError
        If X is not as above.
    """
    return _images_in_blocks(_upright, X)


def normalise(X):
    """Deskew digits, and give them all about the same spread of ink: wide ones are narrowed, small ones enlarged.

    After the shear, rows and columns are moved towards the centre of mass, or away from it. The standard
    deviation of y, weighted by ink, becomes `SPREAD_Y`. That of x goes halfway to `SPREAD_X` (on a
    logarithmic scale), since its size tells digits apart: a 1 must not become as wide as a 0. No length
    changes by more than a factor in `FACTORS`: a dot stays small. The use of moments for this was proposed by Casey
    (Moment normalization of handprinted characters, IBM J. Res. Dev. 14, 1970, 548-557).

    Parameters, errors and the result are those of `deskew`.
    """
    return _images_in_blocks(_upright_and_sized, X)


def _images_in_blocks(function, X):
    """Apply a function of images (n, 28, 28) to X (m, 784), block by block."""
    X = _check_pixels(checks.images(X, SIDE**2))
    return in_blocks(lambda rows: function(rows.reshape(-1, SIDE, SIDE)).reshape(rows.shape), X)


def _check_pixels(X):
    """Return images (m, 784) of bright ink on dark paper, pixel values in [0, 1]; raise ValueError for others."""
    low, high = X.min(), X.max()
    if not (low >= -ROUNDING and high <= 1 + ROUNDING):
        checks.finite(X, "X")
        raise ValueError(
            f"X holds pixel values from {low:.4g} to {high:.4g}; expected 0 to 1. If they are 0 to 255, divide by 255."
        )
    if low < 0 or high > 1:
        X = X.clip(0, 1)

    # Paper reaches to the border, and ink hardly ever does. Where the top row is dark, the rest need not be looked at.
    suspects = np.flatnonzero(X[:, :SIDE].any(axis=1))
    inverted = suspects[(X[suspects[:, np.newaxis], BORDER] > 0.5).mean(axis=1) > 0.9]
    if len(inverted):
        raise ValueError(
            f"X holds images whose paper is brighter than their ink: {len(inverted)} of {len(X)}, the first at index "
            f"{inverted[0]}; expected bright ink on dark paper: 1 - X."
        )
    return X


def _upright(images):
    shape = _measure(images)
    y = PLACE - shape.mean_y[:, np.newaxis]  # (n, 28), the distance of each row from the centre of mass
    shear = shape.mean_x[:, np.newaxis] - MIDDLE + shape.slope[:, np.newaxis] * y
    return _move_columns(images, PLACE + shear[:, :, np.newaxis])


def _upright_and_sized(images):
    shape = _measure(images)
    wider = np.clip(np.sqrt(SPREAD_X / shape.spread_x), *FACTORS)
    higher = np.clip(SPREAD_Y / shape.spread_y, *FACTORS)
    from_middle = PLACE - MIDDLE

    y = PLACE - shape.mean_y[:, np.newaxis]
    shear = shape.mean_x[:, np.newaxis] + shape.slope[:, np.newaxis] * y
    sources = shear[:, :, np.newaxis] + (from_middle / wider[:, np.newaxis])[:, np.newaxis, :]
    images = _move_columns(images, sources)
    sources = shape.mean_y[:, np.newaxis] + from_middle / higher[:, np.newaxis]
    return _move_columns(images.swapaxes(1, 2), sources[:, np.newaxis, :]).swapaxes(1, 2)


class _Shape(NamedTuple):
    """Moments of each image (n,), in pixels: where the ink is, how it slants and how far it spreads once upright."""

    mean_x: np.ndarray
    mean_y: np.ndarray
    slope: np.ndarray
    spread_x: np.ndarray
    spread_y: np.ndarray


def _measure(images):
    """Return the `_Shape` of images (n, 28, 28)."""
    ink_of_row, ink_of_column = images.sum(axis=2), images.sum(axis=1)  # (n, 28)
    ink = np.maximum(ink_of_row.sum(axis=1), np.finfo(images.dtype).tiny)  # (n,)
    mean_x, mean_y = ink_of_column @ PLACE / ink, ink_of_row @ PLACE / ink
    x, y = PLACE - mean_x[:, np.newaxis], PLACE - mean_y[:, np.newaxis]
    covariance = np.sum(y * (images @ PLACE - mean_x[:, np.newaxis] * ink_of_row), axis=1) / ink
    variance_x, variance_y = np.sum(x**2 * ink_of_column, axis=1) / ink, np.sum(y**2 * ink_of_row, axis=1) / ink
    slope = covariance / np.maximum(variance_y, 1e-3)  # a level line has next to no height, and no slant
    spread_x = np.sqrt(np.maximum(variance_x - slope * covariance, 1e-3))
    return _Shape(mean_x, mean_y, slope, spread_x, np.sqrt(np.maximum(variance_y, 1e-3)))


def _move_columns(images, sources):
    """Return images whose pixel in column j comes from `sources[..., j]`; outside the image, there is paper."""
    left = np.floor(sources)
    share = sources - left
    index = np.broadcast_to(left, images.shape).astype(np.intp)
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1)))
    at_left, at_right = (np.take_along_axis(padded, np.clip(index + k, 0, SIDE + 1), axis=2) for k in (1, 2))
    return (1 - share) * at_left + share * at_right


PREPARATIONS = {"none": lambda X: checks.finite(X, "X"), "deskew": deskew, "normalise": normalise}
