"""From pen strokes to an image like those of MNIST, (28, 28), white ink on black; and from there to a digit.

MNIST was made like this: a digit's bounding box was scaled, with smoothing and without changing its aspect
ratio, until its longer side was 20 pixels; then the digit was placed in a field of 28 x 28 with its centre of mass
in the middle (LeCun, Bottou, Bengio and Haffner 1998, section III). The functions here do the same, one stage each.
"""

import numpy as np

from . import checks
from .network import check_network

FIELD, BOX = 28, 20  # pixels: the whole image, and the longer side of the ink within it
PEN_WIDTH = 2.2  # pixels of the result
FARTHEST = 1e100  # in any unit; squares of coordinates must not overflow
MOST_POINTS = 10_000  # of a drawing; one drawn by hand has some hundred
FARTHEST_PIXEL = 1e9  # where a float still holds a millionth of a pixel
LONGEST_PIECE = 1.0  # pixels; longer segments are cut, so that each inks only a small window of pixels
PIECES_AT_ONCE = 5_000  # so that a long drawing takes no more memory than a short one


def strokes_to_image(strokes, *, pen_width=PEN_WIDTH, scale=True, centre=True, smooth=True):
    """Draw strokes as an image like those of MNIST.

    The position, size and unit of the strokes do not matter: the same drawing gives the same image.

    Parameters
    ----------
    strokes : list of ndarray (k, 2)
        The points of each stroke as x, y; y grows down; any unit.
    pen_width : float
        Width of the pen, in pixels of the image.
    scale, centre, smooth : bool
        False switches a stage off, to see what it does. Without `scale`, the strokes are taken to be in pixels
        of the image; without `centre`, the box of the ink, not its centre of mass, is put in the middle (or,
        without `scale`, nothing is moved); without `smooth`, each pixel is black or white.

    Returns
    -------
    ndarray (28, 28) of float64
        Ink from 0 to 1.

    Raises
    ------
    ValueError, TypeError
        If there is no ink, the points are not finite numbers in pairs, or there are more than 10,000.
    """
    strokes = check_strokes(strokes)
    pen_width = checks.positive(pen_width, "pen_width")
    if pen_width >= BOX:
        raise ValueError(f"pen_width is {pen_width}; expected less than {BOX} pixels, the longer side of the ink.")
    if scale:
        strokes = fit_box(strokes, pen_width)
    elif (farthest := max(np.abs(stroke).max() for stroke in strokes)) > FARTHEST_PIXEL:
        raise ValueError(
            f"strokes reach {farthest:.3g} pixels; expected {FARTHEST_PIXEL:g} at most, or any number with scale=True."
        )
    image = rasterise(strokes, pen_width)
    if not image.any():
        raise ValueError(f"strokes leave no ink within the {FIELD} x {FIELD} pixels; with scale=True they would.")
    if centre:
        # The strokes are moved, not the image: nothing is blurred and no ink is lost.
        strokes = shift(strokes, (FIELD - 1) / 2 - centre_of_mass(image))
        image = rasterise(strokes, pen_width)
    return image if smooth else np.round(image)


def recognise(strokes, network=None):
    """Read a drawn digit.

    Parameters
    ----------
    strokes : list of ndarray (k, 2)
        The points of each stroke as x, y; y grows down; any unit, size and position.
    network : Network or None
        None means the network that ships with the project.

    Returns
    -------
    digit : int
        The output with the highest score.
    scores : ndarray (10,)
        Each output's activation in [0, 1]. They need not add up to 1.

    Raises
    ------
    ValueError, TypeError
        If there is no ink, the points are not finite numbers in pairs, or `network` is not a Network.
    """
    network = check_network(network)
    scores = network.predict_scores(strokes_to_image(strokes).reshape(1, -1))[0]
    return int(np.argmax(scores)), scores


