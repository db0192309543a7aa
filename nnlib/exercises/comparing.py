"""Whether two results are the same, and in words, in what they differ."""

import numpy as np

RETURNS_NOTHING = "It returns nothing (`None`). Is the `return` missing?"
CONTENTS = {"c": "complex numbers", "O": "objects", "M": "dates", "m": "time spans", "V": "records", "U": "text"}


def same(expected, got, rtol=1e-6):
    """Return whether a result is what was expected: lists and tuples alike, all types of numbers alike."""
    try:
        return _same(expected, got, rtol)
    except Exception:  # a result may be of a class whose own methods raise
        return False


def _same(expected, got, rtol):
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and expected.keys() == got.keys()
            and all(_same(value, got[key], rtol) for key, value in expected.items())
        )
    if _is_sequence(expected):
        return (
            isinstance(got, (list, tuple))
            and len(got) == len(expected)
            and all(_same(a, b, rtol) for a, b in zip(expected, got, strict=True))
        )
    a, b = as_array(expected), as_array(got)
    if a is None and b is None:
        return type(expected) is type(got) and bool(expected == got)
    if a is None or b is None:
        return False
    if a.dtype.kind in "US" or b.dtype.kind in "US":
        return bool(np.array_equal(a, b))
    with np.errstate(all="ignore"):
        return a.shape == b.shape and bool(np.allclose(b, a, rtol=rtol, atol=rtol * _size(a), equal_nan=True))


def difference(expected, got, rtol=1e-6):
    """Return in words what is most probably wrong with a result, or "" where nothing stands out."""
    try:
        return _difference(expected, got, rtol)
    except Exception:  # as in `same`
        return f"It returns an object of type {type(got).__name__}; expected {_kind(expected)}."


def _difference(expected, got, rtol):
    if got is None:
        return RETURNS_NOTHING
    if _is_sequence(expected):
        return _sequences_differ(expected, got, rtol)
    a, b = as_array(expected), as_array(got)
    if a is None or isinstance(expected, dict):
        return "" if type(expected) is type(got) else _kinds_differ(expected, got)
    if b is None or b.dtype.kind not in "buif" or a.dtype.kind not in "buif":
        return "" if a.dtype.kind in "US" else _kinds_differ(expected, got)
    if a.shape != b.shape:
        return _shapes_differ(a.shape, b.shape)
    if not np.isfinite(b).all():
        return "It returns NaN or infinity."
    return _factor(a, b)


def as_array(value):
    """Return a number, an array, or a list of numbers as an array; None for anything else."""
    try:
        array = np.asarray(value)
    except Exception:  # lists of different lengths, or a class of the learner's own
        return None
    return array if array.dtype.kind in "buifUS" else None


def _is_sequence(expected):
    """Return whether a right result is a list or a tuple of several things, not of numbers only."""
    return isinstance(expected, (list, tuple)) and any(not np.isscalar(item) for item in expected)


def _sequences_differ(expected, got, rtol):
    if not isinstance(got, (list, tuple)):
        return _kinds_differ(expected, got)
    if len(got) != len(expected):
        return f"Its length is {len(got)}; expected {len(expected)}."
    for i, (a, b) in enumerate(zip(expected, got, strict=True)):
        if not same(a, b, rtol):
            words = difference(a, b, rtol)
            return f"Number {i} of the {len(expected)} results (counted from 0): {words or 'its values differ.'}"
    return ""


def _shapes_differ(expected, got):
    words = f"Its shape is {got}; expected {expected}. "
    if got == expected[::-1]:
        return words + "It is transposed: rows and columns are swapped."
    if got == ():
        return words + "It is one number: was it summed over everything? Say `axis=0` or `axis=1`."
    if np.prod(got) == np.prod(expected):
        return words + "The numbers may be right; `ravel()` or another indexing gives the shape."
    if len(got) == len(expected) == 2 and got[0] == expected[0] and abs(got[1] - expected[1]) == 1:
        return words + "One column too many or too few: what about the biases, in column 0?"
    if len(got) == len(expected) == 1:
        return words + "Was it summed over the wrong axis?"
    return words.strip()


def _factor(a, b):
    """Return words where each number is the same multiple of what it should be."""
    a, b = a.astype(float).ravel(), b.astype(float).ravel()
    clear = np.abs(a) > 1e-9 * _size(a)
    if clear.sum() < 1 or a.size < 2 or not np.allclose(b[~clear], 0, atol=1e-9 * _size(b)):
        return ""
    factor = b[clear] / a[clear]
    if not np.allclose(factor, factor[0], rtol=1e-6) or abs(factor[0]) < 1e-12:
        return ""
    if np.isclose(factor[0], -1):
        return "The sign is turned: every number is −1 times what it should be."
    return f"Every number is {factor[0]:.4g} times what it should be: a factor is missing, or one too many."


def _size(array):
    """Return the largest finite magnitude: what a rounding error is small against."""
    finite = np.abs(array[np.isfinite(array)].astype(float)) if array.size else array
    return max(float(finite.max()) if finite.size else 0.0, 1e-300)


def _kinds_differ(expected, got):
    return f"It returns {_kind(got)}; expected {_kind(expected)}."


def _kind(value):
    """Return what a value is, in words."""
    if isinstance(value, np.ndarray):
        contents = f" of {CONTENTS[value.dtype.kind]}" if value.dtype.kind in CONTENTS else ""
        return f"an array of shape {value.shape}{contents}"
    if isinstance(value, (bool, np.bool_)):
        return "True or False"
    if isinstance(value, (complex, np.complexfloating)):
        return "a complex number"
    if isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, np.timedelta64):
        return "a number"
    names = {list: "a list", tuple: "a tuple", dict: "a dict", str: "text", type(None): "nothing (`None`)"}
    return names.get(type(value), f"an object of type {type(value).__name__}")
