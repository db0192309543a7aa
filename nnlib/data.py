"""The 70,000 MNIST digits, read from the file that ships with the project."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import checks

DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"
MNIST_PATH = DATA_FOLDER / "mnist-original.mat"
N_TRAIN, N_TEST, N_PIXELS = 60_000, 10_000, 784
# How often each digit occurs, and the CRC-32 of the sums of all its images (10, 784). Neither changes with
# the order of the images; both change where a pixel, a label or the split is another.
CLASS_COUNTS = {
    "training": (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    "test": (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
}
FINGERPRINTS = {"training": 2441933599, "test": 1546193715}


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
        A ``mnist-original.mat`` with `data` (784, 70000) and `label` (1, 70000); any order inside the
        two parts, any numeric types. None takes the file that ships with the project.
    dtype : numpy.float32 or numpy.float64
        Of the images. float32 takes 220 MB, float64 twice that.

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
    path = Path(MNIST_PATH if path is None else path)
    pixels, labels = _read_mat(path)
    parts = []
    for part, rows in (("training", slice(0, N_TRAIN)), ("test", slice(N_TRAIN, None))):
        X, y = pixels[rows].astype(dtype), labels[rows]
        _check_part(path, part, X, y)
        X /= 255
        parts += [X, y]
    return Mnist(*parts)


def _read_mat(path):
    """Return the images (70000, 784), as stored, and the labels (70000,) of a MAT-file."""
    import scipy.io  # here, because importing it takes longer than the rest of nnlib

    try:
        variables = scipy.io.loadmat(path, variable_names=["data", "label"], appendmat=False)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"There is no {path}. It belongs to the project: fetch it again (git checkout data), or make it "
            "with data/build_mnist.py."
        ) from None
    except Exception as error:  # a damaged file can break SciPy's reader and zlib in many ways
        size = f"{path.stat().st_size:,} bytes" if path.is_file() else "a folder"
        raise _not_mnist(path, f"it cannot be read as a MAT-file ({size}; {error})", "a whole file") from None
    expected = {"data": (N_PIXELS, N_TRAIN + N_TEST), "label": (1, N_TRAIN + N_TEST)}
    found = {name: variables[name].shape for name in expected if name in variables}
    if found != expected:
        hint = " (data and label are swapped)" if found.get("data") == expected["label"] else ""
        raise _not_mnist(path, f"it holds {found or 'no such variables'}{hint}", f"the variables {expected}")
    pixels, labels = (checks.dense(variables[name], f"{name} in {path}") for name in expected)
    if not (labels == labels.astype(np.int64)).all():
        raise _not_mnist(path, "its labels are no whole numbers", "digits from 0 to 9")
    return pixels.T, labels[0].astype(np.int64)


def _check_part(path, part, X, y):
    """Raise ValueError unless the unscaled images X and labels y are those of MNIST, in any order."""
    counts = {digit: int(n) for digit, n in zip(*np.unique(y, return_counts=True), strict=True)}
    expected = dict(enumerate(CLASS_COUNTS[part]))
    if counts != expected:
        other = "test" if part == "training" else "training"
        hint = f" (the two parts are swapped: {other} first)" if part == "training" and _starts_with_test(y) else ""
        raise _not_mnist(path, f"its {part} part holds these digits: {counts}{hint}", f"{expected}")
    if fingerprint(X, y) != FINGERPRINTS[part]:
        raise _not_mnist(
            path,
            f"pixels or labels of its {part} part differ (values from {X.min():g} to {X.max():g})",
            "the images of the MNIST database, pixel values from 0 to 255, each with its own label",
        )


def _starts_with_test(y):
    return tuple(np.bincount(y[:N_TEST].clip(0), minlength=10)) == CLASS_COUNTS["test"]


def fingerprint(X, y):
    """Return the CRC-32 of the ten sums of the unscaled images of each digit: the same for any order of the rows."""
    import zlib

    one_hot = (np.arange(10)[:, np.newaxis] == y).astype(X.dtype)
    sums = one_hot @ X  # (10, 784); whole numbers below 2**24, so exact in float32 too
    return zlib.crc32(sums.astype("<i8").tobytes())


def _not_mnist(path, found, expected):
    return ValueError(
        f"{path} is not the MNIST database: {found}; expected {expected}. Fetch the file again "
        "(git checkout data), or make it with data/build_mnist.py."
    )
