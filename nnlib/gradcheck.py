"""Is the gradient right? Compare it, block by block, with differences of the cost: estimates that need no calculus."""

from html import escape
from typing import NamedTuple

import numpy as np

from . import checks
from .parameters import theta_shapes

EXHAUSTIVE_LIMIT = 2000  # parameters; above this, random directions are checked instead of every parameter
MOST_DIRECTIONS = 10_000  # for each block
WRONG_STYLE = "background: #ffcfae; color: black; padding: 0 0.4em"  # to be read on a light page and on a dark one


class BlockCheck(NamedTuple):
    """How well the gradient of one block of parameters agrees with differences of the cost."""

    name: str
    n_params: int
    error: float  # |gradient - differences| / (|gradient| + |differences|), Euclidean norms
    ratio: float  # |gradient| / |differences|: 1 where right
    angle: float  # between the two, in degrees: 0 where right


class GradientReport(NamedTuple):
    """What `check_gradient` found: `ok`, the largest `error`, and a `BlockCheck` for each block."""

    ok: bool
    error: float
    blocks: list
    params_changed: bool
    tolerance: float

    def __str__(self):
        header, *rows = self._table()
        width = max(len(row[0]) for row in (header, *rows))
        lines = [f"{header[0]:<{width}}  parameters  relative error   ratio   angle"]
        lines += [f"{n:<{width}}  {k:>10}  {e:>14}  {r:>6}  {a:>6}  {verdict}" for n, k, e, r, a, verdict in rows]
        return "\n".join([*lines, *self._conclusions()])

    __repr__ = __str__

    def _repr_html_(self):
        """Return the same for a notebook, what is wrong marked; the verdicts come first, to be seen on a phone, too."""
        lines, tags = [], ["th"] + ["td"] * len(self.blocks)
        for tag, (name, n_params, *measures, verdict) in zip(tags, self._table(), strict=True):
            cells = [f"<{tag}>{_marked(cell)}</{tag}>" for cell in (verdict, *measures, n_params)]
            lines.append(f'<tr><{tag} style="text-align: left">{escape(name)}</{tag}>{"".join(cells)}</tr>')
        conclusions = "".join(f"<p>{_marked(line)}</p>" for line in self._conclusions())
        return f"<table>{''.join(lines)}</table>{conclusions}"

    def _table(self):
        """Return the rows of the report as texts, the header first."""
        rows = [("block", "parameters", "relative error", "ratio", "angle", "")]
        for block in self.blocks:
            angle = "–" if np.isnan(block.angle) else f"{block.angle:.1f}°"
            verdict = "ok" if block.error <= self.tolerance else "WRONG"
            rows.append((block.name, f"{block.n_params:,}", f"{block.error:.1e}", f"{block.ratio:.4g}", angle, verdict))
        return rows

    def _conclusions(self):
        lines = ["The function changed the parameters that it was given: WRONG"] if self.params_changed else []
        return [*lines, f"The gradient is {'right' if self.ok else 'WRONG'} (tolerance {self.tolerance:g})."]


def check_gradient(function, params, layer_sizes=None, *, step=1e-4, n_directions=None, tolerance=1e-6, seed=0):
    """Check the gradient that a function computes, block by block, against central differences.

    Up to 2,000 parameters, every one is checked. Above that, each block is checked along random directions,
    made of +1 or -1 for each of its parameters: two evaluations per direction, however many parameters there are.

    Parameters
    ----------
    function : callable
        Takes a vector like `params` and returns (cost, gradient). It should compute in float64: in float32 even
        a correct gradient differs by 1e-3 or so (`X.astype(np.float64)`).
    params : ndarray (n_params,)
        Where to check. It is never written to, and a function that writes to its argument is reported.
    layer_sizes : sequence of int or None
        Splits the report into the weights and the biases of each layer; None puts everything in one block.
    step : float
        Length of the step along each direction.
    n_directions : int or None
        Random directions for each block; None checks every parameter if there are at most 2,000, else 5 directions.
    tolerance : float
        The largest relative error that counts as right.
    seed : int
        Seed for the random directions.

    Returns
    -------
    GradientReport
        Prints as a table.
    """
    params, tolerance = checked_params(params), checks.not_negative(tolerance, "tolerance")
    step, rng = checks.positive(step, "step"), checks.generator(seed)
    if n_directions is not None:
        n_directions = checks.count(n_directions, "n_directions", MOST_DIRECTIONS)
    elif len(params) > EXHAUSTIVE_LIMIT:
        n_directions = 5
    members_of = _blocks(len(params), layer_sizes)
    given = params.copy()
    _, gradient = _cost_and_gradient(function, given)
    params_changed = not np.array_equal(given, params)
    blocks = []
    for name, members in members_of.items():
        analytic, numerical = [], []
        for direction in _directions(members, len(params), n_directions, rng):  # one at a time, to save memory
            analytic.append(direction[members] @ gradient[members])
            numerical.append(derivatives(function, params, [direction], step, "central")[0])
        blocks.append(_compare(name, len(members), np.array(analytic), np.array(numerical)))
    error = max(block.error for block in blocks)
    return GradientReport(error <= tolerance and not params_changed, error, blocks, params_changed, tolerance)


