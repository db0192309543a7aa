"""Differences of the cost: estimates of its gradient that need no calculus, and how good they can be."""

from typing import NamedTuple

import numpy as np

from . import checks


def numerical_gradient(function, params, *, step=1e-5, kind="central"):
    """Estimate the gradient of a function by differences, one parameter at a time.

    Central: (J(p + h) - J(p - h)) / (2 h), whose error falls with h squared. Forward:
    (J(p + h) - J(p)) / h, whose error falls with h. Both lose digits to rounding when h is too small
    (Nocedal and Wright, Numerical Optimization, 2006, section 8.1).

    Parameters
    ----------
    function : callable
        Takes a vector like `params`, gives the cost, or the pair (cost, gradient) of which the cost is taken.
    params : ndarray (n_params,)
        Where. Never written to.
    step : float
        The h above.
    kind : {"central", "forward"}
        Which difference.

    Returns
    -------
    ndarray (n_params,) of float64
    """
    params = checked_params(params)
    one_at_a_time = (np.eye(1, len(params), i)[0] for i in range(len(params)))
    return derivatives(function, params, one_at_a_time, step, kind)


class StepSweep(NamedTuple):
    """Relative errors of forward and central differences for each step size: the V curve."""

    steps: np.ndarray
    forward: np.ndarray
    central: np.ndarray


def step_size_sweep(function, params, *, steps=None, seed=0):
    """Measure how the error of differences depends on the step size, along one random direction.

    Parameters
    ----------
    function : callable
        Takes a vector like `params`, gives (cost, gradient).
    params : ndarray (n_params,)
        Where.
    steps : ndarray or None
        The step sizes; None takes 10**-12 … 1, three a decade.
    seed : int
        For the direction, of length 1.

    Returns
    -------
    StepSweep
    """
    params = checked_params(params)
    steps = np.logspace(-12, 0, 37) if steps is None else np.asarray(steps, dtype=np.float64)
    direction = _unit_direction(len(params), seed)
    true = direction @ function(params.copy())[1]
    errors = {
        kind: np.array(
            [abs(derivatives(function, params, direction[np.newaxis], h, kind)[0] - true) / abs(true) for h in steps]
        )
        for kind in ("forward", "central")
    }
    return StepSweep(steps, **errors)


class TaylorTest(NamedTuple):
    """The remainders of a first-order Taylor expansion, and the `slope` of their fall: 2 right, 1 wrong."""

    slope: float
    steps: np.ndarray
    remainders: np.ndarray


def taylor_slope(function, params, *, seed=0):
    """Measure how fast |J(p + h v) - J(p) - h g·v| falls with h, for a random direction v of length 1.

    With the right gradient g, the remainder falls with h squared: slope 2 on logarithmic axes. With a
    wrong one, it falls with h: slope 1. No step size has to be chosen: the steps halve until rounding
    would show, and the slope is fitted to the smallest of them.

    Parameters
    ----------
    function : callable
        Takes a vector like `params`, gives (cost, gradient).
    params : ndarray (n_params,)
        Where.
    seed : int
        For the direction.

    Returns
    -------
    TaylorTest
        Its slope is NaN where the cost is linear along v: nothing remains to be measured.
    """
    params = checked_params(params)
    direction = _unit_direction(len(params), seed)
    cost, gradient = function(params.copy())
    noise = np.finfo(np.float64).eps * abs(cost)
    steps, remainders = [], []
    for h in 0.5 ** np.arange(30):
        remainder = abs(_cost(function, params + h * direction) - cost - h * (direction @ gradient))
        if remainder < 1e4 * noise:
            break
        steps.append(h)
        remainders.append(remainder)
    if len(steps) < 3:
        return TaylorTest(np.nan, np.array(steps), np.array(remainders))
    last = slice(-6, None)
    slope = np.polyfit(np.log(steps[last]), np.log(remainders[last]), 1)[0]
    return TaylorTest(float(slope), np.array(steps), np.array(remainders))


def checked_params(params):
    """Return the parameters as a finite, flat vector of float64: a copy."""
    params = checks.dense(params, "params").astype(np.float64)
    if params.ndim != 1 or params.size == 0:
        raise ValueError(f"params has shape {params.shape}; expected (n_params,), a flat vector.")
    return checks.finite(params, "params")


def _cost(function, params):
    """Return the cost alone. The function gets a copy: it may be one that writes to its input."""
    value = function(params.copy())
    return float(value[0] if isinstance(value, tuple) else value)


def derivatives(function, params, directions, step, kind):
    """Return the difference quotient of the cost along each of the directions (n_directions, n_params)."""
    step = checks.positive(step, "step")
    if kind == "central":
        quotients = [
            (_cost(function, params + step * v) - _cost(function, params - step * v)) / (2 * step) for v in directions
        ]
    elif kind == "forward":
        cost = _cost(function, params)
        quotients = [(_cost(function, params + step * v) - cost) / step for v in directions]
    else:
        raise ValueError(f"kind is {kind!r}; expected 'central' or 'forward'.")
    return np.array(quotients)


def _unit_direction(n_params, seed):
    direction = checks.generator(seed).standard_normal(n_params)
    return direction / np.linalg.norm(direction)
