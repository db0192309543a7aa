"""Pages of handwriting, made: MNIST's test digits inked onto paper, photographed by arithmetic, with the truth known.

`make_page(condition, seed)` gives the same page each time. What is wrong with a page is in `CONDITIONS`.
"""

import io
import string
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

BLACK, BLUE, RED, GRAPHITE = (0.12, 0.11, 0.13), (0.13, 0.2, 0.6), (0.75, 0.12, 0.15), (0.3, 0.3, 0.32)
WHITE_PAPER, GREY_PAPER, DARK_PAPER = (0.95, 0.94, 0.92), (0.66, 0.64, 0.6), (0.14, 0.16, 0.15)
LINE_COLOUR = (0.55, 0.65, 0.8)
AROUND = (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1)  # a pixel's neighbours, in order
PLAIN = {
    "size": (720, 960),  # rows and columns
    "height": (50, 80),  # of digits, in pixels
    "paper": WHITE_PAPER,
    "colour": BLACK,
    "strength": (0.8, 0.95),  # how much of the paper's light full ink takes away
    "stroke": (0.5, 1.0),  # of the width in MNIST
    "noise": 0.01,
    "texture": 0.015,
    "light": 0.1,
    "turn": 2.0,  # degrees, at most
    "slope": 0.0,  # of rows
    "blur": 0.6,
    "quality": 90,
}
CONDITIONS = {
    "plain": {},
    "grey paper, coarse": {"paper": GREY_PAPER, "texture": 0.06, "noise": 0.02},
    "uneven light": {"light": 0.6},
    "a shadow, hard or soft": {"shadow": True},
    "creases": {"creases": 3},
    "pencil, thin and pale": {"colour": GRAPHITE, "strength": (0.35, 0.6), "stroke": (0.25, 0.4), "grain": 0.5},
    "ballpoint, thin": {"stroke": (0.25, 0.4)},
    "marker, thick": {"stroke": (1.3, 1.7), "strength": (0.9, 1.0)},
    "blue ink": {"colour": BLUE, "stroke": (0.3, 0.7)},
    "red ink": {"colour": RED, "stroke": (0.3, 0.7)},
    "white ink on dark paper": {"paper": DARK_PAPER, "colour": (0.9, 0.9, 0.85)},
    "squared paper": {"lines": "squared"},
    "squared paper, pencil": {"lines": "squared", "colour": GRAPHITE, "strength": (0.6, 0.8), "stroke": (0.4, 0.7)},
    "ruled paper": {"lines": "ruled"},
    "shines through": {"back": 0.2},
    "JPEG at quality 20": {"quality": 20},
    "out of focus": {"blur": 2.2},
    "dark and noisy": {"noise": 0.06, "light": 0.3, "exposure": 0.5},
    "turned by up to 10 degrees": {"turn": 10.0},
    "rows that slope": {"slope": 0.12},
    "at the edge of the picture": {"edge": True},
    "broken strokes": {"broken": 2},
    "a 5 with its bar apart": {"only": 5, "slit": True},
    "small digits, a full page": {"height": (26, 34), "size": (960, 1280)},
    "one digit, 28 x 28": {"tiny": True},
    "one digit, close": {"height": (300, 400), "size": (600, 540), "count": 1},
    "all at once": {
        "light": 0.4,
        "shadow": True,
        "lines": "squared",
        "colour": BLUE,
        "turn": 6.0,
        "blur": 1.0,
        "noise": 0.02,
        "quality": 60,
    },
}
NO_DIGITS = {
    "an empty page": {"count": 0, "texture": 0.04, "creases": 2, "shadow": True},
    "empty squared paper": {"count": 0, "lines": "squared", "turn": 6.0},
    "printed text": {"count": 0, "text": True},
    "no page: blobs and stripes": {"scene": True},
}


class MadePage(NamedTuple):
    """A picture (h, w, 3) of uint8, what stands there, row by row, and the middle and height of each digit."""

    picture: np.ndarray
    rows: list
    middles: np.ndarray
    heights: np.ndarray


