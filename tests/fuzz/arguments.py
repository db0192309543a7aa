"""Call the public functions with odd arguments, and look at how they refuse them.

    python tests/fuzz/arguments.py --rounds 5000

Each round takes one function with arguments that work, and replaces one of them with something odd: a number without
measure, an array of another kind, an object that breaks what touches it. The function may return a result (a figure
must also be drawn), or raise ValueError, TypeError or FileNotFoundError with a message that names an argument. All else
counts as a fault: other errors, messages that name nothing, too much memory, too much time. Exits with 1 on a fault.
"""

import argparse
import collections
import contextlib
import decimal
import faulthandler
import fractions
import inspect
import io
import itertools
import math
import re
import signal
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.sparse

import nnlib
from nnlib import gradcheck, metrics, plots, preparation

SECONDS = 20  # for a call
MEMORY = 4 * 2**30  # bytes of address space, half of which Python and its libraries reserve from the start

RNG = np.random.default_rng(0)
SIZES = (9, 4, 3)
THETAS = nnlib.init_thetas(SIZES, seed=0)
X, Y = RNG.random((6, 9)), np.arange(6) % 3
IMAGES = np.zeros((2, 784))
IMAGES[:, 300:310] = 1
PAGE = nnlib.read_page(IMAGES[0].reshape(28, 28))
STROKES = [np.array([[0.0, 0], [5, 9]]), np.array([[3.0, 3]])]
DIGITS_NETWORK = nnlib.Network(nnlib.init_thetas((784, 3, 10), seed=0), "normalise")
HISTORY = {"cost": [3.0, 2.0], "validation_accuracy": [0.5, 0.6]}


def squares(params):
    """A cost and its gradient."""
    return params @ params, 2 * params


SWEEP = gradcheck.step_size_sweep(squares, np.ones(3), steps=[1e-3, 1e-2])


class Call(NamedTuple):
    """A function, arguments that work, and words that its messages may say in place of an argument's name."""

    function: object
    arguments: dict
    words: tuple = ()


def quiet_train(**arguments):
    return nnlib.train(**{"progress": False, "max_iter": 2, **arguments})


