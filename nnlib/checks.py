"""What every argument must be. Each function returns its argument, ready to use, or says what is wrong in an error."""

import itertools
import math
import numbers
import operator
import os
from pathlib import Path

import numpy as np

ACTIVATIONS = ("sigmoid", "relu")  # of hidden units
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
LARGEST_NUMBER = 1e100  # the square of such a number, times anything of use here, does not overflow
LARGEST_COUNT = 10**9
MOST_LAYERS = 1000
MOST_PARAMETERS = 10**8  # 800 MB; training takes about 25 times that


def dense(array, name):
    """Return `array` as an ndarray of numbers in this machine's byte order: no sparse matrix, no objects, no text."""
    if hasattr(array, "toarray"):
        raise TypeError(f"{name} is a sparse matrix ({type(array).__name__}); pass {name}.toarray() instead.")
    if np.ma.is_masked(array):
        raise ValueError(f"{name} has masked values; expected numbers throughout, such as {name}.filled(0).")
    try:
        array = np.asarray(array)
    except ValueError as error:  # rows of unequal length
        raise ValueError(f"{name} is not a rectangular array: {error}") from None
    except Exception as error:  # an object of somebody's own class
        raise TypeError(f"{name} cannot be read as an array: {error!r}") from None
    if array.dtype.kind not in "buif":
        expected = "real numbers" if array.dtype.kind == "c" else "numbers"
        raise TypeError(f"{name} has dtype {array.dtype}; expected {expected}.")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def images(X, n_inputs=None, name="X"):
    """Return `X` as an array (m, n_inputs) of float32 or float64 with m > 0. Does not look for NaN: see `finite`."""
    X = dense(X, name)
    if X.dtype not in FLOATS:
        if X.dtype.kind == "f":  # float16 or long double: whatever their range, it stays the same
            advice = f"Pass {name}.astype(np.float32)."
        else:
            advice = f"Pixel values from 0 to 255 are scaled to [0, 1] by {name} / np.float32(255)."
        raise TypeError(f"{name} has dtype {X.dtype}; expected float32 or float64. {advice}")
    if X.ndim != 2 or (n_inputs is not None and X.shape[1] != n_inputs):
        columns = "n_inputs" if n_inputs is None else n_inputs
        advice = ""
        if X.shape == (n_inputs,):
            advice = f" For a single image, pass {name}[np.newaxis, :]."
        elif X.ndim == 2 and X.shape[0] == n_inputs:
            advice = f" It looks transposed: pass {name}.T."
        raise ValueError(f"{name} has shape {X.shape}; expected (m, {columns}), one image per row.{advice}")
    if X.size == 0:
        raise ValueError(f"{name} is empty (shape {X.shape}); expected at least one image.")
    return X


def finite(array, name):
    """Return `array`, whose numbers must all be finite."""
    # A mask of all of X would take 47 MB; it is made only where there is something to report.
    if array.size and not (np.isfinite(array.min()) and np.isfinite(array.max())):
        bad = ~np.isfinite(array)
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        if bad.sum() == 1:
            found = f"1 value that is NaN or infinite, at index {where}"
        else:
            found = f"{bad.sum()} values that are NaN or infinite, the first at index {where}"
        raise ValueError(f"{name} holds {found}; expected finite numbers.")
    return array


def labels(y, n_classes=None, n_rows=None, name="y", *, lowest=0):
    """Return `y` as an array (m,) of integers in lowest … n_classes - 1."""
    y = dense(y, name)
    if y.dtype.kind not in "ui":
        raise TypeError(f"{name} has dtype {y.dtype}; expected integer labels, such as {name}.astype(int).")
    if y.ndim != 1:
        raise ValueError(f"{name} has shape {y.shape}; expected (m,), one label per example: try {name}.ravel().")
    if n_rows is not None and len(y) != n_rows:
        raise ValueError(f"{name} has {len(y)} labels for {n_rows} examples; expected one each.")
    if len(y) == 0:
        raise ValueError(f"{name} is empty; expected at least one label.")
    low, high = int(y.min()), int(y.max())
    if low < lowest or (n_classes is not None and high >= n_classes):
        top = "…" if n_classes is None else n_classes - 1
        none = ", or -1 for none of these" if lowest < 0 else ""
        raise ValueError(f"{name} holds labels from {low} to {high}; expected 0 to {top}{none}.")
    return y


def layer_sizes(sizes):
    """Return the layer sizes as a tuple of at least two positive integers."""
    try:
        # One more than allowed is enough to know that there are too many: `sizes` might have no end.
        result = tuple(operator.index(n) for n in itertools.islice(sizes, MOST_LAYERS + 1))
    except TypeError:
        raise TypeError(f"layer_sizes is {shown(sizes)}; expected integers, such as (784, 100, 10).") from None
    if len(result) < 2 or min(result) < 1:
        raise ValueError(
            f"layer_sizes is {shown(result)}; expected two or more numbers above 0, such as (784, 100, 10)."
        )
    if len(result) > MOST_LAYERS:
        raise ValueError(f"layer_sizes names more than {MOST_LAYERS:,} layers, which are too many.")
    if n_params(result) > MOST_PARAMETERS:
        raise ValueError(
            f"layer_sizes is {shown(result)}, which is too large: expected at most {MOST_PARAMETERS:,} parameters."
        )
    return result


def n_params(sizes):
    """Return how many weights and biases a network of these layer sizes has."""
    return sum((1 + n_in) * n_out for n_in, n_out in itertools.pairwise(sizes))


