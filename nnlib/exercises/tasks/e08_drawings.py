"""Exercise 08: from a drawing to an image that the network can read."""

import numpy as np

from ...drawing import centre_of_mass
from ..exercise import Exercise

exercise = Exercise({"centre_of_mass": 2, "to_middle": 3, "fit_box": 3, "slant": 2})

MIDDLE = 14  # where MNIST's digits have their centre of mass, and so the plain network expects it


_L = np.array([[0.0, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 1, 1, 1, 0]])
_GREY = np.array([[0.0, 0.2, 1.0], [0.0, 0.6, 0.4], [0.1, 0.9, 0.0], [0.3, 0.5, 0.0], [1.0, 0.0, 0.0]])


def _image(rng):
    """Return an image in which the typical mistakes show.

    Most ink is in one corner of its box, more than a pixel from the middle of the box, and slanted. The offset
    from the centre of mass to 14 is rounded up in x and down in y, so it is one pixel off where both are
    rounded the same way.
    """
    while True:
        height, width = 2 * rng.integers(4, 7, size=2) + 1  # odd: the middle of the box can be at 14
        rows, columns = np.indices((height, width))
        left = np.maximum(1 - rows / height - columns / width, 0)
        image = np.zeros((28, 28))
        top, side = rng.integers(1, 4, size=2)
        image[top : top + height, side : side + width] = left * (0.5 + rng.random((height, width)))
        image = image[:: rng.choice([-1, 1]), :: rng.choice([-1, 1])].copy()
        x, y = (MIDDLE - centre_of_mass(image)) % 1
        if 0.6 < x < 0.9 and 0.1 < y < 0.4:
            return (image / image.max(),)


exercise.add(
    centre_of_mass,
    examples=[(_L,), (_GREY,)],
    draw=_image,
    hints=[
        "It is the mean position of the ink: each pixel's column, weighted by its ink. The same for the rows.",
        "`rows, columns = np.indices(image.shape)` gives the row and the column of every pixel.",
        "x is `np.sum(columns * image) / np.sum(image)`, y the same with the rows. Return `np.array([x, y])`.",
    ],
    mistakes={
        "x and y are exchanged: x is the column, and comes first.": lambda image: centre_of_mass(image)[::-1],
        "Every inked pixel counts the same. Weight each by its ink: a grey one counts less.": lambda image: (
            centre_of_mass((image > 0).astype(float))
        ),
        "It counts pixels from 1. The first one is 0.": lambda image: centre_of_mass(image) + 1,
        "It is rounded to whole pixels. The centre of mass mostly lies between them.": lambda image: np.round(
            centre_of_mass(image)
        ),
        "The sums are not divided by the ink, `image.sum()`.": lambda image: centre_of_mass(image) * image.sum(),
        "The sums are divided by the number of pixels. Divide them by the ink, `image.sum()`; "
        "`np.mean` does not.": lambda image: centre_of_mass(image) * image.sum() / image.size,
        "This is the middle of the box around the ink. "
        "The centre of mass is nearer to where most of the ink is.": lambda image: np.array(
            [(i.min() + i.max()) / 2 for i in np.nonzero(image)[::-1]]
        ),
    },
)


def _moved(x, y, image):
    return np.roll(image, (y, x), axis=(0, 1))


def _offset(image):
    return np.round(MIDDLE - centre_of_mass(image)).astype(int)


def _only_box(image):
    rows, columns = np.nonzero(image)
    x, y = (np.floor(MIDDLE - (i.min() + i.max()) / 2 + 0.5).astype(int) for i in (columns, rows))
    return _moved(x, y, image)