def check_strokes(strokes):
    """Return the strokes as a list of float arrays (k, 2), without those that are empty.

    Raises
    ------
    ValueError, TypeError
        As for `strokes_to_image`.
    """
    try:
        strokes = list(strokes)
    except TypeError:
        raise TypeError(f"strokes is a {type(strokes).__name__}; expected a list of arrays (k, 2).") from None
    result = []
    for i, stroke in enumerate(strokes):
        points = checks.dense(stroke, f"strokes[{i}]").astype(np.float64)
        if points.size == 0:
            continue
        if points.ndim != 2 or points.shape[1] != 2:
            raise ValueError(f"strokes[{i}] has shape {points.shape}; expected (k, 2): x and y of each point.")
        result.append(checks.finite(points, f"strokes[{i}]"))
        if np.abs(points).max() > FARTHEST:
            raise ValueError(
                f"strokes[{i}] reaches {np.abs(points).max():.3g}; expected coordinates up to {FARTHEST:g}."
            )
    if sum(map(len, result)) > MOST_POINTS:
        raise ValueError(f"strokes holds {sum(map(len, result)):,} points; expected {MOST_POINTS:,} at most.")
    if not result:
        raise ValueError("strokes holds no points: there is no ink. Draw something first.")
    return result


def check_drawing(strokes, name):
    """Return strokes as `check_strokes` does; an error also says which of several drawings it is about."""
    try:
        return check_strokes(strokes)
    except (ValueError, TypeError) as error:
        raise type(error)(f"{name}: {error}") from None


def fit_box(strokes, pen_width=PEN_WIDTH):
    """Scale strokes until the longer side of their ink is 20 pixels, and put the ink's box in the middle.

    The aspect ratio is kept. A single point stays a point.
    """
    return fit(strokes, BOX - pen_width, (FIELD - 1) / 2)


def fit(strokes, length, middle):
    """Scale strokes until the longer side of the box around their points is `length`, with its middle at `middle`."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    longest = (high - low).max()
    factor = length / longest if longest > 0 else 1.0
    middle_before = low + (high - low) / 2
    return [(stroke - middle_before) * factor + middle for stroke in strokes]


def shift(strokes, offset):
    """Return the strokes, moved by offset (x, y)."""
    return [stroke + offset for stroke in strokes]


def vary(strokes, rng):
    """Return a drawing as the same hand might have drawn it another time.

    Parameters
    ----------
    strokes : list of ndarray (k, 2)
        A drawing.
    rng : numpy.random.Generator
        Decides how it varies.

    Returns
    -------
    list of ndarray (k, 2)
        The drawing in units of its longer side, around the middle of its points.
    """
    points = np.concatenate(strokes)
    size = np.ptp(points, axis=0).max()
    points = (points - points.mean(axis=0)) / (size if size > 0 else 1.0)
    matrix, bend = variation(rng)
    return np.split(bend(points @ matrix), np.cumsum([len(stroke) for stroke in strokes])[:-1])


def variation(rng):
    """Return how a digit varies: a matrix (2, 2) for points (n, 2) around 0, of size 1, and a function to bend them."""
    wider, slant, turn = np.exp(rng.normal(0, 0.2)), rng.normal(0, 0.2), rng.normal(0, 0.15)
    frequency, phase = rng.uniform(2, 5, size=2), rng.uniform(0, 2 * np.pi, size=2)

    def bend(points):
        return points + 0.04 * np.sin(points[:, ::-1] * frequency + phase)  # x bends with y, and y with x

    return np.array([[wider, turn], [slant, 1.0]]), bend


def centre_of_mass(image):
    """Return the position (x, y) of an image's centre of mass, in pixels; (0, 0) is the middle of the first pixel."""
    rows, columns = np.indices(image.shape)
    return np.array([np.sum(columns * image), np.sum(rows * image)]) / image.sum()


