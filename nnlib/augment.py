"""Digits as other hands might have written them: turned, slanted, widened, bent and thickened at random."""

import numpy as np

from . import checks
from .blocks import all_cores
from .preparation import SIDE

# Standard deviations: radians, pixels aside for each one down, logarithm of factors.
TURN, SLANT, SIZE = 0.12, 0.15, 0.10
SHIFT = 0.5  # pixels, standard deviation
GRID = 5  # displacements are drawn at so many places along each side, and are smooth between them
BEND = 1.3  # pixels, standard deviation of a displacement
THINNEST, THICKEST = -0.6, 0.7  # of the ink of the neighbours that is taken away, or added
BLOCK_SIZE = 250  # images; what is computed for them then fits in a core's own cache


def augment(images, rng=None, *, strength=1.0, n_threads=None):
    """Return each image varied at random: the same digit, as it might have been written another time.

    A pixel of the result takes the ink of a place in the image: turned, slanted, widened, shifted, and moved by a
    displacement that changes smoothly from place to place. Then the stroke is made thicker or thinner. Digits
    distorted like this are nearly as good as new ones (Simard, Steinkraus and Platt, ICDAR 2003, 958-963).

    Parameters
    ----------
    images : ndarray (m, 784) of float32 or float64
        One image per row, bright ink on dark paper, pixel values in [0, 1]. Never written to.
    rng : int, numpy.random.Generator or None
        Decides how they vary: the same seed gives the same images, for any number of threads.
    strength : float
        How much they vary, 0 or above: with 0, not at all.
    n_threads : int or None
        None means the cores that this process may use.

    Returns
    -------
    ndarray (m, 784), in the dtype of `images`

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above.
    """
    images = checks.finite(checks.images(images, SIDE**2, "images"), "images")
    strength = checks.not_negative(strength, "strength")
    rng = checks.generator(rng, "rng")
    starts = range(0, len(images), BLOCK_SIZE)
    # Each block has a generator of its own, so it does not matter which thread is first.
    blocks = [(images[i : i + BLOCK_SIZE], child) for i, child in zip(starts, rng.spawn(len(starts)), strict=True)]
    with all_cores(n_threads) as map_blocks:
        return np.concatenate(list(map_blocks(lambda block: _augment_block(*block, strength), blocks)))


def _augment_block(images, rng, strength):
    n, dtype = len(images), images.dtype
    x, y = _sources(n, rng, strength, dtype)
    moved = _sample(images, x, y).reshape(n, SIDE, SIDE)
    change = rng.uniform(strength * THINNEST, strength * THICKEST, n).astype(dtype)[:, np.newaxis, np.newaxis]
    return _thicken(moved, change).reshape(n, -1)


def _sources(n, rng, strength, dtype):
    """Return from where, (x, y) in pixels of the image, each pixel of the n results takes its ink: two (n, 28, 28)."""
    place = np.arange(SIDE, dtype=dtype) - (SIDE - 1) / 2

    def drawn(deviation, *shape):
        return (strength * deviation * rng.standard_normal((n, *shape), dtype)).astype(dtype)

    turn, slant, width, height = drawn(TURN), drawn(SLANT), np.exp(drawn(SIZE)), np.exp(drawn(SIZE))
    across = np.array([[np.cos(turn), slant - np.sin(turn)], [np.sin(turn), np.cos(turn)]])  # (2, 2, n): x, y from x, y
    across /= np.array([width, height])[:, np.newaxis]
    shift = drawn(SHIFT, 2).T
    bumps = _bumps(dtype)
    result = []
    for (from_x, from_y), offset in zip(across, shift, strict=True):
        bend = bumps @ drawn(BEND, GRID, GRID) @ bumps.T  # (n, 28, 28): smooth between the places of the grid
        straight = from_x[:, np.newaxis, np.newaxis] * place + from_y[:, np.newaxis, np.newaxis] * place[:, np.newaxis]
        result.append(bend + straight + (offset[:, np.newaxis, np.newaxis] + dtype.type((SIDE - 1) / 2)))
    return result


def _bumps(dtype):
    """Return how much each of the 28 places follows each place of the coarse grid, (28, GRID): bell-shaped weights."""
    places, centres = np.arange(SIDE), np.linspace(0, SIDE - 1, GRID)
    width = centres[1]
    weights = np.exp(-0.5 * ((places[:, np.newaxis] - centres) / (0.6 * width)) ** 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(dtype)


def _sample(images, x, y):
    """Return the ink of images (n, 784) at places (n, 28, 28), between four pixels; outside there is paper."""
    n = len(images)
    side = SIDE + 2
    padded = np.pad(images.reshape(n, SIDE, SIDE), ((0, 0), (1, 1), (1, 1))).ravel()
    x, y = (np.clip(place + 1, 0, SIDE + 0.999, dtype=images.dtype) for place in (x, y))
    left, top = x.astype(np.int32), y.astype(np.int32)
    x -= left
    y -= top
    first = top * side + left + (np.arange(n, dtype=np.int32) * side**2)[:, np.newaxis, np.newaxis]
    at = [padded.take(first + step, mode="clip") for step in (0, 1, side, side + 1)]
    above = at[0] + x * (at[1] - at[0])
    below = at[2] + x * (at[3] - at[2])
    return above + y * (below - above)


def _thicken(images, change):
    """Return images (n, 28, 28) with a part of what their four neighbours add to the ink, or take from it."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    neighbours = [padded[:, 1:-1, :-2], padded[:, 1:-1, 2:], padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]]
    thick, thin = images, images
    for neighbour in neighbours:
        thick, thin = np.maximum(thick, neighbour), np.minimum(thin, neighbour)
    return images + np.maximum(change, 0) * (thick - images) - np.maximum(-change, 0) * (images - thin)
