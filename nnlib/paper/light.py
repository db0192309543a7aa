"""Light and paper: how bright the paper is at each pixel, and how much darker ink makes it."""

import numpy as np
import scipy

WIDEST_STROKE = 0.16  # of the picture's shorter side; what is dark over more than this is shadow
LIGHT_SCALE = 2  # light is looked for on a picture that many times smaller
COARSE = 60  # pixels of the picture's shorter side are enough to see which is the ink
STEP = 0.75  # of the brighter side: the edge of a sheet, or of a shadow
DARKEST_PAPER = 0.1  # of white; below, ratios would be noise


def grey_of(rgb):
    """Return a colour picture (h, w, 3) of uint8 as grey (h, w), from 0 to 1."""
    return (rgb @ np.array([0.299, 0.587, 0.114], np.float32)) / np.float32(255)


def is_dark_paper(grey):
    """Return whether writing is brighter than its paper, if nothing else is seen: it stands out from what is around."""
    step = max(1, min(grey.shape) // COARSE)
    small = scipy.ndimage.uniform_filter(grey, step)[::step, ::step]
    difference = small - scipy.ndimage.median_filter(small, max(3, min(small.shape) // 3))
    return bool(np.sum(difference**3) > 0)


def paper_of(grey):
    """Return how bright the paper is at each pixel (h, w), as if nothing were written on it."""
    # Grains of the paper would make it too bright.
    small = scipy.ndimage.gaussian_filter(grey, LIGHT_SCALE)[::LIGHT_SCALE, ::LIGHT_SCALE]
    return _enlarged(scipy.ndimage.gaussian_filter(filled(small), 2), grey.shape)


def filled(grey):
    """Return a picture (h, w) in which everything dark that is narrow is filled with what is around it.

    A closing: the brightest value around each pixel, then the darkest of these. It fills what is narrower than its
    window, strokes above all, and keeps what is wider, such as a shadow, with its edges in place. What reaches the
    edge of the picture, such as the desk below the paper, is taken to go on beyond it.
    """
    window = max(3, round(WIDEST_STROKE * min(grey.shape)))
    closed = scipy.ndimage.grey_closing(np.pad(grey, window, mode="edge"), (window, window))
    return closed[window:-window, window:-window]


def is_at_step(paper, box):
    """Return whether the paper is far darker at one side of a box than at another: its own edge, or a shadow's."""
    left, top, right, bottom = box
    margin = max(4, (bottom - top) // 8)
    around = paper[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin].copy()
    rows, columns = (slice(min(a, margin), min(a, margin) + b - a) for a, b in ((top, bottom), (left, right)))
    around[rows, columns] = np.nan  # the sides count, not what is within
    sides = around[~np.isnan(around)]
    return bool(len(sides) and sides.min() < STEP * sides.max())


def _enlarged(small, shape):
    rows, columns = (np.minimum(np.arange(n) // LIGHT_SCALE, k - 1) for n, k in zip(shape, small.shape, strict=True))
    return small[rows][:, columns]


def ink_of(grey, paper):
    """Return how much light ink takes away (h, w): 0 on paper, 1 where no light comes back."""
    return (paper - grey) / np.maximum(paper, DARKEST_PAPER)