def rasterise(strokes, pen_width=PEN_WIDTH):
    """Ink each pixel by its distance to the nearest stroke: full within the pen, with a grey edge of one pixel.

    Parameters
    ----------
    strokes : list of ndarray (k, 2)
        The strokes, in pixels of the image.
    pen_width : float
        Width of the pen, in pixels. Its ends are round.

    Returns
    -------
    ndarray (28, 28) of float64
        Ink from 0 to 1. What lies outside the field is cut off.
    """
    image = np.zeros((FIELD, FIELD))
    starts, ends = _pieces(strokes, margin=pen_width / 2 + 1)
    for first in range(0, len(starts), PIECES_AT_ONCE):
        some = slice(first, first + PIECES_AT_ONCE)
        _ink(image, starts[some], ends[some], pen_width)
    return image


def _ink(image, starts, ends, pen_width):
    """Ink the pixels of an image that are close to straight pieces."""
    # No ink is farther from a piece's middle than this, and the pixel at its middle is up to 0.5 away from it.
    reach = int(pen_width / 2 + 0.5 + LONGEST_PIECE / 2 + 0.5)
    offsets = np.arange(-reach, reach + 1)
    window = np.stack(np.meshgrid(offsets, offsets), axis=-1).reshape(-1, 2)
    pixels = np.round((starts + ends) / 2)[:, np.newaxis] + window  # (n_pieces, n_window, 2)

    along = ends - starts
    from_start = pixels - starts[:, np.newaxis]
    squares = np.sum(along**2, axis=1)[:, np.newaxis]
    share = np.einsum("pwi,pi->pw", from_start, along) / np.where(squares > 0, squares, 1)
    nearest = np.clip(share, 0, 1)[..., np.newaxis] * along[:, np.newaxis]
    distance = np.sqrt(np.sum((from_start - nearest) ** 2, axis=-1))
    ink = np.clip(pen_width / 2 + 0.5 - distance, 0, 1)

    inside = np.all((pixels >= 0) & (pixels < FIELD), axis=-1) & (ink > 0)
    x, y = pixels[inside].astype(int).T
    np.maximum.at(image, (y, x), ink[inside])


def _pieces(strokes, margin):
    """Return the starts and the ends (n, 2) of straight pieces, none longer than `LONGEST_PIECE`.

    What lies farther than `margin` outside the field is left out.
    """
    starts = np.concatenate([stroke[:-1] if len(stroke) > 1 else stroke for stroke in strokes])
    ends = np.concatenate([stroke[1:] if len(stroke) > 1 else stroke for stroke in strokes])
    starts, ends = _clip(starts, ends, -margin, FIELD - 1 + margin)
    counts = np.maximum(1, np.ceil(np.linalg.norm(ends - starts, axis=1) / LONGEST_PIECE)).astype(int)
    which = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    step = ((ends - starts) / counts[:, np.newaxis])[which]
    cut = starts[which] + step * number[:, np.newaxis]
    return cut, cut + step


def _clip(starts, ends, low, high):
    """Return the parts of segments that lie between `low` and `high` in x and y (Liang and Barsky 1984)."""
    along = ends - starts
    with np.errstate(divide="ignore", invalid="ignore"):
        # Where on its way, from 0 to 1, a segment meets the lines; one parallel to them meets them never.
        meets = np.stack([(low - starts) / along, (high - starts) / along])
    within = (starts >= low) & (starts <= high)
    enters = np.where(along != 0, meets.min(axis=0), np.where(within, 0, np.inf))
    leaves = np.where(along != 0, meets.max(axis=0), np.where(within, 1, -np.inf))
    enters, leaves = np.maximum(enters.max(axis=1), 0), np.minimum(leaves.min(axis=1), 1)
    inside = enters <= leaves
    starts, ends, along = starts[inside], ends[inside], along[inside]
    enters, leaves = enters[inside, np.newaxis], leaves[inside, np.newaxis]
    # A segment that lies inside keeps its ends to the last bit.
    return np.where(enters > 0, starts + enters * along, starts), np.where(leaves < 1, starts + leaves * along, ends)
