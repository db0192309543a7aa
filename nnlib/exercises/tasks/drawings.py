"""Exercise 08: from a drawing to an image that the network can read."""

import numpy as np

from ... import drawing
from ..task import Mistake, Task


def centre_of_mass(image):
    return drawing.centre_of_mass(image)


def to_middle(image):
    x, y = np.round((np.array(image.shape)[::-1] - 1) / 2 - centre_of_mass(image)).astype(int)
    return np.roll(image, (y, x), axis=(0, 1))


def fit_box(points, side):
    low, high = points.min(axis=0), points.max(axis=0)
    longest = (high - low).max()
    return (points - (low + high) / 2) * (side / longest if longest > 0 else 1.0)


def slant(image):
    rows, columns = np.indices(image.shape)
    x, y = centre_of_mass(image)
    covariance = np.sum(image * (columns - x) * (rows - y))
    return covariance / np.sum(image * (rows - y) ** 2)


def _image(rng):
    """Return an image in which the typical mistakes show.

    Most ink is in one corner of its box, more than a pixel from the middle of the box, and slanted. The way of the
    centre of mass to the middle is rounded up in x and down in y, so it is one pixel off where either is done to both.
    """
    while True:
        height, width = 2 * rng.integers(4, 7, size=2)  # even: the middle of the box can be the middle of the image
        rows, columns = np.indices((height, width))
        left = np.maximum(1 - rows / height - columns / width, 0)
        image = np.zeros((28, 28))
        top, side = rng.integers(1, 4, size=2)
        image[top : top + height, side : side + width] = left * (0.5 + rng.random((height, width)))
        image = image[:: rng.choice([-1, 1]), :: rng.choice([-1, 1])].copy()
        x, y = (13.5 - centre_of_mass(image)) % 1
        if 0.6 < x < 0.9 and 0.1 < y < 0.4:
            return (image / image.max(),)


def _points(rng):
    return rng.normal(size=(9, 2)) * rng.uniform(1, 100, size=2) + rng.normal(scale=50, size=2), 20.0


def _moved(x, y, image):
    return np.roll(image, (y, x), axis=(0, 1))


def _offset(image):
    return np.round(13.5 - centre_of_mass(image)).astype(int)


def _only_box(image):
    rows, columns = np.nonzero(image)
    x, y = (np.floor(13.5 - (i.min() + i.max()) / 2 + 0.5).astype(int) for i in (columns, rows))
    return _moved(x, y, image)


def _badly_fitted(about, size, cause):
    """Return two mistakes: to fit points this way and leave a single one alone, or not to think of a single one."""

    def fitted(points, side):
        return (points - about(points)) * (side / size(np.ptp(points, axis=0)) if len(points) > 1 else 1.0)

    def unchecked(points, side):
        with np.errstate(all="ignore"):
            return (points - about(points)) * side / size(np.ptp(points, axis=0))

    return Mistake(fitted, cause), Mistake(unchecked, cause)


def _middle(points):
    return (points.min(axis=0) + points.max(axis=0)) / 2


def _moments(image, pairs):
    rows, columns = np.indices(image.shape)
    x, y = centre_of_mass(image)
    parts = {"x": columns - x, "y": rows - y}
    return np.sum(image * parts[pairs[0]] * parts[pairs[1]])


def _not_centred(image):
    rows, columns = np.indices(image.shape)
    return np.sum(image * columns * rows) / np.sum(image * rows**2)


_L = np.zeros((4, 5))
_L[:, 1], _L[3, 1:4] = 1.0, 1.0
_SEVEN = np.array([[0.0, 0.0], [60.0, 0.0], [25.0, 100.0]])