def numerical_gradient(function, params, *, step=1e-5, kind="central"):
    """Estimate the gradient of a function by differences, one parameter at a time.

    Central: (J(p + h) - J(p - h)) / (2 h), whose error falls with h squared. Forward:
    (J(p + h) - J(p)) / h, whose error falls with h. Both lose digits to rounding when h is too small
    (Nocedal and Wright, Numerical Optimization, 2006, section 8.1).

    Parameters
    ----------
    function : callable
        Takes a vector like `params` and returns the cost, or the pair (cost, gradient), of which it uses the cost.
    params : ndarray (n_params,)
        Where to estimate the gradient. Never written to.
    step : float
        The h above.
    kind : {"central", "forward"}
        The kind of difference.

    Returns
    -------
    ndarray (n_params,) of float64
    """
    params = checked_params(params)
    one_at_a_time = (np.eye(1, len(params), i)[0] for i in range(len(params)))
    return derivatives(function, params, one_at_a_time, step, kind)


class StepSweep(NamedTuple):
    """Errors of forward and central differences, as shares of the slope, for each step size: the V curve."""

    steps: np.ndarray
    forward: np.ndarray
    central: np.ndarray

    __eq__, __ne__, __hash__ = object.__eq__, object.__ne__, object.__hash__  # a tuple's == fails on arrays


def step_size_sweep(function, params, *, steps=None, seed=0):
    """Measure how the error of differences depends on the step size, along one random direction.

    Parameters
    ----------
    function : callable
        Takes a vector like `params` and returns (cost, gradient).
    params : ndarray (n_params,)
        Where to measure.
    steps : ndarray or None
        The step sizes; None means 10**-12 … 1, three per decade.
    seed : int
        Seed for the direction, which has length 1.

    Returns
    -------
    StepSweep
    """
    params = checked_params(params)
    steps = np.logspace(-12, 0, 37) if steps is None else checks.dense(steps, "steps").astype(np.float64)
    if steps.ndim != 1 or steps.size == 0:
        raise ValueError(f"steps is {checks.shown(steps)}; expected a list of numbers above 0.")
    for step in (steps.min(), steps.max()):
        checks.positive(step, "one of steps")
    direction = _unit_direction(len(params), seed)
    true = direction @ _cost_and_gradient(function, params.copy())[1]
    errors = {
        kind: np.array(
            [abs(derivatives(function, params, direction[np.newaxis], h, kind)[0] - true) / abs(true) for h in steps]
        )
        for kind in ("forward", "central")
    }
    return StepSweep(steps, **errors)


class TaylorTest(NamedTuple):
    """The remainders of a first-order Taylor expansion, and the `slope` of their fall: 2 if the gradient is right."""

    slope: float
    steps: np.ndarray
    remainders: np.ndarray

    __eq__, __ne__, __hash__ = object.__eq__, object.__ne__, object.__hash__  # a tuple's == fails on arrays


def taylor_slope(function, params, *, seed=0):
    """Measure how fast |J(p + h v) - J(p) - h g·v| falls with h, for a random direction v of length 1.

    With the right gradient g, the remainder falls with h squared: slope 2 on logarithmic axes. With a
    wrong one, it falls with h: slope 1, unless g is wrong by so little that the part with h squared hides it.
    No step size has to be chosen: the steps halve until rounding would show, and the slope is fitted to the
    smallest of them.

    Parameters
    ----------
    function : callable
        Takes a vector like `params` and returns (cost, gradient).
    params : ndarray (n_params,)
        Where to measure.
    seed : int
        Seed for the direction.

    Returns
    -------
    TaylorTest
        Its slope is NaN where the cost is linear along v: there is no remainder to measure.
    """
    params = checked_params(params)
    direction = _unit_direction(len(params), seed)
    cost, gradient = _cost_and_gradient(function, params.copy())
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