@exercise.task(
    draw=_image,
    hints=[
        "How far must the centre of mass travel, in x and in y? From where it is to 14, rounded.",
        "`np.roll(image, (down, right), axis=(0, 1))` moves an image. Rows come first, and rows are y.",
        "`x, y = np.round(14 - centre_of_mass(image)).astype(int)`, then `np.roll(image, (y, x), axis=(0, 1))`.",
    ],
    mistakes={
        "It moves the wrong way: the offset is 14 minus the centre of mass, not the reverse.": lambda image: _moved(
            *(-_offset(image)), image
        ),
        "x and y are exchanged: axis 0 holds the rows, and moving along it means moving in y.": lambda image: _moved(
            *_offset(image)[::-1], image
        ),
        "It is one pixel too far. The centre of mass belongs at 14, counted from 0.": lambda image: _moved(
            *(_offset(image) + 1), image
        ),
        "The offset is rounded up. `np.round` takes the nearest whole number.": lambda image: _moved(
            *np.ceil(MIDDLE - centre_of_mass(image)).astype(int), image
        ),
        "The centre of mass goes to 13.5, or the offset is rounded down. Where MNIST has it is 14, "
        "and `np.round` takes the nearest whole number.": lambda image: _moved(
            *np.round(13.5 - centre_of_mass(image)).astype(int), image
        ),
        "The offset is cut off, not rounded. `np.round` takes the nearest whole number.": lambda image: _moved(
            *np.trunc(MIDDLE - centre_of_mass(image)).astype(int), image
        ),
        "The *box* of the ink is in the middle. Put its centre of mass there.": _only_box,
        "It moves in x only. Move it in y, too.": lambda image: _moved(_offset(image)[0], 0, image),
        "It moves in y only. Move it in x, too.": lambda image: _moved(0, _offset(image)[1], image),
    },
)
def to_middle(image):
    x, y = np.round(MIDDLE - centre_of_mass(image)).astype(int)
    return np.roll(image, (y, x), axis=(0, 1))


def _points(rng):
    n_points, side = int(rng.integers(5, 12)), float(rng.uniform(1, 60))
    return rng.normal(size=(n_points, 2)) * rng.uniform(1, 100, size=2) + rng.normal(scale=50, size=2), side


def _badly_fitted(about, size):
    """Return two wrong functions: one leaves a box without length alone, the other divides by its size, 0."""

    def fitted(points, side):
        box = np.ptp(points, axis=0)
        return (points - about(points)) * (side / size(box) if box.any() else 1.0)

    def unchecked(points, side):
        with np.errstate(all="ignore"):
            return (points - about(points)) * side / size(np.ptp(points, axis=0))

    return [fitted, unchecked]


def _middle(points):
    return (points.min(axis=0) + points.max(axis=0)) / 2


def _unchecked_box(points, side):
    with np.errstate(all="ignore"):
        return (points - _middle(points)) * (side / np.ptp(points, axis=0).max())


@exercise.task(
    examples=[
        (np.array([[0.0, 0.0], [60.0, 0.0], [25.0, 100.0]]), 20.0),
        (np.array([[10.0, 10.0], [90.0, 30.0], [30.0, 50.0]]), 8.0),
        (np.array([[3.0, 4.0]]), 20.0),
        (np.array([[3.0, 4.0], [3.0, 4.0]]), 20.0),
    ],
    draw=_points,
    hints=[
        "`points.min(axis=0)` and `points.max(axis=0)` are two corners of the box.",
        "One factor for both axes, or the digit is stretched: `side` over the *longer* of width and height.",
        "`(points - (low + high) / 2) * factor`. A single point has a box of length 0: take the factor 1 then.",
    ],
    mistakes={
        "Each axis has a factor of its own: a slim 1 becomes as wide as a 0. Use one factor for both.": _badly_fitted(
            _middle, lambda size: size
        ),
        "The *shorter* side becomes 20, and the longer one leaves the field. Scale by the longer side.": _badly_fitted(
            _middle, np.min
        ),
        "The box begins at 0. Its middle must be at 0.": _badly_fitted(lambda points: points.min(axis=0), np.max),
        "The mean of the points is at 0. It must be the middle of their box: "
        "half-way between min and max.": _badly_fitted(lambda points: points.mean(axis=0), np.max),
        "The size is right, the place is not: first subtract the middle of the box.": _badly_fitted(
            lambda points: 0.0, np.max
        ),
        "The middle of the box is at `side / 2`. It must be at 0.": lambda points, side: (
            fit_box(points, side) + side / 2
        ),
        "A single point gives NaN: its box has no length, and 0 / 0 is no number. "
        "Leave its size alone.": _unchecked_box,
        "Two points in the same place give NaN: their box has no length either. "
        "Ask for the length of the box, not for the number of points.": lambda points, side: (
            fit_box(points, side) if len(points) == 1 else _unchecked_box(points, side)
        ),
        "The longer side becomes 20, whatever `side` is.": lambda points, side: fit_box(points, 20.0),
        "It is always scaled by the height. Take the longer of width and height.": _badly_fitted(
            _middle, lambda size: size[1]
        ),
        "It is always scaled by the width. Take the longer of width and height.": _badly_fitted(
            _middle, lambda size: size[0]
        ),
    },
)
def fit_box(points, side):
    low, high = points.min(axis=0), points.max(axis=0)
    longest = (high - low).max()
    return (points - (low + high) / 2) * (side / longest if longest > 0 else 1.0)


