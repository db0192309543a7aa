"""Exercise 01: load and look."""

import numpy as np

from ...metrics import accuracy
from ..exercise import Exercise

exercise = Exercise({"to_rows": 2, "random_sample": 2, "mean_digits": 2, "nearest_mean": 3, "accuracy": 1})


@exercise.task(
    examples=[(np.array([[0, 51, 255], [255, 0, 102]], dtype=np.uint8),)],
    draw=lambda rng: (rng.integers(256, size=(6, int(rng.integers(3, 9))), dtype=np.uint8),),
    hints=[
        "Each image is a column, and you want it as a row. Which of `.T` and `.reshape` swaps the axes?",
        "`uint8` holds whole numbers only. Turn the array into `np.float32` with `.astype` before you divide.",
        "Transpose, then `.astype(np.float32)`, then divide by the largest value a pixel can have, 255.",
    ],
    mistakes={
        "`reshape` keeps the numbers in their order and cuts them into other rows: each row holds pieces of many "
        "images. Swap the axes with `.T`.": lambda pixels: pixels.reshape(pixels.shape[::-1]).astype(np.float32) / 255,
        "The pixels still go from 0 to 255. Divide them, so that they go to 1.": lambda pixels: pixels.T,
        "The largest pixel value is 255, not 256: full ink must become 1.": lambda pixels: pixels.T / 256,
        "It divides by the largest pixel of these images. Divide by 255, the largest that a pixel can be, "
        "or a faint image becomes as bright as any.": lambda pixels: pixels.T / pixels.max(),
        "`//` rounds down to whole numbers, and nearly all pixels become 0. Use `/`.": lambda pixels: pixels.T // 255,
        "The images are still columns. You want one image in each row: `.T`.": lambda pixels: pixels / 255,
    },
)
def to_rows(pixels):
    return pixels.T.astype(np.float32) / 255


def _images(rng, n=40, size=12):
    y = np.concatenate([np.arange(10), rng.integers(10, size=n - 10)])  # each digit, but not equally often
    return rng.random((n, size)), rng.permutation(y)


MANY = 100  # rows: from where on it can be seen that they were drawn at random


def _sorted_file(rng):
    """Return a file sorted by digit, and how many of its images to draw: so many that some are from every part."""
    X, y = _images(rng, 400, 4)
    return X, np.sort(y), int(rng.integers(150, 200)), np.random.default_rng(int(rng.integers(100, 1000)))


def _rows(result, X):
    """Return which rows of the file were drawn, in order."""
    row_of = {row.tobytes(): i for i, row in enumerate(X)}
    return np.sort([row_of[np.ascontiguousarray(row).tobytes()] for row in result[0]])


def _in_pairs(result, X, y, n, rng):
    """Return whether each row of the sample still has its own label."""
    label_of = {row.tobytes(): label for row, label in zip(X, y, strict=True)}
    return all(label_of[np.ascontiguousarray(row).tobytes()] == label for row, label in zip(*result, strict=True))


def _not_one_block(result, X, y, n, rng):
    """Return whether the rows come from more than one place of the file; its end and its beginning are neighbours."""
    rows = _rows(result, X)
    return len(X) < MANY or np.sum(np.diff(rows, append=rows[0] + len(X)) > 1) > 1


def _not_evenly_spaced(result, X, y, n, rng):
    return len(X) < MANY or len(np.unique(np.diff(_rows(result, X)))) > 1


