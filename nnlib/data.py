"""The 70,000 MNIST digits, read from the file that ships with the project."""

import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import checks, matfile

HERE = Path(__file__).resolve().parent
# An installed package carries the project's folder data/ as nnlib/shipped/ (pyproject.toml maps one to the other).
DATA_FOLDER = HERE / "shipped" if (HERE / "shipped").is_dir() else HERE.parent / "data"
MNIST_PATH = DATA_FOLDER / "mnist-original.mat"
N_TRAIN, N_TEST, N_PIXELS = 60_000, 10_000, 784
# How often each digit occurs, and the sum of the images' checksums. Neither changes with the order of the
# images; the second changes if a pixel, a label or the split differs.
CLASS_COUNTS = {
    "training": (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    "test": (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
}
FINGERPRINTS = {"training": 0x757AEF555CBE, "test": 0x1379A4C9BC6B}


class Mnist(NamedTuple):
    """The MNIST database: images as rows of 784 pixel values in [0, 1], labels as integers 0 … 9."""

    X_train: np.ndarray  # (60000, 784)
    y_train: np.ndarray  # (60000,)
    X_test: np.ndarray  # (10000, 784)
    y_test: np.ndarray  # (10000,)


def load_mnist(path=None, *, dtype=np.float32):
    """Load the MNIST digits: 60,000 for training, 10,000 for testing.

    Both parts keep the order of the file, in which the digits are sorted (lesson 01 springs that trap).

    Parameters
    ----------
    path : str, path-like or None
        A ``mnist-original.mat`` with `data` (784, 70000) and `label` (1, 70000); in any order within
        the two parts, of any numeric type. None means the file that ships with the project.
    dtype : numpy.float32 or numpy.float64
        Type of the images. float32 takes 220 MB, float64 twice that.

    Returns
    -------
    Mnist
        A named tuple ``X_train (60000, 784), y_train (60000,), X_test (10000, 784), y_test (10000,)``,
        pixel values divided by 255.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or is not the MNIST database.
    """
    dtype = np.dtype(dtype)
    if dtype not in checks.FLOATS:
        raise TypeError(f"dtype is {dtype}; expected numpy.float32 or numpy.float64.")
    path = MNIST_PATH if path is None else checks.path(path)
    parts = []
    for X, y in _parts(path):
        parts += [_scaled(X, dtype), y.astype(np.int64)]
    return Mnist(*parts)


def some_training_digits(rows):
    """Return these rows of the shipped training digits, as `load_mnist` does; the others never become floats."""
    (X, y), _ = _parts(MNIST_PATH)
    return _scaled(X[rows], np.float32), y[rows].astype(np.int64)


def _parts(path):
    """Return the images, as bytes, and the labels of the two parts, checked."""
    pixels, labels = _read_mat(path)
    parts = []
    for part, rows in (("training", slice(0, N_TRAIN)), ("test", slice(N_TRAIN, None))):
        _check_part(path, part, pixels[rows], labels[rows])
        parts.append((pixels[rows], labels[rows]))
    return parts


def _scaled(X, dtype):
    X = X.astype(dtype)
    X /= 255
    return X


def _read_mat(path):
    """Return the images (70000, 784), as stored, and the labels (70000,) of a MAT-file."""
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"There is no file {path}. It is part of the project: restore it (git checkout data), or make it "
            "with data/build_mnist.py."
        )
    expected = {"data": (N_PIXELS, N_TRAIN + N_TEST), "label": (1, N_TRAIN + N_TEST)}
    found, variables = {}, {}
    try:
        with open(path, "rb") as file:
            for name, shape, read in matfile.variables(file):
                if name in expected:
                    found[name] = shape
                    if shape == expected[name]:
                        variables[name] = read()
    except (ValueError, EOFError, OSError, zlib.error) as error:
        size = f"{path.stat().st_size:,} bytes" if path.is_file() else "a folder"
        raise _not_mnist(path, f"it cannot be read as a MAT-file ({size}; {error})", "a complete file") from None
    if found != expected:
        hint = " (data and label are swapped)" if found.get("data") == expected["label"] else ""
        raise _not_mnist(path, f"it holds {found or 'neither data nor label'}{hint}", f"the variables {expected}")
    pixels = _as_bytes(path, "data", variables["data"], "pixel values: whole numbers from 0 to 255")
    labels = _as_bytes(path, "label", variables["label"], "digits: whole numbers from 0 to 9")
    return pixels.T, labels[0]


def _as_bytes(path, name, array, expected):
    """Return the array as uint8, which can hold every pixel value and every digit."""
    if array.dtype == np.uint8:
        return array
    with np.errstate(invalid="ignore"):  # NaN becomes some byte, and equals none
        as_bytes = array.astype(np.uint8)
    if (as_bytes == array).all():
        return as_bytes
    raise _not_mnist(path, f"its {name} holds other values (from {array.min():g} to {array.max():g})", expected)


def _check_part(path, part, X, y):
    """Raise ValueError unless the unscaled images X and labels y are those of MNIST, in any order."""
    counts = {digit: n for digit, n in enumerate(np.bincount(y).tolist()) if n}
    expected = dict(enumerate(CLASS_COUNTS[part]))
    if counts != expected:
        other = "test" if part == "training" else "training"
        swapped = part == "training" and tuple(np.bincount(y[:N_TEST], minlength=10)) == CLASS_COUNTS["test"]
        hint = f" (the two parts are swapped: {other} first)" if swapped else ""
        raise _not_mnist(path, f"its {part} part holds these digits: {counts}{hint}", f"{expected}")
    if fingerprint(X, y) != FINGERPRINTS[part]:
        raise _not_mnist(
            path,
            f"pixels or labels of its {part} part differ (values from {X.min():g} to {X.max():g})",
            "the images of the MNIST database, pixel values from 0 to 255, each with its own label",
        )


def fingerprint(X, y):
    """Return the sum of the CRC-32s of each image (as bytes) and its label: the same for any order of the rows."""
    return sum(zlib.crc32(x, digit) for x, digit in zip(np.ascontiguousarray(X), y.tolist(), strict=True))


def _not_mnist(path, found, expected):
    return ValueError(
        f"{path} is not the MNIST database: {found}; expected {expected}. Use the file that ships with the "
        "project (path=None; if this is that file, git checkout data), or make it with data/build_mnist.py."
    )