def _moments(image):
    """Return the sums of x x, x y and y y over the ink, counted from the centre of mass."""
    rows, columns = np.indices(image.shape)
    centre = centre_of_mass(image)
    x, y = columns - centre[0], rows - centre[1]
    return np.sum(image * x * x), np.sum(image * x * y), np.sum(image * y * y)


def _over_spread_in_x(image):
    xx, xy, _ = _moments(image)
    return xy / xx


def _correlation(image):
    xx, xy, yy = _moments(image)
    return xy / np.sqrt(xx * yy)


def _not_centred(image):
    rows, columns = np.indices(image.shape)
    return np.sum(image * columns * rows) / np.sum(image * rows**2)


@exercise.task(
    examples=[(_L,), (_GREY,)],
    draw=_image,
    rtol=1e-4,  # a difference of large sums: in float32, few of its digits are left
    hints=[
        "How far does the ink go to the right for each row down? It is the slope of the best straight line.",
        "With x and y counted from the centre of mass: the sum of `image * x * y` over the sum of `image * y ** 2`.",
        "`x = columns - centre[0]`, `y = rows - centre[1]`, with `rows, columns = np.indices(image.shape)`.",
    ],
    mistakes={
        "It is divided by the spread in x. The line goes down the rows: divide by the spread in y.": _over_spread_in_x,
        "x and y are counted from the corner. Count them from the centre of mass.": _not_centred,
        "The sign is turned: ink that goes to the right on its way *down* has a slant above 0, "
        "as y grows down.": lambda image: -slant(image),
        "This is the correlation. The slope is the covariance over the variance of y.": _correlation,
        "Every inked pixel counts the same. Weight each by its ink.": lambda image: slant((image > 0).astype(float)),
        "This is the angle, in degrees. "
        "The slant is its tangent: how far to the right for each row down.": lambda image: np.degrees(
            np.arctan(slant(image))
        ),
        "This is the angle, in radians. "
        "The slant is its tangent: how far to the right for each row down.": lambda image: np.arctan(slant(image)),
    },
)
def slant(image):
    _, xy, yy = _moments(image)
    return xy / yy


exercise.question(
    "08-corner",
    "Of 100 test digits in the upper left corner, how many does the plain network read?",
    ["about 90", "about 50", "about 10"],
    right=2,
    wrong=[
        "That would be nearly as good as in their place. Whose weights does the ink fall on now?",
        "In a corner the ink falls on weights that were learned for other strokes. What is left to guess by?",
    ],
    why="No more than by guessing. The ink falls on weights that were learned for other strokes.",
)

exercise.question(
    "08-slim",
    "A 1 is 10 wide and 100 high. How wide is it after fit_box(points, 20)?",
    ["2", "10", "20"],
    right=0,
    wrong=[
        "That is its width before. The factor is for both directions.",
        "Only the longer side becomes 20. A 1 as wide as it is high would be no 1.",
    ],
    why="The longer side goes from 100 to 20, so the factor is 0.2, and it is the same for the width.",
)

exercise.question(
    "08-sign",
    "Rows are counted from the top. Is the slant of a / above or below 0?",
    ["above 0", "below 0", "exactly 0"],
    right=1,
    wrong=[
        "That would hold if y grew upwards. Follow the / from its top down: does x rise or fall?",
        "Only an upright stroke has 0. Follow the / from its top down: does x rise or fall?",
    ],
    why="On its way down a / goes to the left: as y grows, x falls.",
)