def _from_everywhere(result, X, y, n, rng):
    """Return whether each tenth of the file has some rows in the sample: chance misses one in a billion times."""
    return len(X) < MANY or len(np.unique(_rows(result, X) * 10 // len(X))) == 10


@exercise.task(
    examples=[
        _sorted_file(np.random.default_rng(1)),
        (np.arange(24.0).reshape(12, 2), np.arange(12) // 2, 12, np.random.default_rng(0)),  # all of them
    ],
    draw=_sorted_file,
    random=True,
    parts=("the first result", "the second result"),
    hints=[
        "Draw the *row numbers* at random, once. Then take the same rows from `X` and from `y`.",
        "`rng.permutation(len(X))` gives all row numbers in random order. You need the first `n` of them.",
        "`rows = rng.permutation(len(X))[:n]`, and return `X[rows]` and `y[rows]`.",
    ],
    must_hold={
        "It must return a pair: the images and their labels, `return X[…], y[…]`.": lambda result, X, y, n, rng: (
            isinstance(result, (tuple, list)) and len(result) == 2
        ),
        "The shapes must be `(n, X.shape[1])` and `(n,)`: "
        "n images, one in each row, and n labels.": lambda result, X, y, n, rng: (
            result[0].shape == (n, X.shape[1]) and result[1].shape == (n,)
        ),
        "Images and labels no longer belong together: they were drawn separately. "
        "Draw the row numbers once, and use them for both.": _in_pairs,
        "Some images are in the sample twice. `rng.integers` and `rng.choice` draw with replacement; "
        "`rng.permutation` does not.": lambda result, X, y, n, rng: len(np.unique(result[0], axis=0)) == n,
        "These are neighbouring rows, from one place of the file. It is sorted by digit, so they are all of the same "
        "few digits. Draw the row numbers from all of them.": _not_one_block,
        "The rows are evenly spaced. Where one starts, all the others follow: that is not random.": _not_evenly_spaced,
        "Some part of the file has no row in the sample. It is sorted by digit: "
        "draw from all rows, `rng.permutation(len(X))`.": _from_everywhere,
    },
    looks_like={
        "These are the first n rows. The file is sorted by digit, "
        "so they are all of the same few digits.": lambda result, X, y, n, rng: np.array_equal(result[0], X[:n]),
        "These are the first n rows, in a different order. The file is sorted by digit, so they are all of the same "
        "few digits: shuffle the numbers of *all* rows, then take n.": lambda result, X, y, n, rng: np.array_equal(
            _rows(result, X), np.arange(n)
        ),
    },
)
def random_sample(X, y, n, rng):
    rows = rng.permutation(len(X))[:n]
    return X[rows], y[rows]


@exercise.task(
    examples=[
        (np.arange(40.0).reshape(20, 2) / 40, np.repeat(np.arange(10), 2)),
        (np.array([[0.0, 1.0], [0.5, 0.0], [1.0, 1.0], [0.0, 0.5]]), np.array([7, 1, 7, 3])),
    ],
    draw=_images,
    hints=[
        "`X[y == 3]` are the images of all threes.",
        "The mean over the *images* of a digit is `.mean(axis=0)`: one number for each pixel.",
        "Put the ten means in a list, `[X[y == digit].mean(axis=0) for digit in range(10)]`, and make it an array.",
    ],
    mistakes={
        "These are sums, not means: divide by the number of images, or use `.mean`.": lambda X, y: np.array(
            [X[y == d].sum(axis=0) for d in range(10)]
        ),
        "It is one number for each digit: averaged over the pixels, too. Say `axis=0`.": lambda X, y: np.array(
            [X[y == d].mean() for d in range(10)]
        ),
        "All pixels of a mean are the same: averaged over the pixels, too. Say `axis=0`.": lambda X, y: np.array(
            [np.full(X.shape[1], X[y == d].mean()) for d in range(10)]
        ),
        "It is one number for each *image*: averaged over its pixels. Say `axis=0`, over the images.": lambda X, y: [
            X[y == d].mean(axis=1) for d in range(10)
        ],
        "Each sum is divided by the number of all images. Divide it by the "
        "number of images of that digit.": lambda X, y: np.array([X[y == d].sum(axis=0) for d in range(10)]) / len(X),
        "Each sum is divided by a tenth of all images, but the digits do not come equally often.": lambda X, y: (
            np.array([X[y == d].sum(axis=0) for d in range(10)]) / (len(X) / 10)
        ),
        "This is the first image of each digit, not the mean of all of them.": [
            lambda X, y: np.array([X[y == d][0] for d in range(10)]),
            lambda X, y: np.array([X[list(y).index(d)] for d in range(10)]),
        ],
        "It has a row only for the digits that occur. It must have ten, `for digit in range(10)`, or row 7 is not "
        "that of the 7.": [
            lambda X, y: np.array([X[y == d].mean(axis=0) for d in np.unique(y)]),
            lambda X, y: [X[y == d].mean(axis=0) for d in np.unique(y)],
        ],
        "It ends at the largest digit that occurs. It must have ten rows, `for digit in range(10)`.": lambda X, y: (
            np.array([X[y == d].mean(axis=0) for d in range(y.max() + 1)])
        ),
    },
)
def mean_digits(X, y):
    return np.array([X[y == digit].mean(axis=0) for digit in range(10)])  # NaN, any number, where one does not occur


def _clear_cases(rng):
    """Return images and means, and no image that is about as near to two of them: rounding must not decide."""
    k = int(rng.integers(3, 12))
    X, means = rng.random((30, 12)), rng.random((k, 12)) * rng.uniform(0.5, 1.5, size=(k, 1))
    distances = np.sort(np.sum((X[:, np.newaxis] - means) ** 2, axis=2), axis=1)
    return X[distances[:, 1] - distances[:, 0] > 1e-3], means


@exercise.task(
    examples=[(np.array([[0.2, 0.1], [0.9, 0.8], [4.0, 9.0]]), np.array([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]]))],
    draw=_clear_cases,
    large=lambda rng: (rng.random((2000, 784)), rng.random((10, 784))),
    hints=[
        "The squared distance of one image `x` to all means is `np.sum((means - x) ** 2, axis=1)`.",
        "For all images at once, use |x − μ|² = |x|² − 2 x·μ + |μ|². The first term is the same for all means.",
        "`-2 * X @ means.T` is (m, 10). Add the ten `np.sum(means**2, axis=1)`, and take `argmin` along `axis=1`.",
    ],
    mistakes={
        "It picks the farthest mean: `argmax` in place of `argmin`.": lambda X, means: np.argmax(
            np.sum(means**2, axis=1) - 2 * X @ means.T, axis=1
        ),
        "The largest product x·μ is not the smallest distance: "
        "|μ|² is missing, and bright means win.": lambda X, means: np.argmax(X @ means.T, axis=1),
        "The 2 is missing: |x − μ|² = |x|² − 2 x·μ + |μ|².": lambda X, means: np.argmin(
            np.sum(means**2, axis=1) - X @ means.T, axis=1
        ),
        "It looks for the nearest *image* of each mean: the axis is wrong. You want one answer for each image.": [
            lambda X, means: np.argmin(np.sum(means**2, axis=1) - 2 * X @ means.T, axis=0),
            lambda X, means: np.argmin(np.sum((X[:, np.newaxis] - means) ** 2, axis=2), axis=0),
        ],
        "The differences are added up before they are squared, so that plus and minus cancel.": lambda X, means: (
            np.argmin(np.abs(np.sum(X[:, np.newaxis] - means, axis=2)), axis=1)
        ),
        "The differences are not squared, so that minus counts as near. Square them, then add up.": [
            lambda X, means: np.argmin(X.sum(axis=1, keepdims=True) - means.sum(axis=1), axis=1),
            lambda X, means: np.argmin(means.sum(axis=1) - X.sum(axis=1, keepdims=True), axis=1),
        ],
        "It adds up the absolute differences. The distance is made of squares, |x − μ|².": lambda X, means: np.argmin(
            np.sum(np.abs(X[:, np.newaxis] - means), axis=2), axis=1
        ),
        "This is the smallest distance. Return *which* mean has it: `argmin`.": lambda X, means: np.min(
            np.sum((X[:, np.newaxis] - means) ** 2, axis=2), axis=1
        ),
    },
)
def nearest_mean(X, means):
    return np.argmin(np.sum(means**2, axis=1) - X @ (2 * means).T, axis=1)  # doubling X would copy all images


def _labels(rng):
    y = rng.integers(10, size=rng.choice([23, 29, 31, 37, 43, 47, 53, 59]))  # primes: no share of them is round
    return y, np.where(rng.random(len(y)) < 0.7, y, rng.integers(10, size=len(y)))


exercise.add(
    accuracy,
    examples=[(np.array([3, 1, 4, 1]), np.array([3, 1, 4, 2]))],
    draw=_labels,
    hints=[
        "`y_true == y_pred` is True where the answer is right.",
        "True counts as 1 and False as 0. What is the mean of such an array?",
        "`np.mean(y_true == y_pred)`.",
    ],
    mistakes={
        "This is the *number* of right answers. "
        "The accuracy is their share: divide by how many there are.": lambda y_true, y_pred: np.sum(y_true == y_pred),
        "This is in percent. Give the share, between 0 and 1.": lambda y_true, y_pred: 100 * np.mean(y_true == y_pred),
        "`//` rounds down to whole numbers: the share becomes 0, unless all are right. "
        "Use `/`.": lambda y_true, y_pred: np.sum(y_true == y_pred) // len(y_true),
        "This is the share of wrong answers, the error rate. "
        "The accuracy is the share of right ones.": lambda y_true, y_pred: np.mean(y_true != y_pred),
        "This says for each example whether it is right. "
        "Return one number, the share of right ones.": lambda y_true, y_pred: y_true == y_pred,
    },
)


exercise.question(
    "01-bytes",
    "What is 200 + 100, in arrays of type uint8?",
    ["300", "255", "44"],
    right=2,
    wrong=[
        "That is more than one byte can hold. What is the largest number it can?",
        "It does not stop at the largest number. Think of a clock: what comes after the end?",
    ],
    why="A byte ends at 255 and starts again from 0: 300 − 256 = 44.",
)

exercise.question(
    "01-worst",
    "Which digit does the nearest mean read worst?",
    ["1", "5", "7"],
    right=1,
    wrong=[
        "A 1 is a stroke. Slanted or not, most of its ink is near the mean's.",
        "A 7 has few forms. Which of the three digits looks most different from hand to hand?",
    ],
    why="People write the 5 in very different ways: its mean is blurred, and fits few of them well.",
)

exercise.question(
    "01-first",
    "What share of the test digits is right, with means from the first 10,000 images?",
    ["about 80 %", "about 50 %", "about 20 %"],
    right=2,
    wrong=[
        "That is with all 60,000. The file is sorted: which digits are in its first 10,000 rows?",
        "Half would need five of the ten digits. There are about 6,000 images of each: how far do 10,000 reach?",
    ],
    why="The first 10,000 are zeros and ones only. Of the test digits, 21 % are such; all others must be wrong.",
)
