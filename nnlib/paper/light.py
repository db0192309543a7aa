"""Light and paper: how bright the paper is at each pixel, and how much darker ink makes it."""

import numpy as np
import scipy

WIDEST_STROKE = 0.16  # of the picture's shorter side; what is dark over more than this is shadow
LIGHT_SCALE = 2  # light is looked for on a picture that many times smaller
DARKEST_PAPER = 0.1  # of white; below, ratios would be noise


def grey_of(rgb):
    """Return a colour picture (h, w, 3) of uint8 as grey (h, w), from 0 to 1."""
    return (rgb @ np.array([0.299, 0.587, 0.114], np.float32)) / np.float32(255)


def is_dark_paper(grey):
    """Return whether the writing is brighter than its paper: what stands out most from the mean of its surroundings."""
    step = max(1, min(grey.shape) // 60)
    small = scipy.ndimage.uniform_filter(grey, step)[::step, ::step]
    difference = small - scipy.ndimage.median_filter(small, max(3, min(small.shape) // 3))
    return bool(np.sum(difference**3) > 0)


def paper_of(grey):
    """Return how bright the paper is at each pixel (h, w), as if nothing were written on it.

    A closing: the brightest value around each pixel, then the darkest of these. It fills what is narrower than its
    window, strokes above all, and keeps what is wider, such as a shadow, with its edges in place.
    """
    # Grains of the paper would make it too bright.
    small = scipy.ndimage.gaussian_filter(grey, LIGHT_SCALE)[::LIGHT_SCALE, ::LIGHT_SCALE]
    window = max(3, round(WIDEST_STROKE * min(small.shape)))
    closed = scipy.ndimage.grey_closing(small, (window, window), mode="nearest")
    closed = scipy.ndimage.gaussian_filter(closed, 2)
    return _enlarged(closed, grey.shape)


def _enlarged(small, shape):
    rows, columns = (np.minimum(np.arange(n) // LIGHT_SCALE, k - 1) for n, k in zip(shape, small.shape, strict=True))
    return small[rows][:, columns]


def ink_of(grey, paper):
    """Return how much light ink takes away (h, w): 0 on paper, 1 where no light comes back."""
    return (paper - grey) / np.maximum(paper, DARKEST_PAPER)