def thetas(arrays):
    """Return `thetas` as a list of float arrays (n_out, 1 + n_in) that fit one another, of finite numbers."""
    if isinstance(arrays, np.ndarray) and arrays.ndim < 3:
        raise TypeError(f"thetas is one array of shape {arrays.shape}; expected a list, one array for each layer.")
    try:
        arrays = list(itertools.islice(arrays, MOST_LAYERS + 1))
    except TypeError:
        advice = " Pass its .thetas." if hasattr(arrays, "thetas") else ""
        raise TypeError(
            f"thetas is a {type(arrays).__name__}; expected a list, one array for each layer.{advice}"
        ) from None
    result = [dense(theta, f"thetas[{i}]") for i, theta in enumerate(arrays)]
    if not result:
        raise ValueError("thetas is empty; expected one array for each layer.")
    if len(result) > MOST_LAYERS:
        raise ValueError(f"thetas holds more than {MOST_LAYERS:,} layers, which are too many.")
    n_in = None
    for i, theta in enumerate(result):
        if theta.ndim != 2 or theta.shape[1] < 2 or theta.shape[0] < 1:
            raise ValueError(f"thetas[{i}] has shape {theta.shape}; expected (n_out, 1 + n_in), bias in column 0.")
        if n_in is not None and theta.shape[1] != 1 + n_in:
            raise ValueError(
                f"thetas[{i}] has {theta.shape[1]} columns; expected {1 + n_in}: the bias and {n_in} previous units."
            )
        n_in = len(theta)
        if theta.dtype not in FLOATS:
            raise TypeError(f"thetas[{i}] has dtype {theta.dtype}; expected float32 or float64.")
        finite(theta, f"thetas[{i}]")
    return result


def in_dtype(arrays, dtype):
    """Return `thetas` as arrays of `dtype`, which must be able to hold their numbers."""
    largest = max(np.abs(theta).max() for theta in arrays)
    if largest > np.finfo(dtype).max:
        raise ValueError(f"thetas reach {largest:.3g}, more than {dtype} can hold; expected smaller weights.")
    return [theta.astype(dtype, copy=False) for theta in arrays]


def params(vector, sizes):
    """Return the flat parameter vector as an array (n_params,) of floats; `sizes` are layer sizes, already checked."""
    vector = dense(vector, "params")
    length = n_params(sizes)
    if vector.shape != (length,):
        raise ValueError(
            f"params has shape {vector.shape}; expected ({length},), the parameters of layer_sizes={sizes}."
        )
    return vector if vector.dtype in FLOATS else vector.astype(np.float64)


def number(value, name):
    """Return `value` as a finite float."""
    # NumPy counts spans of time among the numbers.
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} is {shown(value)}; expected a number.")
    if isinstance(value, float | np.floating) and not math.isfinite(value):
        raise ValueError(f"{name} is {value}; expected a finite number.")
    try:
        result = float(value)
    except OverflowError:  # a whole number, beyond any float
        result = math.inf
    if abs(result) > LARGEST_NUMBER:
        raise ValueError(f"{name} is {shown(value)}, which is too large: expected at most {LARGEST_NUMBER:g}.")
    return result


def not_negative(value, name):
    """Return `value` as a finite float, 0 or above."""
    result = number(value, name)
    if result < 0:
        raise ValueError(f"{name} is {value}; expected 0 or above.")
    return result


def positive(value, name):
    """Return `value` as a finite float above 0."""
    result = number(value, name)
    if result <= 0:
        raise ValueError(f"{name} is {value}; expected a number above 0.")
    return result


def count(value, name, largest=LARGEST_COUNT):
    """Return `value` as an integer, from 1 to `largest`."""
    try:
        if isinstance(value, bool):
            raise TypeError
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {shown(value)}; expected a whole number.") from None
    if result < 1:
        raise ValueError(f"{name} is {shown(value)}; expected 1 or above.")
    if result > largest:
        raise ValueError(f"{name} is {shown(value)}, which is too large: expected at most {largest:,}.")
    return result


def items(values, name, most=10**6):
    """Return `values` as a list of at most `most` things; it may be any iterable, even one without end."""
    try:
        result = list(itertools.islice(values, most + 1))
    except TypeError:
        raise TypeError(f"{name} is {shown(values)}; expected a list.") from None
    if len(result) > most:
        raise ValueError(f"{name} holds too many things: more than {most:,}.")
    return result


def activation(value):
    """Return the name of what hidden units do."""
    if not isinstance(value, str) or value not in ACTIVATIONS:
        raise ValueError(f"activation is {shown(value)}; expected one of {', '.join(ACTIVATIONS)}.")
    return value


def function(value, name):
    """Return `value`, which must be callable."""
    if not callable(value):
        raise TypeError(f"{name} is {shown(value)}; expected a function.")
    return value


def path(value, name="path"):
    """Return `value` as a Path, which must not be empty: Path("") is the current folder."""
    try:
        text = os.fspath(value)
    except TypeError:
        text = None
    if not isinstance(text, str):
        raise TypeError(f"{name} is {shown(value)}; expected the name of a file or folder.")
    try:
        is_name = text.strip() != "" and b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:  # one half of a pair of surrogates
        is_name = False
    if not is_name:
        raise ValueError(f"{name} is {shown(value)}; expected the name of a file or folder.")
    return Path(text)


def generator(seed, name="seed"):
    """Return NumPy's random generator for a seed: an integer, a generator or None."""
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    try:
        return np.random.default_rng(operator.index(seed))
    except (TypeError, ValueError):  # no whole number, or a negative one
        raise TypeError(f"{name} is {shown(seed)}; expected a whole number, 0 or above, or None.") from None


def shown(value):
    """Return a value as a message quotes it: on one line, and not a long one."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # of a whole number with thousands of digits, or of somebody's own class
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:60]} … ({len(text):,} characters)"
