"""From pen strokes to a number: which strokes make up which digit, and what stands there from left to right.

Only the positions of strokes from left to right count, not the order in which they were drawn: some people add the bar
of a 5 at the very end. Lengths are compared with the height of the tallest stroke, so their unit does not matter.

1. Where the boxes of two strokes overlap a lot, they are parts of one digit.
2. Where there is a wide gap between two parts, one digit ends and the next begins.
3. Parts that lie closer, or whose boxes overlap a little, may be two digits, or one, such as a 4 whose upright stands
   apart. All ways are tried, and the network's scores decide.
"""

import itertools
from typing import NamedTuple

import numpy as np

from .drawing import check_strokes, strokes_to_image
from .network import check_network

SURE = 0.5  # from this score on, an output says "yes" to its digit
KNOWN = 0.1  # where even the best score is below this, all outputs say "no"
DEEP = 0.2  # of the height: boxes that overlap by more belong to one digit
WIDE = 0.1  # of the height: boxes with more between them belong to two
FURTHER_DIGIT = 0.3  # score that each further digit costs: what reads well as one digit is one
MOST_CLOSE = 5  # parts close to each other that are tried in all ways; more of them are a scribble, and stay one
MOST_PARTS = 30  # of a number; a drawing of more is a scribble too


def recognise_number(strokes, network=None):
    """Read the digits of a drawing from left to right.

    Parameters
    ----------
    strokes : list of ndarray (k, 2)
        The points of each stroke as x, y; y grows down; any unit, size and position. Digits stand side by side, and
        two digits drawn in one stroke are read as one.
    network : Network or None
        None means the network that ships with the project.

    Returns
    -------
    list of (digit, scores)
        For each digit, what `recognise` gives for its strokes.

    Raises
    ------
    ValueError, TypeError
        As for `recognise`.
    """
    network = check_network(network)
    all_scores = _predict_scores(split_digits(strokes, network), network)
    return [(int(np.argmax(scores)), scores) for scores in all_scores]


def split_digits(strokes, network=None):
    """Find out which strokes of a drawing make up which digit.

    Parameters
    ----------
    strokes : list of ndarray (k, 2)
        As for `recognise_number`.
    network : Network or None
        It decides where the positions of the strokes leave open what is one digit and what is two. None means the
        network that ships with the project.

    Returns
    -------
    list of list of ndarray (k, 2)
        The strokes of each digit, from left to right; within a digit, in the order in which they were given.

    Raises
    ------
    ValueError, TypeError
        As for `recognise`.
    """
    network = check_network(network)
    strokes = check_strokes(strokes)
    height = max(np.ptp(stroke[:, 1]) for stroke in strokes)
    parts = _parts(strokes, DEEP * height)
    if len(parts) > MOST_PARTS:
        return [strokes]
    digits = [digit for close in _cut(parts, WIDE * height) for digit in _best_way(close, strokes, network)]
    return [_of(digit, strokes) for digit in digits]


class Part(NamedTuple):
    """Strokes that belong together: where the box around them begins and ends, and their indices."""

    left: float
    right: float
    strokes: list


def _parts(strokes, deep):
    """Return the parts, from left to right: strokes whose boxes overlap by more than `deep` are one."""
    alone = [Part(stroke[:, 0].min(), stroke[:, 0].max(), [i]) for i, stroke in enumerate(strokes)]
    parts, in_reach = [], []
    for new in sorted(alone):
        # Strokes come by their left ends, so none that is still to come reaches deep into a part that ends here.
        parts += [part for part in in_reach if part.right - new.left <= deep]
        in_reach = [part for part in in_reach if part.right - new.left > deep]
        joined = [part for part in in_reach if _overlap(part, new) > deep]
        in_reach = [part for part in in_reach if _overlap(part, new) <= deep] + [_join([*joined, new])]
    return sorted(parts + in_reach, key=lambda part: part.left + part.right)


def _overlap(a, b):
    """Return how far one of two parts must be moved, to the left or to the right, to leave the other's box."""
    return min(a.right - b.left, b.right - a.left)


def _join(parts):
    strokes = sorted(i for part in parts for i in part.strokes)
    return Part(min(part.left for part in parts), max(part.right for part in parts), strokes)


def _cut(parts, wide):
    """Return runs of parts, cut where a gap is wider than `wide`."""
    runs, end = [], -np.inf
    for part in parts:
        if part.left - end > wide:
            runs.append([])
        runs[-1].append(part)
        end = max(end, part.right)
    return runs


def _best_way(parts, strokes, network):
    """Return parts that lie close to each other, joined to digits in the way that the network reads best."""
    n = len(parts)
    if n == 1 or n > MOST_CLOSE:
        return [_join(parts)]
    spans = list(itertools.combinations(range(n + 1), 2))
    digits = {(start, stop): _join(parts[start:stop]) for start, stop in spans}
    scores = _predict_scores([_of(digit, strokes) for digit in digits.values()], network)
    best_score = dict(zip(digits, scores.max(axis=1), strict=True))

    def value(way):
        # Each part counts the score of its digit, so that one digit of two parts counts as much as two digits.
        return sum((stop - start) * best_score[start, stop] - FURTHER_DIGIT for start, stop in way)

    cuts = [cuts for k in range(n) for cuts in itertools.combinations(range(1, n), k)]
    ways = [list(itertools.pairwise((0, *inner, n))) for inner in cuts]
    return [digits[span] for span in max(ways, key=value)]


def _of(part, strokes):
    """Return the strokes of a part."""
    return [strokes[i] for i in part.strokes]


def _predict_scores(drawings, network):
    return network.predict_scores(np.array([strokes_to_image(strokes).ravel() for strokes in drawings]))
