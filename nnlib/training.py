"""Training: L-BFGS-B walks down the cost, and a record is kept."""

import time
import warnings
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from . import checks
from .blocks import all_cores, compact
from .metrics import accuracy
from .model import check_for_overflow, cost_and_gradient, output_z, sum_over_blocks
from .parameters import init_thetas, join, sizes_of, split

FAR_OUTSIDE = 10  # what is scaled to [0, 1], or to a standard deviation of 1, seldom reaches this


@dataclass(frozen=True, eq=False)  # an == of arrays has no one answer
class TrainResult:
    """What `train` returns.

    Attributes
    ----------
    thetas : list of ndarray of float64
        The trained network: the parameters with the lowest cost seen.
    cost : float
        Their cost, regularisation included.
    n_iterations, n_evaluations : int
        Steps taken, and evaluations of the cost and its gradient that they needed.
    seconds : float
        Wall-clock time.
    history : dict of str to list
        One entry per iteration: "cost", "gradient_norm", "seconds" since the start and, if
        validation data were given, "validation_accuracy".
    message : str
        Why it stopped, in words.
    """

    thetas: list
    cost: float
    n_iterations: int
    n_evaluations: int
    seconds: float
    history: dict
    message: str

    def __repr__(self):
        return (
            f"TrainResult(cost={self.cost:.6g}, n_iterations={self.n_iterations}, "
            f"n_evaluations={self.n_evaluations}, seconds={self.seconds:.1f}, message={self.message!r})"
        )


def train(
    X,
    y,
    *,
    layer_sizes=(784, 100, 10),
    lam=0.1,
    max_iter=70,
    seed=None,
    thetas=None,
    epsilon=0.15,
    activation="sigmoid",
    validation=None,
    progress=True,
    callback=None,
    thetas_callback=None,
    n_threads=None,
):
    """Train a network with L-BFGS-B (Byrd, Lu, Nocedal and Zhu, SIAM J. Sci. Comput. 16, 1995, 1190-1208).

    The interrupt button (or Ctrl-C) stops the training and returns the best network so far. While it
    trains, it holds a copy of X without most of the blank pixels: for MNIST, half the size of X.

    Parameters
    ----------
    X : ndarray (m, n_in) of float32 or float64
        Training images, one per row, pixel values in [0, 1]. float32 is about twice as fast.
    y : ndarray (m,) of integers
        Their digits; or -1 for an image that is none of these, so that all outputs learn to say no.
    layer_sizes : sequence of int
        Units in each layer, inputs first.
    lam : float
        Strength of the regularisation (lambda), 0 or above.
    max_iter : int
        The maximum number of iterations.
    seed : int, numpy.random.Generator or None
        Seed for the initial weights. The same seed gives the same network on the same machine.
    thetas : list of ndarray or None
        Start from this network instead (a warm start); `layer_sizes`, `seed` and `epsilon` are then ignored.
    epsilon : float
        The initial weights lie in [-epsilon, epsilon]; for sigmoids only.
    activation : {"sigmoid", "relu"}
        Of the hidden units.
    validation : tuple (X, y) or None
        Examples to measure the accuracy on after each iteration; they are not trained on.
    progress : bool
        Show a bar with the iteration, the cost and the time left.
    callback : callable or None
        Called with the `history` so far after each iteration.
    thetas_callback : callable or None
        Called with the thetas after each iteration. `Pad.watch` gives one, to draw while the network learns.
    n_threads : int or None
        None means the cores that this process may use; the result is the same for any number.

    Returns
    -------
    TrainResult

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Warns
    -----
    UserWarning
        If X holds values far outside [0, 1]. It is trained on all the same.
    """
    # Here, because importing it takes longer than the rest of nnlib.
    from scipy.optimize import minimize

    max_iter = checks.count(max_iter, "max_iter")
    thetas = first_thetas(thetas, layer_sizes, epsilon, seed, activation)
    layer_sizes = sizes_of(thetas)
    X = checks.images(X, layer_sizes[0])
    y = checks.labels(y, layer_sizes[-1], len(X), lowest=-1)
    warn_of_large_values(X)
    lam = checks.not_negative(lam, "lam")
    if validation is not None:
        validation = check_validation(validation, layer_sizes)
    check_callback(callback, "callback", "history")
    check_callback(thetas_callback, "thetas_callback", "thetas")

    start = join(thetas).astype(np.float64)
    recorder = Recorder(layer_sizes, activation, validation, callback, thetas_callback, n_threads)
    try:
        # `all_cores` holds BLAS to one thread, for SciPy's own arithmetic too: its vectors are too short to be shared.
        with all_cores(n_threads) as map_blocks, progress_bar(max_iter, progress) as bar:
            recorder.bar = bar
            blocks = compact(X, y, map_blocks)

            def evaluate(params):
                J, gradient = sum_over_blocks(params, layer_sizes, blocks, lam, map_blocks, activation)
                check_for_overflow(J, gradient, params, X)
                recorder.note_evaluation(params, J, gradient)
                return J, gradient

            result = minimize(
                evaluate,
                start,
                jac=True,
                method="L-BFGS-B",
                callback=recorder.end_iteration,
                options={"maxiter": max_iter, "maxfun": np.inf},  # only the iterations are limited
            )
        message = _explain(result, max_iter)
    except KeyboardInterrupt:
        message = f"Interrupted after {recorder.n_iterations} iterations; this is the best network so far."
        if recorder.best_params is None:  # interrupted before the first evaluation: return the start, with its cost
            cost = cost_and_gradient(start, layer_sizes, X, y, lam, activation=activation, n_threads=n_threads)
            recorder.note_evaluation(start, *cost)
    return TrainResult(
        thetas=split(recorder.best_params, layer_sizes),
        cost=recorder.best_cost,
        n_iterations=recorder.n_iterations,
        n_evaluations=recorder.n_evaluations,
        seconds=recorder.elapsed(),
        history=recorder.history,
        message=message,
    )