quiet_train.__name__, quiet_train.__module__ = "train", "nnlib.training"
OPTIONS = {"title": "A title", "alt": "Words"}
GRID = {**OPTIONS, "captions": ["a", "b"], "columns": 2, "scale": 0.5}
CALLS = [
    Call(nnlib.init_thetas, {"layer_sizes": SIZES, "epsilon": 0.1, "seed": 0}),
    Call(nnlib.pack, {"thetas": THETAS}),
    Call(nnlib.unpack, {"params": nnlib.pack(THETAS), "layer_sizes": SIZES}),
    Call(nnlib.forward, {"thetas": THETAS, "X": X}),
    Call(nnlib.predict, {"thetas": THETAS, "X": X}),
    Call(nnlib.predict_scores, {"thetas": THETAS, "X": X}),
    Call(
        nnlib.cost_and_gradient,
        {"params": nnlib.pack(THETAS), "layer_sizes": SIZES, "X": X, "y": Y, "lam": 0.1, "n_threads": 2},
    ),
    Call(
        quiet_train,
        {"X": X, "y": Y, "layer_sizes": SIZES, "lam": 0.1, "max_iter": 2, "seed": 0, "epsilon": 0.1, "n_threads": 2},
    ),
    Call(quiet_train, {"X": X, "y": Y, "thetas": THETAS, "validation": (X, Y), "callback": print}),
    Call(
        nnlib.check_gradient,
        {"function": squares, "params": np.ones(3), "layer_sizes": (2, 1), "step": 1e-4, "n_directions": 2}
        | {"tolerance": 1e-6, "seed": 0},
    ),
    Call(nnlib.numerical_gradient, {"function": squares, "params": np.ones(3), "step": 1e-4, "kind": "central"}),
    Call(gradcheck.step_size_sweep, {"function": squares, "params": np.ones(3), "steps": [1e-3, 1e-2], "seed": 0}),
    Call(gradcheck.taylor_slope, {"function": squares, "params": np.ones(3), "seed": 0}),
    Call(metrics.accuracy, {"y_true": Y, "y_pred": Y}),
    Call(metrics.confusion_matrix, {"y_true": Y, "y_pred": Y, "n_classes": 3}),
    Call(metrics.class_report, {"y_true": Y, "y_pred": Y, "n_classes": 3}),
    Call(preparation.prepare, {"X": IMAGES, "preparation": "deskew"}),
    Call(preparation.deskew, {"X": IMAGES}),
    Call(preparation.normalise, {"X": IMAGES}),
    Call(nnlib.Network, {"thetas": THETAS, "preparation": "none", "settings": {}}),
    Call(DIGITS_NETWORK.predict, {"X": IMAGES}),
    Call(DIGITS_NETWORK.predict_scores, {"X": IMAGES}),
    Call(nnlib.load_network, {"path": "network.npz"}),
    Call(nnlib.load_thetas, {"path": "network.npz"}),
    Call(nnlib.save_thetas, {"path": "out.npz", "thetas": THETAS, "preparation": "none", "settings": {"lam": 1}}),
    Call(nnlib.save_thetas, {"path": "folder", "thetas": THETAS}),
    Call(nnlib.strokes_to_image, {"strokes": STROKES, "pen_width": 2.0, "scale": True, "centre": True, "smooth": True}),
    Call(nnlib.recognise, {"strokes": STROKES, "network": DIGITS_NETWORK}),
    Call(nnlib.recognise_number, {"strokes": STROKES, "network": DIGITS_NETWORK}),
    Call(nnlib.split_digits, {"strokes": STROKES, "network": DIGITS_NETWORK}),
    Call(nnlib.save_examples, {"path": "out.json", "examples": [nnlib.Example(STROKES, 3, "A")]}),
    Call(nnlib.load_examples, {"path": "drawings.json"}),
    Call(nnlib.read_page, {"picture": IMAGES[0].reshape(28, 28), "network": DIGITS_NETWORK}),
    Call(nnlib.read_sheet, {"picture": IMAGES[0].reshape(28, 28), "writer": "A"}),
    Call(plots.new_figure, {**OPTIONS, "width": 3.0, "height": 2.0, "rows": 2, "columns": 2}, ("figure",)),
    Call(plots.plot_digits, {"X": X[:2], **GRID, "highlight": [True, False], "cmap": "gray"}, ("figure", "images")),
    Call(plots.plot_weights, {"weights": X[:2], **GRID}, ("figure", "images")),
    Call(plots.plot_learning_curve, {"history": HISTORY, **OPTIONS}, ("figure",)),
    Call(plots.plot_learning_curve, {"history": {"a": HISTORY, "b": HISTORY}, **OPTIONS}, ("figure",)),
    Call(plots.plot_confusion_matrix, {"matrix": np.eye(3, dtype=int), **OPTIONS}, ("figure",)),
    Call(plots.plot_page, {"page": PAGE, "title": "A page", "alt": "A page", "width": 3.0}, ("figure",)),
    Call(
        plots.plot_network,
        {"thetas": THETAS, "activations": [None, range(4), None], "names": None, "most_units": 3, "title": "A network"},
        ("figure",),
    ),
    Call(plots.plot_step_sizes, {"sweeps": {"float64": SWEEP}, **OPTIONS}, ("figure",)),
]
SLOW_CALLS = [  # they read all of MNIST
    Call(nnlib.load_mnist, {"path": None, "dtype": np.float32}, ("MNIST",)),
    Call(
        nnlib.teach,
        {"network": DIGITS_NETWORK, "strokes_list": [STROKES], "labels": [3], "max_iter": 1, "seed": 0},
    ),
]


class NoRepr:
    """An object that cannot be shown."""

    def __repr__(self):
        raise RuntimeError("no repr")


class NoArray:
    """An object that cannot become an array."""

    def __array__(self, *arguments, **options):
        raise RuntimeError("no array")


class Subclass(np.ndarray):
    """An array of another class."""