def make_page(condition, seed, mnist, **changes):
    """Return the `MadePage` of a condition; `changes` are made to it."""
    options = PLAIN | (CONDITIONS | NO_DIGITS)[condition] | changes
    rng = np.random.default_rng([seed, *condition.encode()])
    if options.get("scene"):
        return MadePage(scene(rng, options["size"]), [], np.zeros((0, 2)), np.zeros(0))
    if options.get("tiny"):
        return tiny_page(rng, mnist)
    ink, rows, middles, heights = write(rng, options, mnist)
    if options.get("text"):
        ink = np.maximum(ink, printed(rng, options["size"]))
    return photograph(rng, options, ink, rows, middles, heights)


def write(rng, options, mnist):
    """Return the ink (h, w) of rows of digits, from 0 to 1, with what stands where."""
    ink = np.zeros(options["size"])
    height = rng.uniform(*options["height"])
    stroke = rng.uniform(*options["stroke"])
    margin = 0.35 * height if options.get("edge") else 0.12 * min(ink.shape) if options.get("count") != 1 else 20
    rows, middles, heights = [], [], []
    slope = rng.uniform(-1, 1) * options["slope"]
    y = margin + (abs(slope) * ink.shape[1] / 2 if slope else 0)
    count = options.get("count", 10**6)
    while y + 1.2 * height < ink.shape[0] - margin and sum(map(len, rows)) < count:
        x, row = margin + rng.uniform(0, 1) * height * (count > 1), ""
        n = rng.integers(3, 9)
        while len(row) < n and sum(map(len, rows)) + len(row) < count:
            digit, shape = one_digit(rng, height * rng.uniform(0.87, 1.15), stroke, options, mnist)
            top = round(y + rng.uniform(-0.06, 0.06) * height + slope * (x - ink.shape[1] / 2))
            left, bottom, right = round(x), top + shape.shape[0], round(x) + shape.shape[1]
            if right > ink.shape[1] - margin or top < 0 or bottom > ink.shape[0]:
                break
            ink[top:bottom, left:right] = np.maximum(ink[top:bottom, left:right], shape)
            row += str(digit)
            middles.append(((left + right) / 2, (top + bottom) / 2))
            heights.append(bottom - top)
            x = right + rng.uniform(0.25, 0.9) * height
        if row:
            rows.append(row)
        y += height * rng.uniform(1.6, 2.2)
    return ink, rows, np.array(middles).reshape(-1, 2), np.array(heights)


