"""Drawings that are no digits, so that a network can learn to say no: letters, scribbles, shapes, parts of digits.

Each is drawn a little differently every time, as a hand would (`drawing.vary`).
"""

import numpy as np

from . import checks
from .drawing import check_drawing, fit, shift, vary

# Without the letters that many hands draw like a digit: to call those none would be wrong.
LATIN = "ACEFHKLMNPRUVWXacdefhkmnpruvwx"
FONTS = {
    "futural": LATIN,
    "scripts": LATIN,
    "timesr": LATIN,
    "greeks": "ACDEGJKLMNPQRTUVWXacegjklmnpqtuvwx",  # by the keys that the font puts its letters on
}


def letters(fonts=FONTS):
    """Return letters as strokes, from the Hershey fonts (A. V. Hershey 1967).

    Parameters
    ----------
    fonts : dict of str to str
        The letters to take from each font of the package Hershey-Fonts.

    Returns
    -------
    list of list of ndarray (k, 2)
        The letters of all fonts, in any unit; y grows down.

    Raises
    ------
    ImportError
        If the package is missing; nothing else in the project needs it.
    """
    try:
        from HersheyFonts import HersheyFonts
    except ImportError:
        raise ImportError("Letters are drawn with the package Hershey-Fonts: pip install Hershey-Fonts") from None
    drawn = []
    for name, characters in fonts.items():
        font = HersheyFonts()
        font.load_default_font(name)
        for character in characters:
            drawn.append([np.array(stroke, dtype=float) for stroke in font.strokes_for_text(character) if stroke])
    return drawn


def nondigits(n, digits, *, letters=(), seed=0):
    """Make drawings that are no digits.

    Parameters
    ----------
    n : int
        How many.
    digits : sequence of Example
        Drawings of digits, to take apart, to turn and to set side by side.
    letters : list of list of ndarray (k, 2)
        As `letters` returns them; four drawings in ten are taken from these. Without them, there are none.
    seed : int, numpy.random.Generator or None

    Returns
    -------
    list of list of ndarray (k, 2)
        The drawings, in any unit; y grows down.
    """
    n, rng = checks.count(n, "n"), checks.generator(seed)
    by_label = [[e.strokes for e in digits if e.label == label] for label in range(10)]
    if not all(by_label):
        missing = [label for label in range(10) if not by_label[label]]
        raise ValueError(f"digits holds no drawing of {missing}; expected all ten digits.")
    letters = [check_drawing(letter, f"letters[{i}]") for i, letter in enumerate(letters)]
    kinds = [_pair, _pair, _turned, _turned, _piece, _scribble, _lines, _shape, _shape]
    drawn = []
    for i in range(n):
        if letters and i % 5 < 2:
            strokes = _shaky(letters[rng.integers(len(letters))], rng)
        else:
            strokes = kinds[rng.integers(len(kinds))](by_label, rng)
        drawn.append(vary(strokes, rng))
    return drawn


def _any(by_label, rng, labels):
    """Return one of the drawings of these digits."""
    drawings = by_label[rng.choice(labels)]
    return drawings[rng.integers(len(drawings))]


def _shaky(strokes, rng):
    """Return a drawing whose strokes are each moved and stretched a little: printed letters are too neat."""
    size = np.ptp(np.concatenate(strokes), axis=0).max()
    moved = []
    for stroke in strokes:
        middle = stroke.mean(axis=0)
        moved.append((stroke - middle) * rng.normal(1, 0.08, size=2) + middle + rng.normal(0, 0.03 * size, size=2))
    return moved


def _pair(by_label, rng):
    """Return two digits side by side."""
    left, right = (fit(_any(by_label, rng, range(10)), 100 * rng.uniform(0.8, 1.2), 0.0) for _ in range(2))
    gap = rng.uniform(5, 50)
    offset = [np.concatenate(left)[:, 0].max() + gap - np.concatenate(right)[:, 0].min(), rng.normal(0, 10)]
    return left + shift(right, offset)


def _turned(by_label, rng):
    """Return a digit turned by a quarter, to the left or to the right; not a 0, which would stay one."""
    signs = rng.permutation([1, -1])
    return [stroke[:, ::-1] * signs for stroke in _any(by_label, rng, range(1, 10))]