ODD_VALUES = [
    *[lambda value=value: value for value in (10**400, -(10**400), 10**5000, 10**12, 2**63, 2**64, -1, 0, 1, 7)],
    *[lambda value=value: value for value in (math.inf, -math.inf, math.nan, 1e308, -1e308, 5e-324, -0.5, 1e16, 2.0)],
    *[lambda value=value: value for value in (True, False, None, NotImplemented, ..., 1j, b"", b"abc", bytearray(3))],
    *[lambda value=value: value for value in ("", " ", "a", "\0", "$x_$", "\ud800", "a\nb", "x" * 100_000, "1", "é")],
    *[lambda value=value: value for value in ((), [], {}, set(), [[]], [None], [[1], [1, 2]], (784, 10**12, 10))],
    *[lambda value=value: value for value in ({"cost": []}, {"a": {}}, {1: 2}, [1e308] * 3, ["a"], [10**400])],
    *[lambda value=value: value for value in (range(10**9), slice(3), object, object(), len, np, Path("/"), Path())],
    *[
        NoRepr,
        NoArray,
        lambda: [NoRepr()],
        lambda: iter([]),
        itertools.count,
        lambda: (i for i in "ab"),
        lambda: "0" * 9,
    ],
    *[lambda: fractions.Fraction(10**400), lambda: decimal.Decimal(1), lambda: np.float16(1), lambda: np.longdouble(1)],
    *[lambda: np.float64(np.nan), lambda: np.int8(3), lambda: np.uint64(2**63), np.bool_, lambda: np.str_("a")],
    *[lambda: np.datetime64("2000-01-01"), lambda: np.timedelta64(3, "s"), lambda: np.array(3), lambda: np.array(0.5)],
    *[lambda: np.zeros(0), lambda: np.zeros((0, 9)), lambda: np.zeros((3, 0)), lambda: np.zeros((2, 2, 2))],
    *[lambda: np.zeros(3, "M8[s]"), lambda: np.zeros(3, "i4,f8"), lambda: np.zeros(3, "V8"), lambda: np.full(3, None)],
    *[lambda: nnlib.TrainResult(THETAS, 1.0, 1, 1, 1.0, {}, ""), lambda: DIGITS_NETWORK, lambda: THETAS, lambda: SWEEP],
    *[lambda: lambda *_: None, lambda: lambda *_: (1j, 1j), lambda: lambda p: (np.inf, p * np.nan)],
    *[lambda: lambda p: (p, p), lambda: lambda p: (1.0, [*p, 0]), lambda: lambda p: p @ p],
]

CHANGES_OF_ARRAYS = [
    *[lambda a, d=d: a.astype(d) for d in (object, complex, str, "M8[s]", bool, np.float16, np.longdouble, np.uint8)],
    *[lambda a, d=d: a.astype(d) for d in (">f4", ">f8", ">i4", np.float32, np.int64, np.uint64, "S3")],
    *[lambda a, f=f: a * f for f in (255, -1, 1e308, 1e-310, 1e30, np.nan, np.inf)],
    *[scipy.sparse.csr_array, lambda a: scipy.sparse.csr_matrix(np.atleast_2d(a)), lambda a: np.ma.masked_less(a, 0.5)],
    *[lambda a: np.ma.array(a), lambda a: a.view(Subclass), lambda a: np.asmatrix(np.atleast_2d(a)[:, :])],
    *[
        lambda a: a.T,
        lambda a: a.ravel(),
        lambda a: a[np.newaxis],
        lambda a: a[:0],
        lambda a: a[..., :0],
        lambda a: a[0],
    ],
    *[lambda a: a[::-1], lambda a: np.repeat(a, 2, axis=-1)[..., ::2], np.asfortranarray, lambda a: a.tolist()],
    *[lambda a: 1 - a, lambda a: a[1:], lambda a: a[..., 1:], lambda a: [*a.tolist(), []], lambda a: memmap(a)],
    *[
        lambda a: a.reshape(-1)[0],
        lambda a: readonly(a),
        lambda a: iter(a),
        lambda a: memoryview(np.ascontiguousarray(a)),
    ],
]


def memmap(array):
    """Return an array that lies in a file."""
    with tempfile.TemporaryFile() as file:
        mapped = np.memmap(file, array.dtype, "w+", shape=array.shape)
    mapped[...] = array
    return mapped


def readonly(array):
    """Return a copy that may not be written to."""
    array = array.copy()
    array.setflags(write=False)
    return array


def odd(good, rng):
    """Return something odd in place of an argument that works: a changed one, or something else."""
    if isinstance(good, np.ndarray) and rng.random() < 0.7:
        # Some changes do not fit some arrays; the array itself is then as good.
        with contextlib.suppress(Exception), warnings.catch_warnings(action="ignore"):
            return CHANGES_OF_ARRAYS[rng.integers(len(CHANGES_OF_ARRAYS))](good)
        return good
    if isinstance(good, (list, tuple)) and len(good) and rng.random() < 0.6:
        items, i = list(good), rng.integers(len(good))
        items[i] = odd(items[i], rng)
        changes = [
            list,
            list,
            tuple,
            iter,
            lambda items: items[::-1],
            lambda items: items * 2,
            lambda items: dict.fromkeys("ab"),
        ]
        return changes[rng.integers(len(changes))](items)
    if isinstance(good, dict) and good and rng.random() < 0.6:
        key = list(good)[rng.integers(len(good))]
        return good | {key: odd(good[key], rng)}
    return ODD_VALUES[rng.integers(len(ODD_VALUES))]()