def one_digit(rng, height, stroke, options, mnist):
    """Return a digit and its ink (h, w), cut to its box, with strokes `stroke` times as wide as they are in MNIST."""
    choice = np.arange(len(mnist.y_test)) if "only" not in options else np.flatnonzero(mnist.y_test == options["only"])
    i = rng.choice(choice)
    image = mnist.X_test[i].reshape(28, 28)
    fine = ndimage.zoom(image, max(height / 20, 2), order=3)
    inside = fine > 0.5
    pixel = fine.shape[0] / 28
    if stroke < 1:
        inside = ndimage.distance_transform_edt(~middle_line(inside)) <= stroke * 1.2 * pixel
    elif stroke > 1:
        inside = ndimage.distance_transform_edt(~inside) < (stroke - 1) * 1.3 * pixel
    if options.get("slit"):
        slit_of_5(inside)
    for _ in range(options.get("broken", 0)):
        y, x = rng.choice(np.argwhere(inside))
        rows, columns = np.indices(inside.shape)
        inside &= (rows - y) ** 2 + (columns - x) ** 2 > (0.75 * stroke * 2.5 * pixel) ** 2
    ys, xs = np.nonzero(inside)
    inside = inside[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    return int(mnist.y_test[i]), ndimage.zoom(inside.astype(float), height / inside.shape[0], order=1).clip(0, 1)


def middle_line(shape):
    """Return the middle line of a shape (h, w) of bool, one pixel wide (Zhang and Suen 1984)."""
    shape = np.pad(shape, 1).astype(np.uint8)
    changed = True
    while changed:
        changed = False
        for first in (True, False):
            around = [
                np.roll(shape, move, (0, 1))
                for move in ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
            ]
            north, _, east, _, south, _, west, _ = around
            count = sum(around)
            turns = sum((a == 0) & (b == 1) for a, b in zip(around, around[1:] + around[:1], strict=True))
            if first:
                corner = (north * east * south == 0) & (east * south * west == 0)
            else:
                corner = (north * east * west == 0) & (north * south * west == 0)
            drop = (shape == 1) & (count >= 2) & (count <= 6) & (turns == 1) & corner
            changed |= bool(drop.any())
            shape[drop] = 0
    return shape[1:-1, 1:-1].astype(bool)


def slit_of_5(inside):
    """Cut a 5 below its bar, where the ink is least."""
    rows = np.flatnonzero(inside.any(axis=1))
    top, length = rows[0], len(rows)
    candidates = np.arange(top + round(0.15 * length), top + round(0.4 * length))
    cut = candidates[np.argmin(inside[candidates].sum(axis=1))]
    inside[cut : cut + max(2, round(0.06 * length))] = False


def printed(rng, size):
    """Return the ink of a page of printed words."""
    page = Image.new("L", size[::-1])
    draw = ImageDraw.Draw(page)
    points = int(rng.integers(22, 44))
    font = ImageFont.load_default(points)
    letters = list(string.ascii_lowercase * 4 + string.ascii_uppercase)
    for y in range(60, size[0] - 80, int(1.5 * points)):
        words = ["".join(rng.choice(letters, rng.integers(2, 9))) for _ in range(12)]
        draw.text((60, y), " ".join(words), fill=255, font=font)
    ink = np.asarray(page) / 255
    ink[:, -60:] = 0
    return ink


def photograph(rng, options, ink, rows, middles, heights):
    """Return the page of this ink, on its paper and in its light, as a camera would see it."""
    size = ink.shape
    reflect = np.ones((*size, 1)) * np.array(options["paper"])
    reflect *= 1 + options["texture"] * (smooth(rng, size, 1) + smooth(rng, size, 6))[..., np.newaxis]
    if "lines" in options:
        lines = ruling(rng, size, options["lines"])[..., np.newaxis]
        reflect = reflect * (1 - lines) + lines * np.array(LINE_COLOUR)
    if "back" in options:
        back = ndimage.gaussian_filter(printed(rng, size)[:, ::-1], 2)[..., np.newaxis]
        reflect = reflect * (1 - options["back"] * back)
    cover = ink * rng.uniform(*options["strength"])
    if "grain" in options:
        cover = cover * (1 - options["grain"] * (smooth(rng, size, 1) > 0.8))
    reflect = reflect * (1 - cover[..., np.newaxis]) + cover[..., np.newaxis] * np.array(options["colour"])

    turn = np.deg2rad(rng.uniform(-1, 1) * options["turn"])
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centre = (np.array(size) - 1) / 2
    if options["turn"]:
        offset = centre - matrix @ centre
        channels = [
            ndimage.affine_transform(c, matrix, offset, order=1, mode="nearest") for c in reflect.transpose(2, 0, 1)
        ]
        reflect = np.stack(channels, axis=-1)
        middles = (middles[:, ::-1] - centre) @ matrix  # the inverse of the turn, which is its transpose
        middles = (middles + centre)[:, ::-1]
        seen = np.all((middles > 0) & (middles < np.array(size)[::-1]), axis=1)
        assert seen.all()
    picture = reflect * light(rng, options, size)[..., np.newaxis] * options.get("exposure", 1.0)
    picture = ndimage.gaussian_filter(picture, (options["blur"], options["blur"], 0))
    picture = picture + options["noise"] * rng.normal(size=picture.shape)
    return MadePage(as_jpeg(picture, options["quality"]), rows, middles, heights)


def light(rng, options, size):
    """Return the light (h, w) on the page."""
    y, x = np.indices(size) / max(size)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.cos(angle) * x + np.sin(angle) * y
    ramp = (ramp - ramp.min()) / np.ptp(ramp)
    result = 1 - options["light"] * ramp
    if options.get("shadow"):
        angle = rng.uniform(0, 2 * np.pi)
        edge = np.cos(angle) * (x - rng.uniform(0.3, 0.7)) + np.sin(angle) * (y - rng.uniform(0.2, 0.5))
        edge = edge + 0.03 * np.sin(20 * x) * rng.uniform(0, 1)
        softness = np.exp(rng.uniform(np.log(0.003), np.log(0.08)))
        result *= 1 - rng.uniform(0.3, 0.6) / (1 + np.exp(-np.clip(edge / softness, -50, 50)))
    for _ in range(options.get("creases", 0)):
        angle, place = rng.uniform(0, np.pi), rng.uniform(0.2, 0.8)
        distance = np.cos(angle) * (x - place) + np.sin(angle) * (y - place * 0.7)
        result *= 1 + 0.12 * np.tanh(distance / 0.01) * np.exp(-np.abs(distance) / 0.05)
    return result


def ruling(rng, size, kind):
    """Return how much lines (h, w) cover the paper."""
    spacing, width = rng.uniform(26, 44), rng.uniform(1.0, 2.2)
    if kind == "ruled":
        spacing *= 2
    y, x = np.indices(size)

    def comb(place):
        distance = np.abs((place + spacing * rng.random()) % spacing - spacing / 2)
        return np.clip(width / 2 + 0.5 - distance, 0, 1)

    lines = comb(y) if kind == "ruled" else np.maximum(comb(y), comb(x))
    return rng.uniform(0.5, 0.9) * lines


def smooth(rng, size, sigma):
    """Return normal noise whose grains are about `sigma` pixels, of standard deviation 1."""
    noise = ndimage.gaussian_filter(rng.normal(size=size), sigma)
    return noise / noise.std()


def tiny_page(rng, mnist):
    """Return a picture of 28 x 28, black on white as from a paint program."""
    i = rng.integers(len(mnist.y_test))
    field = np.roll(mnist.X_test[i].reshape(28, 28), rng.integers(-2, 3, size=2), axis=(0, 1))
    picture = np.rint(255 * (1 - field)).astype(np.uint8)[..., np.newaxis].repeat(3, axis=2)
    return MadePage(picture, [str(mnist.y_test[i])], np.array([[14.0, 14.0]]), np.array([20]))


def scene(rng, size):
    """Return a photograph of no page: soft blobs, stripes and grain, as fur and wood have them."""
    base = 0.5 + 0.2 * smooth(rng, size, 60)
    y, x = np.indices(size)
    warp = 30 * smooth(rng, size, 40)
    stripes = np.sin((x * rng.uniform(-1, 1) + y + warp) / rng.uniform(6, 20)) * (smooth(rng, size, 50) > 0)
    picture = base + 0.15 * stripes + 0.05 * smooth(rng, size, 1.5) + 0.05 * smooth(rng, size, 5)
    colour = picture[..., np.newaxis] * rng.uniform(0.6, 1.0, size=3)
    return as_jpeg(colour, 85)


def as_jpeg(picture, quality):
    """Return a picture (h, w, 3) of floats from 0 to 1 as a JPEG of this quality shows it, in uint8."""
    buffer = io.BytesIO()
    Image.fromarray(np.rint(255 * picture.clip(0, 1)).astype(np.uint8)).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def longest_common(a, b):
    """Return how many characters of a string stand in another, in the same order."""
    row = [0] * (len(b) + 1)
    for x in a:
        last = 0
        for j, y in enumerate(b, start=1):
            last, row[j] = row[j], max(row[j], row[j - 1], last + (x == y))
    return row[-1]


def invented(page, read):
    """Return how many digits were read where none stands."""
    boxes = np.array([digit.box for row in read.rows for digit in row], float).reshape(-1, 4)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    taken, count = set(), 0
    for middle in middles:
        distances = np.linalg.norm(page.middles - middle, axis=1) / np.maximum(page.heights, 1)
        i = int(np.argmin(distances)) if len(distances) else -1
        if i < 0 or distances[i] > 0.6 or i in taken:
            count += 1
        taken.add(i)
    return count


def compare(page, read):
    """Return how many digits stand on a page, and of what was read how many are right, misread, missed, invented.

    Right is what stands at its place in the reading order; misread, what was found, and taken for another digit.
    """
    truth, text = "".join(page.rows), read.text.replace("\n", "").replace(" ", "")
    right, made_up = longest_common(truth, text), invented(page, read)
    found = len(text) - made_up
    return len(truth), right, found - right, len(truth) - found, made_up