TASKS = (
    Task(
        "centre_of_mass",
        centre_of_mass,
        examples=((_L,),),
        draw=_image,
        hints=(
            "It is the mean place of the ink: each pixel's column, weighted by its ink. The same for the rows.",
            "`rows, columns = np.indices(image.shape)` gives the row and the column of every pixel.",
            "x is `np.sum(columns * image) / np.sum(image)`, y the same with the rows. Return `np.array([x, y])`.",
        ),
        mistakes=(
            Mistake(
                lambda image: centre_of_mass(image)[::-1],
                "x and y are exchanged: x is the column, and comes first.",
            ),
            Mistake(
                lambda image: centre_of_mass((image > 0).astype(float)),
                "Every inked pixel counts the same. Weight each by its ink: a grey one counts less.",
            ),
            Mistake(
                lambda image: centre_of_mass(image) + 1,
                "It counts pixels from 1. The first one is 0.",
            ),
            Mistake(
                lambda image: centre_of_mass(image) * image.sum(),
                "The sums are not divided by the ink, `image.sum()`.",
            ),
            Mistake(
                lambda image: centre_of_mass(image) * image.sum() / image.size,
                "The sums are divided by the number of pixels. Divide them by the ink, `image.sum()`: `np.mean` does "
                "not.",
            ),
            Mistake(
                lambda image: np.array([(i.min() + i.max()) / 2 for i in np.nonzero(image)[::-1]]),
                "This is the middle of the box around the ink. The centre of mass leans to where most ink is.",
            ),
        ),
    ),
    Task(
        "to_middle",
        to_middle,
        examples=(),
        draw=_image,
        hints=(
            "How far must the centre of mass travel, in x and in y? From where it is to 13.5, rounded.",
            "`np.roll(image, (down, right), axis=(0, 1))` moves an image. Rows come first, and rows are y.",
            "`x, y = np.round(13.5 - centre_of_mass(image)).astype(int)`, then `np.roll(image, (y, x), axis=(0, 1))`.",
        ),
        mistakes=(
            Mistake(
                lambda image: _moved(*(-_offset(image)), image),
                "It moves the wrong way: the offset is 13.5 minus the centre of mass, not the reverse.",
            ),
            Mistake(
                lambda image: _moved(*_offset(image)[::-1], image),
                "x and y are exchanged: axis 0 holds the rows, and moving along it is moving in y.",
            ),
            Mistake(
                lambda image: _moved(*(_offset(image) + 1), image),
                "It is one pixel too far. The middle of 28 pixels, counted from 0, is 13.5.",
            ),
            Mistake(
                lambda image: _moved(*np.round(14 - centre_of_mass(image)).astype(int), image),
                "The centre of mass goes to 14, or the offset is rounded up. The middle of 28 pixels, from 0, is "
                "13.5, and `np.round` takes the nearest whole number.",
            ),
            Mistake(
                lambda image: _moved(*np.floor(13.5 - centre_of_mass(image)).astype(int), image),
                "The offset is rounded down, or the middle taken for 13. It is 13.5, and "
                "`np.round` takes the nearest whole number.",
            ),
            Mistake(
                lambda image: _moved(*np.trunc(13.5 - centre_of_mass(image)).astype(int), image),
                "The offset is cut off, not rounded. `np.round` takes the nearest whole number.",
            ),
            Mistake(_only_box, "The *box* of the ink is in the middle. Wanted is its centre of mass."),
        ),
    ),
    Task(
        "fit_box",
        fit_box,
        examples=((_SEVEN, 20.0), (np.array([[3.0, 4.0]]), 20.0)),
        draw=_points,
        hints=(
            "`points.min(axis=0)` and `points.max(axis=0)` are two corners of the box.",
            "One factor for both axes, else the digit is stretched: `side` over the *longer* of width and height.",
            "`(points - (low + high) / 2) * factor`. A single point has a box of length 0: take the factor 1 then.",
        ),
        mistakes=(
            *_badly_fitted(
                _middle,
                lambda size: size,
                "Each axis has a factor of its own: a slim 1 becomes as wide as a 0. Use one factor for both.",
            ),
            *_badly_fitted(
                _middle,
                np.min,
                "The *shorter* side becomes 20, and the longer one leaves the field. Scale by the longer side.",
            ),
            *_badly_fitted(
                lambda points: points.min(axis=0),
                np.max,
                "The box begins at 0. Its middle must be at 0.",
            ),
            *_badly_fitted(
                lambda points: points.mean(axis=0),
                np.max,
                "The mean of the points is at 0. Wanted is the middle of their box: half-way between min and max.",
            ),
            *_badly_fitted(
                lambda points: 0.0,
                np.max,
                "The size is right, the place is not: first subtract the middle of the box.",
            ),
            Mistake(
                lambda points, side: fit_box(points, side) + side / 2,
                "The middle of the box is at `side / 2`. It must be at 0.",
            ),
            Mistake(
                lambda points, side: fit_box(points, side) if len(points) > 1 else points * np.nan,
                "A single point gives NaN: its box has no length, and 0 / 0 is no number. Leave its size alone.",
            ),
        ),
    ),
    Task(
        "slant",
        slant,
        examples=((_L,),),
        draw=_image,
        hints=(
            "How far does the ink go to the right for each row down? It is the slope of the best straight line.",
            "With x and y counted from the centre of mass: the sum of `image * x * y` over the sum of `image * y ** "
            "2`.",
            "`x = columns - centre[0]`, `y = rows - centre[1]`, with `rows, columns = np.indices(image.shape)`.",
        ),
        mistakes=(
            Mistake(
                lambda image: _moments(image, "xy") / _moments(image, "xx"),
                "It is divided by the spread in x. The line goes down the rows: divide by the spread in y.",
            ),
            Mistake(
                _not_centred,
                "x and y are counted from the corner. Count them from the centre of mass.",
            ),
            Mistake(
                lambda image: -slant(image),
                "The sign is turned: ink that goes to the right on its way *down* has a slant above 0, as y grows "
                "down.",
            ),
            Mistake(
                lambda image: _moments(image, "xy") / np.sqrt(_moments(image, "xx") * _moments(image, "yy")),
                "This is the correlation. The slope is the covariance over the variance of y.",
            ),
            Mistake(
                lambda image: slant((image > 0).astype(float)),
                "Every inked pixel counts the same. Weight each by its ink.",
            ),
            Mistake(
                lambda image: np.arctan(slant(image)),
                "This is the angle, in radians. The slant is its tangent: how far to the right for each row down.",
            ),
        ),
    ),
)
