"""What every argument must be. Each function returns its argument, ready to use, or says what is wrong in an error."""

import itertools
import math
import numbers
import operator

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def dense(array, name):
    """Return `array` as an ndarray of numbers: no sparse matrix, no objects, no text."""
    if hasattr(array, "toarray"):
        raise TypeError(f"{name} is a sparse matrix ({type(array).__name__}); pass {name}.toarray() instead.")
    try:
        array = np.asarray(array)
    except ValueError as error:  # rows of unequal length
        raise ValueError(f"{name} is not a rectangular array: {error}") from None
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} has dtype {array.dtype}; expected numbers.")
    return array


def images(X, n_inputs=None, name="X"):
    """Return `X` as an array (n, n_inputs) of float32 or float64 with n > 0. Does not look for NaN: see `finite`."""
    X = dense(X, name)
    if X.dtype not in FLOATS:
        raise TypeError(
            f"{name} has dtype {X.dtype}; expected float32 or float64. Pixel values from 0 to 255 "
            f"are scaled to [0, 1] by {name} / np.float32(255)."
        )
    if X.ndim != 2 or (n_inputs is not None and X.shape[1] != n_inputs):
        columns = "n_inputs" if n_inputs is None else n_inputs
        advice = ""
        if X.shape == (n_inputs,):
            advice = f" For a single image, pass {name}[np.newaxis, :]."
        elif X.ndim == 2 and X.shape[0] == n_inputs:
            advice = f" It looks transposed: pass {name}.T."
        raise ValueError(f"{name} has shape {X.shape}; expected (n, {columns}), one image per row.{advice}")
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


def labels(y, n_classes=None, n_rows=None, name="y"):
    """Return `y` as an array (n,) of integers in 0 … n_classes - 1."""
    y = dense(y, name)
    if y.dtype.kind not in "ui":
        raise TypeError(f"{name} has dtype {y.dtype}; expected integer labels, such as {name}.astype(int).")
    if y.ndim != 1:
        raise ValueError(f"{name} has shape {y.shape}; expected (n,), one label per example: try {name}.ravel().")
    if n_rows is not None and len(y) != n_rows:
        raise ValueError(f"{name} has {len(y)} labels for {n_rows} examples; expected one each.")
    if len(y) == 0:
        raise ValueError(f"{name} is empty; expected at least one label.")
    low, high = int(y.min()), int(y.max())
    if low < 0 or (n_classes is not None and high >= n_classes):
        top = "…" if n_classes is None else n_classes - 1
        raise ValueError(f"{name} holds labels from {low} to {high}; expected 0 to {top}.")
    return y


def layer_sizes(sizes):
    """Return the layer sizes as a tuple of at least two positive integers."""
    try:
        result = tuple(operator.index(n) for n in sizes)
    except TypeError:
        raise TypeError(f"layer_sizes is {sizes!r}; expected integers, such as (784, 100, 10).") from None
    if len(result) < 2 or min(result) < 1:
        raise ValueError(f"layer_sizes is {result}; expected two or more numbers above 0, such as (784, 100, 10).")
    return result


def thetas(arrays):
    """Return `thetas` as a list of float arrays (n_out, 1 + n_in) that fit one another, of finite numbers."""
    if isinstance(arrays, np.ndarray) and arrays.ndim < 3:
        raise TypeError(f"thetas is one array of shape {arrays.shape}; expected a list, one array for each layer.")
    try:
        arrays = list(arrays)
    except TypeError:
        advice = " Pass its .thetas." if hasattr(arrays, "thetas") else ""
        raise TypeError(
            f"thetas is a {type(arrays).__name__}; expected a list, one array for each layer.{advice}"
        ) from None
    result = [dense(theta, f"thetas[{i}]") for i, theta in enumerate(arrays)]
    if not result:
        raise ValueError("thetas is empty; expected one array for each layer.")
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
    n_params = sum((1 + n_in) * n_out for n_in, n_out in itertools.pairwise(sizes))
    if vector.shape != (n_params,):
        raise ValueError(
            f"params has shape {vector.shape}; expected ({n_params},), the parameters of layer_sizes={sizes}."
        )
    return vector if vector.dtype in FLOATS else vector.astype(np.float64)


def number(value, name):
    """Return `value` as a finite float."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} is {value!r}; expected a number.")
    if not math.isfinite(value):
        raise ValueError(f"{name} is {value}; expected a finite number.")
    return float(value)


def not_negative(value, name):
    """Return `value` as a finite float, 0 or above."""
    if number(value, name) < 0:
        raise ValueError(f"{name} is {value}; expected 0 or above.")
    return float(value)


def positive(value, name):
    """Return `value` as a finite float above 0."""
    if number(value, name) <= 0:
        raise ValueError(f"{name} is {value}; expected a number above 0.")
    return float(value)


def count(value, name):
    """Return `value` as an integer, 1 or above."""
    try:
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; expected a whole number.") from None
    if result < 1:
        raise ValueError(f"{name} is {value}; expected 1 or above.")
    return result


def generator(seed):
    """Return NumPy's random generator for `seed`: an integer, a generator or None."""
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise TypeError(f"seed is {seed!r}; expected a whole number, 0 or above, or None.") from None