def first_thetas(thetas, layer_sizes, epsilon, seed, activation):
    """Return the network to start from: the given one, or a random one."""
    if thetas is None:
        return init_thetas(layer_sizes, epsilon=epsilon, seed=seed, activation=activation)
    checks.activation(activation)
    return checks.thetas(thetas)


class Recorder:
    """Remembers the best parameters, and writes the history."""

    def __init__(self, layer_sizes, activation, validation, callback, thetas_callback, n_threads):
        self.layer_sizes, self.activation, self.validation = layer_sizes, activation, validation
        self.callback, self.thetas_callback = callback, thetas_callback
        self.bar, self.n_threads = None, n_threads
        self.best_cost, self.best_params = np.inf, None
        self.gradient_norm = np.nan
        self.n_iterations = self.n_evaluations = 0
        self.history = {"cost": [], "gradient_norm": [], "seconds": []}
        if validation is not None:
            self.history["validation_accuracy"] = []
        self.started = time.perf_counter()

    def elapsed(self):
        """Return the seconds since the start."""
        return time.perf_counter() - self.started

    def note_evaluation(self, params, cost, gradient):
        """Remember the parameters if their cost is the lowest so far."""
        self.n_evaluations += 1
        self.gradient_norm = float(np.linalg.norm(gradient))
        if cost < self.best_cost:
            self.best_cost, self.best_params = cost, params.copy()

    def end_iteration(self, intermediate_result):
        """Take note of an iteration of SciPy's, which prescribes the argument's name."""
        self.note_iteration(intermediate_result.x, float(intermediate_result.fun))

    def note_iteration(self, params, cost):
        """Write the history."""
        # The last evaluation was at the point that the line search accepted: its norm is this iteration's.
        entry = {"cost": cost, "gradient_norm": self.gradient_norm, "seconds": self.elapsed()}
        if self.validation is not None:
            X, y = self.validation
            z = output_z(split(params, self.layer_sizes), X, self.n_threads, activation=self.activation)
            entry["validation_accuracy"] = accuracy(y, z.argmax(axis=1))
        for name, value in entry.items():
            self.history[name].append(value)
        self.n_iterations += 1
        if self.bar is not None:
            self.bar.set_postfix_str(f"cost {cost:.4f}", refresh=False)
            self.bar.update()
        if self.callback is not None:
            self.callback(self.history)
        if self.thetas_callback is not None:
            self.thetas_callback(split(params.astype(np.float64), self.layer_sizes))


def warn_of_large_values(X):
    """Warn the caller of `train` if the inputs are far from [0, 1]; a few rows tell, at next to no cost."""
    largest = np.abs(X[:: 1 + len(X) // 100]).max()
    if FAR_OUTSIDE < largest < np.inf:
        warnings.warn(
            f"X holds values up to {largest:.4g}; a network learns better from values in [0, 1]: if they are pixel "
            "values from 0 to 255, divide by 255.",
            stacklevel=3,
        )


def check_validation(validation, layer_sizes):
    """Return the validation images and labels, ready to use."""
    try:
        X, y = validation
    except (TypeError, ValueError):
        raise TypeError(f"validation is {type(validation).__name__}; expected a pair (X, y) or None.") from None
    X = checks.finite(checks.images(X, layer_sizes[0], "validation X"), "validation X")
    return X, checks.labels(y, layer_sizes[-1], len(X), "validation y")


def check_callback(callback, name, argument):
    """Raise an error unless it is a function or None."""
    if callback is not None and not callable(callback):
        raise TypeError(f"{name} is {checks.shown(callback)}; expected a function that takes the {argument}, or None.")


def progress_bar(max_iter, progress, unit="iteration"):
    """Return a bar for notebooks and terminals alike, to be used in a `with`; None without `progress`."""
    if not progress:
        return nullcontext()
    from tqdm.auto import tqdm  # loads ipywidgets where it can; importing nnlib must not

    return tqdm(total=max_iter, desc="training", unit=unit)


def _explain(result, max_iter):
    """Return SciPy's reason for stopping in plain words."""
    reason = result.message.upper()
    if "CALLBACK" in reason:
        return f"Stopped after {result.nit} iterations: the callback raised StopIteration."
    if result.nit >= max_iter:
        return f"Stopped at the limit of {max_iter} iterations (max_iter); more might lower the cost further."
    if "PROJECTED GRADIENT" in reason:  # "NORM OF PROJECTED GRADIENT <= PGTOL"
        return f"Converged after {result.nit} iterations: the gradient is as good as zero."
    if "FACTR" in reason:  # "RELATIVE REDUCTION OF F <= FACTR*EPSMCH"
        return f"Converged after {result.nit} iterations: the cost no longer falls."
    return f"Stopped after {result.nit} iterations: no step lowers the cost any more (SciPy: {result.message})."
