"""Whether two results are the same, and in words, in what they differ."""

import numpy as np

RTOL = 1e-5  # float32 has seven digits, and a sum of many such numbers keeps fewer
RETURNS_NOTHING = "It returns nothing (`None`). Is the `return` missing?"
CONTENTS = {"c": "complex numbers", "O": "objects", "M": "dates", "m": "time spans", "V": "records", "U": "text"}
FEW = 3  # different numbers at least, before a common factor is more than a coincidence


def same(expected, got, rtol=RTOL):
    """Return whether a result is what was expected: lists and tuples alike, all types of numbers alike.

    Where a NaN is expected, no value is agreed on, and any number will do.
    """
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
    return a.shape == b.shape and bool(np.all(_close(a, b, rtol)))


def _close(a, b, rtol):
    """Return for each number whether it is near enough to the expected one, `a`."""
    with np.errstate(all="ignore"):
        return np.isnan(a) | np.isclose(b, a, rtol=rtol, atol=rtol * _size(a))


def difference(expected, got, rtol=RTOL, parts=()):
    """Return in words in what a result differs, as far as it is certain, or "" where only the values do.

    `parts` are the names of the several results, "the cost" and "the gradient", in the singular.
    """
    try:
        return _difference(expected, got, rtol, parts)
    except Exception:  # as in `same`
        return f"It returns an object of type {type(got).__name__}; expected {kind(expected)}."


def _difference(expected, got, rtol, parts=()):
    if got is None:
        return RETURNS_NOTHING
    if _is_sequence(expected):
        return _sequences_differ(expected, got, rtol, parts)
    a, b = as_array(expected), as_array(got)
    if a is None or isinstance(expected, dict):
        return "" if type(expected) is type(got) else _kinds_differ(expected, got)
    if b is None or b.dtype.kind not in "buif" or a.dtype.kind not in "buif":
        return "" if a.dtype.kind in "US" else _kinds_differ(expected, got)
    if a.shape != b.shape:
        return _shapes_differ(a, b, rtol)
    if b.dtype == np.float16:
        return "Its numbers are of type float16, which has three digits only. Use float32 or float64."
    if not np.isfinite(b[~np.isnan(a)]).all():
        return "It returns NaN or infinity."
    return ""


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


def _sequences_differ(expected, got, rtol, parts):
    if not isinstance(got, (list, tuple)):
        return _kinds_differ(expected, got)
    if len(got) != len(expected):
        return f"Its length is {len(got)}; expected {len(expected)}."
    agree = [same(a, b, rtol) for a, b in zip(expected, got, strict=True)]
    if all(agree):
        return ""
    if len(got) == 2 and same(expected[::-1], got, rtol):
        order = f": return {parts[0]} first, then {parts[1]}" if parts else ""
        return f"The two results are exchanged{order}."
    i = agree.index(False)
    words = difference(expected[i], got[i], rtol)
    if not parts:
        return f"Entry {i} of the {len(expected)} (counted from 0) differs. {words}".rstrip()
    right = [name for name, agrees in zip(parts, agree, strict=True) if agrees]
    others = f"; {' and '.join(right)} {'is' if len(right) == 1 else 'are'} right" if right else ""
    return f"{sentence(parts[i])} differs{others}. {words}".rstrip()


def sentence(words):
    """Return words with a capital letter in front, however the rest is written."""
    return words[:1].upper() + words[1:]


def _shapes_differ(a, b, rtol):
    """Return how two shapes differ. What led to it is said only where undoing it gives the expected numbers."""
    words = f"Its shape is {b.shape}; expected {a.shape}."
    if a.ndim > 1 and same(a, b.T, rtol):
        return f"{words} It is transposed: rows and columns are swapped."
    if b.shape == () and a.size > 1 and any(np.isclose(b, total, rtol=rtol) for total in (a.sum(), a.mean())):
        return f"{words} It is one number, summed or averaged over everything. `axis=0` or `axis=1` keeps the others."
    if a.size == b.size > 1 and same(a.ravel(), b.ravel(), rtol):
        return f"{words} The numbers are right: `.reshape({a.shape})` gives the shape."
    if a.ndim == b.ndim == 2 and same(a, b[:, 1:], rtol):
        return f"{words} The first column is one too many; the others are right."
    if a.ndim == b.ndim == 2 and same(a[:, 1:], b, rtol):
        return f"{words} Column 0 is missing; the others are right."
    return words


def factor(expected, got):
    """Return words where, in every case, each number is the same multiple of what it should be.

    Parameters
    ----------
    expected, got : list
        The results of all cases.
    """
    try:
        arrays = [[as_array(value).astype(float) for value in values] for values in (expected, got)]
        factors = [_factor(a, b) if a.shape == b.shape else None for a, b in zip(*arrays, strict=True)]
    except Exception:  # not numbers, or not the same shapes
        return ""
    numbers = np.concatenate([np.abs(a[a != 0]).round(9) for a in arrays[0]])
    if None in factors or len(np.unique(numbers)) < FEW:
        return ""
    first = factors[0]
    if not np.allclose(factors, first, rtol=1e-4) or np.isclose(first, 1):  # right numbers, held by something else
        return ""
    if np.isclose(first, -1):
        return "The sign is turned: every number is −1 times what it should be."
    return f"Every number is {first:.4g} times what it should be: a factor is missing, or one too many."