def _cost_and_gradient(function, params):
    """Return what the function computes: the cost as a float, and the gradient in the shape of the parameters."""
    value = checks.function(function, "function")(params)
    if not isinstance(value, tuple) or len(value) != 2:
        raise TypeError(f"function returns a {type(value).__name__}; expected the pair (cost, gradient).")
    gradient = checks.dense(value[1], "the gradient that function returns").astype(np.float64)
    if gradient.shape != params.shape:
        raise ValueError(f"function returns a gradient of shape {gradient.shape}; expected {params.shape} as params.")
    return _as_cost(value[0]), gradient


def _cost(function, params):
    """Return the cost alone. The function gets a copy, since it might write to its input."""
    value = checks.function(function, "function")(params.copy())
    return _as_cost(value[0] if isinstance(value, tuple) and value else value)


def _as_cost(value):
    """Return what a function returned as its cost as a float; NaN and infinity are for the caller to judge."""
    cost = checks.dense(value, "the cost that function returns")
    if cost.size != 1:
        raise ValueError(f"function returns a cost of shape {cost.shape}; expected a number.")
    return float(cost.item())


def derivatives(function, params, directions, step, kind):
    """Return the difference quotient of the cost along each of the directions (n_directions, n_params)."""
    step = checks.positive(step, "step")
    if not isinstance(kind, str) or kind not in ("central", "forward"):
        raise ValueError(f"kind is {checks.shown(kind)}; expected 'central' or 'forward'.")
    if kind == "central":
        quotients = [
            (_cost(function, params + step * v) - _cost(function, params - step * v)) / (2 * step) for v in directions
        ]
    else:
        cost = _cost(function, params)
        quotients = [(_cost(function, params + step * v) - cost) / step for v in directions]
    return np.array(quotients)


def _marked(text):
    return text.replace("WRONG", f'<b style="{WRONG_STYLE}">WRONG</b>')


def _unit_direction(n_params, seed):
    direction = checks.generator(seed).standard_normal(n_params)
    return direction / np.linalg.norm(direction)


def _blocks(n_params, layer_sizes):
    """Return ``{name: indices into the flat parameters}``: the biases and the weights of each layer."""
    if layer_sizes is None:
        return {"all": np.arange(n_params)}
    layer_sizes = checks.layer_sizes(layer_sizes)
    checks.params(np.empty(n_params), layer_sizes)  # their number must fit
    blocks, start = {}, 0
    for layer, (n_out, n_columns) in enumerate(theta_shapes(layer_sizes), start=1):
        indices = np.arange(start, start + n_out * n_columns).reshape(n_out, n_columns)
        blocks[f"layer {layer} biases"] = indices[:, 0]
        blocks[f"layer {layer} weights"] = indices[:, 1:].ravel()
        start += indices.size
    return blocks


def _directions(members, n_params, n_directions, rng):
    """Yield directions of length 1 within a block: one for each parameter, or `n_directions` random ones."""
    for i in range(len(members) if n_directions is None else n_directions):
        direction = np.zeros(n_params)
        if n_directions is None:
            direction[members[i]] = 1
        else:
            direction[members] = rng.choice([-1.0, 1.0], len(members)) / np.sqrt(len(members))
        yield direction


def _compare(name, n_params, analytic, numerical):
    """Return the `BlockCheck` of two vectors that should be equal."""
    a, b = np.linalg.norm(analytic), np.linalg.norm(numerical)
    if a == b == 0:
        return BlockCheck(name, n_params, 0.0, 1.0, 0.0)
    if not np.isfinite(a + b):
        return BlockCheck(name, n_params, np.inf, np.nan, np.nan)
    error = float(np.linalg.norm(analytic - numerical) / (a + b))
    if a == 0 or b == 0:
        return BlockCheck(name, n_params, error, float(a / b) if b else np.inf, np.nan)
    cosine = np.clip(analytic @ numerical / (a * b), -1, 1)
    return BlockCheck(name, n_params, error, float(a / b), float(np.degrees(np.arccos(cosine))))