def _piece(by_label, rng):
    """Return up to half of a 3, a 5 or an 8; half of a 9 could be a 0, and half of a 4 a 1."""
    longest = max(_any(by_label, rng, (3, 5, 8)), key=len)
    share = rng.uniform(0.25, 0.5)
    first = int(rng.uniform(0, 1 - share) * len(longest))
    return [longest[first : first + max(2, int(share * len(longest)))]]


def _scribble(by_label, rng):
    """Return a curve to and fro."""
    curve = rng.normal(0, 1, size=(rng.integers(6, 25), 2)) * rng.uniform(0.3, 1, size=2)
    for _ in range(2):  # cut the corners (Chaikin, An algorithm for high-speed curve generation, 1974)
        start, end = curve[:-1], curve[1:]
        curve = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=1).reshape(-1, 2)
    return [curve]


def _lines(by_label, rng):
    """Return two to five straight lines, or a level one; an upright one would be a 1."""
    n = rng.integers(1, 6)
    if n == 1:
        return [np.array([[0.0, 0.0], [1.0, rng.uniform(-0.6, 0.6)]])]
    return list(rng.uniform(0, 1, size=(n, 2, 2)))


def _shape(by_label, rng):
    """Return one of `SHAPES`."""
    return SHAPES[rng.integers(len(SHAPES))]


def _arc(x=0.0, y=0.0, radius=1.0, start=0.0, end=1.0):
    """Return a part of a circle; its ends are given in turns, clockwise from the right."""
    turn = 2 * np.pi * np.linspace(start, end, 24)
    return np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])


def _polygon(n, every=1, start=0.0):
    """Return a polygon whose n corners lie on a circle; it goes to every second one to make a star."""
    return _arc(start=start, end=start + every)[[round(23 * i / n) for i in range(n + 1)]]


def _spiral():
    turn = np.linspace(0, 3, 60)[:, np.newaxis]
    return turn * np.column_stack([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)])


FACE = [_arc(), _arc(-0.35, -0.3, 0.08), _arc(0.35, -0.3, 0.08)]
SHAPES = [
    [np.array(stroke, dtype=float) for stroke in strokes]
    for strokes in (
        [_polygon(3, start=0.75)],
        [_polygon(4)],
        [_polygon(4, start=0.125)],
        [_polygon(5, every=2, start=0.75)],
        [*FACE, _arc(0, 0.1, 0.5, 0.05, 0.45)],
        [*FACE, [(-0.4, 0.4), (0.4, 0.4)]],
        [[(-1, 0), (1, 0)], [(0, -1), (0, 1)]],  # plus
        [[(-1, -1), (1, 1)], [(1, -1), (-1, 1)]],  # times
        [[(-1, -0.3), (1, -0.3)], [(-1, 0.3), (1, 0.3)]],  # equals
        [[(-1, 0), (1, 0)], [(0.4, -0.5), (1, 0), (0.4, 0.5)]],  # arrows
        [[(0, 1), (0, -1)], [(-0.5, -0.4), (0, -1), (0.5, -0.4)]],
        [[(-1, 0), (-0.3, 0.8), (1, -1)]],  # a tick
        [[(x, -1), (x, 1)] for x in (-0.3, 0.3)] + [[(-1, y), (1, y)] for y in (-0.3, 0.3)],
        [[(-1, -1), (-0.5, 1), (0, -1), (0.5, 1), (1, -1)]],
        [[(-1, 0), (0, -1), (1, 0), (1, 1.4), (-1, 1.4), (-1, 0), (1, 0)]],  # a house
        [_spiral()],
        [_arc(), _arc(radius=0.5)],
        [_arc(), [(0, -1), (0, 1)], [(-1, 0), (1, 0)]],
        [_arc(start=0.5)],
        [_arc(end=0.5)],
        [[(-1, 0), (-0.5, -0.4), (0, 0), (0.5, 0.4), (1, 0)]],
        [_arc(-0.5, -0.5, 0.5, 0.5, 1.0), _arc(0.5, -0.5, 0.5, 0.5, 1.0), [(-1, -0.5), (0, 1), (1, -0.5)]],  # a heart
    )
]
