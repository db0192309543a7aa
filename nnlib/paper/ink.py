"""Which pixels are ink: how dark is dark enough, on this paper and with this pen."""

import numpy as np
import scipy

PALEST_INK = 0.06  # of the paper's light; less is no writing
NOISE = 5  # standard deviations of the paper's grain; what exceeds them is no grain
PALE_END = 0.5  # of the threshold: what is so dark and touches ink is ink


def threshold_of(ink):
    """Return from which value on a pixel is ink: Otsu's threshold between the two groups of those that are no grain.

    Paper is most of a page, so its grain would decide where Otsu's method draws the line. Without it, the groups are
    the middle of the strokes and their edges, or writing and what shines through from the back.
    """
    middle = np.median(ink)
    grain = 1.4826 * np.median(np.abs(ink - middle))  # of normal noise, this is the standard deviation
    floor = max(PALEST_INK, middle + NOISE * grain)
    darker = ink[ink > floor]
    return max(floor, otsu(darker)) if len(darker) else floor


def otsu(values, bins=256):
    """Return the threshold that leaves the least variance within its two groups (Otsu 1979)."""
    counts, edges = np.histogram(values, bins)
    middles = (edges[:-1] + edges[1:]) / 2
    below, sum_below = np.cumsum(counts), np.cumsum(counts * middles)
    above, sum_above = below[-1] - below, sum_below[-1] - sum_below
    between = np.zeros(bins)
    both = (below > 0) & (above > 0)
    between[both] = (below * above)[both] * (sum_below[both] / below[both] - sum_above[both] / above[both]) ** 2
    return edges[np.argmax(between) + 1]


def marks_of(ink):
    """Return which pixels (h, w) are ink: the dark ones, and paler ones that touch them."""
    threshold = threshold_of(ink)
    pale, n = scipy.ndimage.label(ink > PALE_END * threshold, np.ones((3, 3)))
    is_mark = np.zeros(n + 1, bool)
    is_mark[pale[ink > threshold]] = True
    is_mark[0] = False
    return is_mark[pale] & (ink > PALE_END * threshold)
