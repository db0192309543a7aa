"""Which pixels are ink: how dark is dark enough, on this paper and with this pen."""

import numpy as np
import scipy

PALEST_INK = 0.06  # of the paper's light; less is no writing
NOISE = 5  # standard deviations of the paper's grain; what exceeds them is no grain
FAINTEST_WRITING = 0.22  # of the paper's light; if nothing is darker, what is seen is paper's own, or the back's
PALE_INK, PALE_END = 0.8, 0.5  # of Otsu's threshold: what is so dark is ink, and what touches it and is so dark


def threshold_of(ink):
    """Return Otsu's threshold between the two groups of those pixels that are no grain; infinity where none is ink.

    Paper is most of a page, so its grain would decide where Otsu's method draws the line. Without it, the groups are
    the middle of the strokes and their edges, or writing and what shines through from the back.
    """
    floor = grain_of(ink)
    darker = ink[ink > floor]
    if not len(darker) or np.percentile(darker, 99) < FAINTEST_WRITING:
        return np.inf
    return max(floor, otsu(darker))


def grain_of(ink):
    """Return how dark the grain of the paper is: darker pixels are something else."""
    middle = np.median(ink)
    spread = 1.4826 * np.median(np.abs(ink - middle))  # of normal noise, this is the standard deviation
    return max(PALEST_INK, middle + NOISE * spread)


def otsu(values, bins=256):
    """Return the threshold that leaves the least variance within its two groups (Otsu 1979)."""
    # In float32, values that are nearly equal have no room for the bins between them.
    counts, edges = np.histogram(np.asarray(values, np.float64), bins)
    middles = (edges[:-1] + edges[1:]) / 2
    below, sum_below = np.cumsum(counts), np.cumsum(counts * middles)
    above, sum_above = below[-1] - below, sum_below[-1] - sum_below
    between = np.zeros(bins)
    both = (below > 0) & (above > 0)
    between[both] = (below * above)[both] * (sum_below[both] / below[both] - sum_above[both] / above[both]) ** 2
    return edges[np.argmax(between) + 1]


def marks_of(ink):
    """Return which pixels (h, w) are ink: the dark ones, and paler ones that touch them.

    In a thin stroke, no pixel is as dark as in the middle of a thick one: the dark ones begin below the threshold.
    """
    threshold = threshold_of(ink)
    labels, n = scipy.ndimage.label(ink > PALE_END * threshold, np.ones((3, 3)))
    has_ink = np.zeros(n + 1, bool)
    has_ink[labels[ink > max(PALE_INK * threshold, grain_of(ink))]] = True
    has_ink[0] = False
    return has_ink[labels]