class TookTooLong(BaseException):
    """No `except Exception` catches it."""


def stop(number, frame):
    raise TookTooLong


def fault_of(call, arguments):
    """Call the function; return what is wrong with how it ended, or None."""
    signal.alarm(SECONDS)
    try:
        result = call.function(**arguments)
        if isinstance(result, tuple) and result and isinstance(result[0], plots.Figure):
            result = result[0]
        if isinstance(result, plots.Figure):
            result.savefig(io.BytesIO(), dpi=20, metadata={"Software": None})
        repr(result)
    except (ValueError, TypeError, FileNotFoundError) as error:
        if raised_here(error):
            return None
        return fault_of_message(error, {*call.arguments, *call.words})
    except TookTooLong:
        return f"took more than {SECONDS} seconds"
    except BaseException as error:
        return f"{type(error).__name__}: {str(error)[:100]}"
    finally:
        signal.alarm(0)
    return None


def raised_here(error):
    """Return whether a function of this module raised the error, which is then the caller's own affair."""
    frames = traceback.extract_tb(error.__traceback__)
    return len(frames) > 1 and frames[-1].filename == __file__ and frames[-1].name == "<lambda>"


def fault_of_message(error, words):
    """Return what is wrong with a message that should name an argument, or None."""
    message = str(error)
    if not re.search(rf"\b({'|'.join(words)})\b", message) and not isinstance(error, FileNotFoundError):
        return f"{type(error).__name__} that names no argument: {message[:100]}"
    if re.search(r"(unexpected|missing) .*argument|positional argument|object is not|truth value", message):
        return f"{type(error).__name__} in Python's or NumPy's words: {message[:100]}"
    if len(message) > 1000:
        return f"{type(error).__name__} with a message of {len(message):,} characters: {message[:100]}"
    return None


def full_name(function):
    """Return a function's name with that of its module: nnlib.plots.plot_digits."""
    return f"{inspect.getmodule(function).__name__}.{function.__name__}"


def main(arguments=None):
    """Call as often as asked; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="for the choices (%(default)s)")
    parser.add_argument("--only", nargs="*", help="only functions whose name, with its module, holds one of these")
    parser.add_argument("--slow", action="store_true", help="only the functions that read all of MNIST")
    options = parser.parse_args(arguments)
    with contextlib.suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    signal.signal(signal.SIGALRM, stop)
    rng = np.random.default_rng(options.seed)
    chosen = SLOW_CALLS if options.slow else CALLS
    if options.only:
        chosen = [call for call in chosen if any(word in full_name(call.function) for word in options.only)]

    outcomes, faults, examples = collections.Counter(), collections.Counter(), {}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        nnlib.save_thetas("network.npz", THETAS)
        nnlib.save_examples("drawings.json", [nnlib.Example(STROKES, 3, "A")])
        for _ in range(options.rounds):
            call = chosen[rng.integers(len(chosen))]
            name = list(call.arguments)[rng.integers(len(call.arguments))]
            value = odd(call.arguments[name], rng)
            if name in ("function", "callback") and (inspect.isclass(value) or inspect.isbuiltin(value)):
                continue  # what they raise is the caller's own affair
            faulthandler.dump_traceback_later(3 * SECONDS, exit=True)
            with warnings.catch_warnings(action="ignore"), contextlib.redirect_stdout(io.StringIO()):
                fault = fault_of(call, call.arguments | {name: value})
            faulthandler.cancel_dump_traceback_later()
            outcomes["a fault" if fault else "a result, or a good message"] += 1
            if fault:
                fault = f"{call.function.__name__}({name}): {fault}"
                faults[fault] += 1
                examples.setdefault(fault, shown(value))
    found = [(f"{fault}; for example {examples[fault]}", count) for fault, count in faults.most_common()]
    for text, count in [*outcomes.most_common(), *found]:
        print(f"{count:6} {text}".encode("ascii", "backslashreplace").decode())
    return int(faults.total() > 0)


def shown(value):
    """Return a value as a short text."""
    try:
        return " ".join(repr(value).split())[:60]
    except Exception:
        return f"<{type(value).__name__}>"


if __name__ == "__main__":
    sys.exit(main())