def _factor(a, b):
    """Return by what all numbers of `a` are multiplied in `b`, or None."""
    clear = np.abs(a) > 1e-9 * _size(a)
    if not clear.any() or not np.isfinite(b).all() or not np.allclose(b[~clear], 0, atol=1e-9 * _size(b)):
        return None
    quotients = b[clear] / a[clear]
    return quotients[0] if np.allclose(quotients, quotients[0], rtol=1e-5) and abs(quotients[0]) > 1e-12 else None


def wrong_kind(expected, got, parts=()):
    """Return words where the numbers may be right, but what holds them is not: a list for an array, 3.0 for 3.

    What comes after would fall over it, or print it oddly.
    """
    try:
        return _wrong_kind(expected, got, "It", parts)
    except Exception:  # as in `same`
        return ""


def _wrong_kind(expected, got, subject, parts=()):
    if hasattr(expected, "_fields") and type(got) is not type(expected):
        return f"{subject} is {kind(got)}; expected an `{type(expected).__name__}`, whose parts have names."
    if _is_sequence(expected) and isinstance(got, (list, tuple)) and len(got) == len(expected):
        names = [sentence(name) for name in parts] or [f"Entry {i} of the result" for i in range(len(expected))]
        found = (_wrong_kind(a, b, name) for name, a, b in zip(names, expected, got, strict=True))
        return next((words for words in found if words), "")
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        found = (_wrong_kind(value, got[key], f"The value of {key!r}") for key, value in expected.items())
        return next((words for words in found if words), "")
    a, b = as_array(expected), as_array(got)
    if a is None or b is None or a.dtype.kind not in "buif" or b.dtype.kind not in "buif":
        return ""
    if isinstance(expected, np.ndarray) and a.ndim and (not isinstance(got, np.ndarray) or isinstance(got, np.matrix)):
        return f"{subject} is {kind(got)}; expected an array. `np.array(…)` makes one of it."
    if a.dtype.kind in "iu" and b.dtype.kind not in "iu":
        cure = "`int(…)`" if b.ndim == 0 else "`.astype(int)`"
        what = "True and False" if b.dtype.kind == "b" else f"a float, {b}" if b.ndim == 0 else f"of type {b.dtype}"
        return f"{subject} is {what}; expected whole numbers, which can count and be indices. {cure} makes them so."
    if a.dtype.kind == "f" and b.dtype.kind == "b":
        return f"{subject} holds True and False; expected numbers. `.astype(float)` makes 1 and 0 of them."
    return ""


def first_place(expected, got, rtol=RTOL):
    """Return where a result differs first: the place as it would be typed, and the two values; None if nowhere.

    Returns
    -------
    tuple of (str, object, object, str) or None
        The last one says how many numbers differ, of how many.
    """
    try:
        return _first_place(expected, got, rtol)
    except Exception:  # as in `same`
        return None


def _first_place(expected, got, rtol):
    if isinstance(expected, dict):
        pairs = [(f"[{key!r}]", value, got[key]) for key, value in expected.items() if key in got]
    elif _is_sequence(expected):
        if not isinstance(got, (list, tuple)) or len(got) != len(expected):
            return None
        fields = getattr(expected, "_fields", None)
        names = [f".{name}" for name in fields] if fields else [f"[{i}]" for i in range(len(expected))]
        pairs = list(zip(names, expected, got, strict=True))
    else:
        return _first_number(as_array(expected), as_array(got), rtol)
    name, a, b = next((pair for pair in pairs if not same(*pair[1:], rtol)), (None, None, None))
    if name is None:
        return None
    place, *rest = _first_place(a, b, rtol) or ("", a, b, "")
    return (name + place, *rest)


def _first_number(a, b, rtol):
    if a is None or b is None or a.shape != b.shape or a.ndim == 0:
        return None
    wrong = a != b if a.dtype.kind in "US" or b.dtype.kind in "US" else ~_close(a, b, rtol)
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"[{', '.join(map(str, index))}]", a[index], b[index], f"{wrong.sum()} of {wrong.size} numbers differ"


def _size(array):
    """Return the largest finite magnitude: what a rounding error is small against."""
    finite = np.abs(array[np.isfinite(array)].astype(float)) if array.size else array
    return max(float(finite.max()) if finite.size else 0.0, 1e-30)


def _kinds_differ(expected, got):
    return f"It returns {kind(got)}; expected {kind(expected)}."


def kind(value):
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
