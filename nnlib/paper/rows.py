"""Reading order: rows from top to bottom, and each from left to right, on a page that may be turned a little."""

import numpy as np

STEEPEST = 0.25  # of rows, as rise over run: about 14 degrees
NEAR = 0.6  # of a digit's height: how far from its row's line the middle of a digit may lie


def slope_of(x, y, height):
    """Return the slope along which most middles (x, y) of digits lie behind each other; 0 where nothing decides."""
    slopes = np.linspace(-STEEPEST, STEEPEST, 101)
    run, rise = x[:, np.newaxis] - x, y[:, np.newaxis] - y
    neighbours = (run > 0) & (run < 6 * height)
    run, rise = run[neighbours], rise[neighbours]
    if not len(run):
        return 0.0
    misses = (rise - slopes[:, np.newaxis] * run) / (0.3 * height)
    votes = np.sum(np.exp(-(misses**2)), axis=1) - 1e-3 * len(run) * np.abs(slopes)
    return float(slopes[np.argmax(votes)])


def rows_of(boxes):
    """Return the indices of boxes (n, 4), as left, top, right, bottom, in rows from top to bottom.

    From left to right, each box goes to the row whose line passes closest to its middle. The line goes on from the
    row's last boxes, with the slope that the page as a whole has.
    """
    if not len(boxes):
        return []
    left, top, right, bottom = np.asarray(boxes, float).T
    x, y, height = (left + right) / 2, (top + bottom) / 2, float(np.median(bottom - top))
    level = y - slope_of(x, y, height) * x
    rows = []
    for i in np.argsort(x):
        distances = [abs(level[i] - np.mean(level[row[-3:]])) for row in rows]
        if distances and min(distances) <= NEAR * height:
            rows[int(np.argmin(distances))].append(int(i))
        else:
            rows.append([int(i)])
    return sorted(rows, key=lambda row: np.mean(level[row]))
