"""Exercise 11: momentum, Adam, softmax, dropout, and a digit that is turned."""

import numpy as np

from ...minibatch import BETA_1, BETA_2, TINY, Adam
from ...model import sigmoid
from ...preparation import SIDE
from ..exercise import Exercise

exercise = Exercise({"momentum_step": 2, "adam_step": 3, "softmax": 2, "dropout": 1, "turn": 2})


def _rolling(rng):
    n = int(rng.integers(3, 6))
    return (*rng.normal(size=(3, n)), float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.6, 0.95)))


def _momentum(velocity, *, move=lambda params, new, old, gradient, rate, beta: params + new, result=None):
    """Return a wrong `momentum_step`, with another velocity, another move, or another result."""

    def function(params, old, gradient, rate, beta):
        new = velocity(old, gradient, rate, beta)
        moved = move(params, new, old, gradient, rate, beta)
        return result(moved, new, old) if result else (moved, new)

    return function


def _velocity(velocity, gradient, rate, beta):
    return beta * velocity - rate * gradient


@exercise.task(
    examples=[
        (np.array([1.0, 2.0]), np.array([0.5, -1.0]), np.array([2.0, -10.0]), 0.1, 0.5),
        (np.array([1.0, 2.0, 3.0]), np.zeros(3), np.array([2.0, -10.0, 0.0]), 0.1, 0.9),  # the first step of a walk
        (np.array([1.0, 2.0, 3.0]), np.array([3.0, 0.0, -1.0]), np.zeros(3), 0.1, 0.9),  # on flat ground it rolls on
    ],
    draw=_rolling,
    parts=("the array of parameters", "the velocity"),
    hints=[
        "Two lines, in the order of the formulas: first the new velocity, from the old one and the gradient; then the "
        "new parameters, from the old ones and the *new* velocity.",
        "`velocity = beta * velocity - rate * gradient` makes a new array and gives it the old name. That changes "
        "nothing for the caller. `velocity *= beta` would write into the caller's array.",
        "After it, `return params + velocity, velocity`.",
    ],
    mistakes={
        "The step goes uphill: the gradient points to where the cost grows, so it is subtracted.": _momentum(
            lambda v, g, rate, beta: beta * v + rate * g
        ),
        "The velocity points the other way: here it is what is *added* to the parameters, so the gradient is "
        "subtracted in it.": _momentum(
            lambda v, g, rate, beta: beta * v + rate * g,
            move=lambda p, new, old, g, rate, beta: p - new,
        ),
        "This is how other libraries do it: the velocity without the rate, and the rate in the move. Here the rate is "
        "in the velocity already.": [
            _momentum(lambda v, g, rate, beta: beta * v + g, move=lambda p, new, old, g, rate, beta: p - rate * new),
            _momentum(lambda v, g, rate, beta: beta * v - g, move=lambda p, new, old, g, rate, beta: p + rate * new),
        ],
        "The rate counts twice. It is in the velocity already, so the velocity is added as it is.": _momentum(
            _velocity, move=lambda p, new, old, g, rate, beta: p + rate * new
        ),
        "The gradient has a factor 1 − β, as in a running mean. Here it has the rate alone.": _momentum(
            lambda v, g, rate, beta: beta * v - (1 - beta) * rate * g
        ),
        "The factor 1 − β is in place of the rate.": _momentum(lambda v, g, rate, beta: beta * v - (1 - beta) * g),
        "β is on the gradient, too. It brakes the old velocity only.": _momentum(
            lambda v, g, rate, beta: beta * (v - rate * g)
        ),
        "β is missing: nothing brakes the old velocity.": _momentum(lambda v, g, rate, beta: v - rate * g),
        "The rate is missing: the gradient is taken as it is.": _momentum(lambda v, g, rate, beta: beta * v - g),
        "The old velocity is forgotten. That is plain gradient descent.": _momentum(lambda v, g, rate, beta: -rate * g),
        "The rate and β are exchanged.": _momentum(lambda v, g, rate, beta: rate * v - beta * g),
        "The parameters move with the *old* velocity. Compute the new one first.": _momentum(
            _velocity, move=lambda p, new, old, g, rate, beta: p + old
        ),
        "The parameters move by the gradient alone. What moves them is the velocity.": _momentum(
            _velocity, move=lambda p, new, old, g, rate, beta: p - rate * g
        ),
        "The gradient is subtracted a second time: it is in the velocity already.": _momentum(
            _velocity, move=lambda p, new, old, g, rate, beta: p + new - rate * g
        ),
        "The parameters are subtracted from where they should be added, or the velocity is: it is params *plus* "
        "velocity.": [
            _momentum(_velocity, move=lambda p, new, old, g, rate, beta: p - new),
            _momentum(_velocity, move=lambda p, new, old, g, rate, beta: new - p),
        ],
        "The parameters look ahead: this is Nesterov's variant. Here they move by the new velocity, no more.": (
            _momentum(_velocity, move=lambda p, new, old, g, rate, beta: p + beta * new - rate * g)
        ),
        "The velocity is not returned. The next step needs it: return both, `params, velocity`.": _momentum(
            _velocity, result=lambda moved, new, old: moved
        ),
        "The parameters are not returned. Return both, `params, velocity`.": _momentum(
            _velocity, result=lambda moved, new, old: new
        ),
        "The velocity that is returned is the old one. The next step needs the new one.": _momentum(
            _velocity, result=lambda moved, new, old: (moved, old)
        ),
    },
)
def momentum_step(params, velocity, gradient, rate, beta):
    velocity = _velocity(velocity, gradient, rate, beta)
    return params + velocity, velocity


def _adams_case(rng):
    """Return a step in the middle of a walk: early, so that the corrections matter."""
    params, mean, gradient = rng.normal(size=(3, int(rng.integers(3, 6))))
    mean_square = mean**2 + rng.uniform(0.1, 1.0, size=len(mean))
    return params, 0.5 * mean, mean_square, gradient, int(rng.integers(3, 30)), float(rng.uniform(0.1, 0.5))


def _means(mean, mean_square, gradient):
    return BETA_1 * mean + (1 - BETA_1) * gradient, BETA_2 * mean_square + (1 - BETA_2) * gradient**2


def _corrections(step):
    return 1 - BETA_1**step, 1 - BETA_2**step


def _moves(params, gradient, m, v, rate):
    return params - rate * m / (np.sqrt(v) + TINY)


def _all_three(moved, new_means, corrected_means, old_means):
    return (moved, *new_means)


def _adam(*, means=_means, corrections=_corrections, moves=_moves, corrected=None, result=_all_three):
    """Return `adam_step` with some of its parts exchanged: the tools to make it wrong."""

    def function(params, mean, mean_square, gradient, step, rate):
        new = means(mean, mean_square, gradient)
        by = corrections(step)
        m, v = corrected(new, (mean, mean_square), by) if corrected else (new[0] / by[0], new[1] / by[1])
        return result(moves(params, gradient, m, v, rate), new, (m, v), (mean, mean_square))

    return function


def _moving(step_of):
    """Return the moves whose step, before the rate, is this function of the corrected means."""
    return lambda params, gradient, m, v, rate: params - rate * step_of(m, v)


# Some of its gradients are 0 for ever: pixels that are never ink. The others differ by a factor of 80.
_FIRST = (np.ones(3), np.zeros(3), np.zeros(3), np.array([8.0, -0.1, 0.0]), 1, 0.5)
_SECOND = (
    np.array([0.5, 1.5, 1.0]),
    np.array([0.8, -0.01, 0.0]),
    np.array([0.064, 0.00001, 0.0]),
    np.array([-4.0, -0.2, 0.0]),
    2,
    0.5,
)
# Late and small: here the tiny number matters, and the corrections do not.
_LATE = (
    np.array([0.1, -0.2, 0.3]),
    np.array([1e-5, -2e-5, 1e-5]),
    np.array([4e-10, 9e-10, 1e-10]),
    np.array([2e-5, 3e-5, -1e-5]),
    20000,
    0.5,
)


@exercise.task(
    examples=[_FIRST, _SECOND, _LATE],
    draw=_adams_case,
    parts=("the array of parameters", "the mean", "the mean square"),
    library=(Adam.step,),
    hints=[
        "Line by line, as the formulas stand: two running means, two corrected ones *under other names*, and the move. "
        "The step after this one needs the running means as they are.",
        "`mean = 0.9 * mean + 0.1 * gradient`, and the same for `mean_square` with 0.999, 0.001 and `gradient**2`. "
        "Corrected, they are `mean / (1 - 0.9**step)` and `mean_square / (1 - 0.999**step)`.",
        "With the corrected ones as `m` and `v`: `params = params - rate * m / (np.sqrt(v) + 1e-8)`, and "
        "`return params, mean, mean_square`.",
    ],
    mistakes={
        "Both corrections are missing: at first the means are far too small, as they begin at 0.": _adam(
            corrections=lambda step: (1, 1)
        ),
        "The mean is not corrected: divide it by 1 − 0.9ᵗ.": _adam(
            corrections=lambda step: (1, _corrections(step)[1]),
        ),
        "The mean square is not corrected: divide it by 1 − 0.999ᵗ.": _adam(
            corrections=lambda step: (_corrections(step)[0], 1)
        ),
        "It corrects with `step - 1`, and divides by 0 at the first step. The steps count from 1 already.": _adam(
            corrections=lambda step: _corrections(step - 1)
        ),
        "It corrects with `step + 1`. The steps count from 1 already.": _adam(
            corrections=lambda step: _corrections(step + 1)
        ),
        "It corrects as if every step were the first. The power is `step`.": _adam(
            corrections=lambda step: _corrections(1)
        ),
        "Each mean is corrected by its own factor: 1 − 0.9ᵗ for the mean, 1 − 0.999ᵗ for the mean square.": [
            _adam(corrections=lambda step: _corrections(step)[::-1]),
            _adam(corrections=lambda step: (1 - BETA_1**step,) * 2),
            _adam(corrections=lambda step: (1 - BETA_2**step,) * 2),
        ],
        "The correction has a product in place of a power: `0.9**step`, not `0.9 * step`.": _adam(
            corrections=lambda step: (1 - BETA_1 * step, 1 - BETA_2 * step)
        ),
        "It multiplies by the corrections. The means are too small at first: divide.": _adam(
            corrections=lambda step: tuple(1 / part for part in _corrections(step))
        ),
        "It divides by 0.9ᵗ and 0.999ᵗ. The corrections are *1 minus* these.": _adam(
            corrections=lambda step: (BETA_1**step, BETA_2**step)
        ),
        "The root is missing: divide by the root of the mean square.": [
            _adam(moves=_moving(lambda m, v: m / (v + TINY))),
            _adam(moves=_moving(lambda m, v: m / v)),
        ],
        "The tiny number is inside the root. It is added after: `np.sqrt(…) + 1e-8`.": [
            _adam(moves=_moving(lambda m, v: m / np.sqrt(v + TINY))),
            _adam(corrected=lambda new, old, by: (new[0] / by[0], (new[1] + TINY) / by[1])),
            _adam(
                corrected=lambda new, old, by: (new[0] / by[0], (new[1] + TINY) / by[1]),
                moves=_moving(lambda m, v: m / np.sqrt(v)),
            ),
        ],
        "The tiny number is not added to the root. A parameter whose gradient was always 0 gets 0 / 0, which is NaN. "
        "Is a bracket missing?": _adam(moves=_moving(lambda m, v: m / np.sqrt(v))),
        "The tiny number is not 1e-8.": [
            _adam(moves=_moving(lambda m, v, tiny=tiny: m / (np.sqrt(v) + tiny)))
            for tiny in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-9, 1e-10, 1e-12, 8.0, np.exp(-8))
        ],
        "The step goes uphill: it is subtracted from the parameters.": _adam(
            moves=lambda params, gradient, m, v, rate: params + rate * m / (np.sqrt(v) + TINY)
        ),
        "The rate is missing.": _adam(moves=lambda params, gradient, m, v, rate: params - m / (np.sqrt(v) + TINY)),
        "The step follows the gradient of this one batch. It must follow the corrected mean.": _adam(
            moves=lambda params, gradient, m, v, rate: params - rate * gradient / (np.sqrt(v) + TINY)
        ),
        "The step is not divided by the root of the mean square.": _adam(moves=_moving(lambda m, v: m)),
        "It moves by the means of *before*. Update the means first.": _adam(
            corrected=lambda new, old, by: (old[0] / by[0], old[1] / by[1])
        ),
        "The corrected means are returned. The next step would correct them a second time: keep the running means "
        "apart, and return them.": _adam(result=lambda moved, new, corrected, old: (moved, *corrected)),
        "The means that are returned are the old ones. The next step needs the new ones.": _adam(
            result=lambda moved, new, corrected, old: (moved, *old)
        ),
        "The means are not returned. The next step needs them: return `params, mean, mean_square`.": [
            _adam(result=lambda moved, new, corrected, old: moved),
            _adam(result=lambda moved, new, corrected, old: (moved,)),
        ],
        "The two means are returned in the wrong order: first the mean, then the mean square.": _adam(
            result=lambda moved, new, corrected, old: (moved, *new[::-1])
        ),
        "The parameters come last. Return them first: `params, mean, mean_square`.": _adam(
            result=lambda moved, new, corrected, old: (*new, moved)
        ),
        "The two betas are exchanged: 0.9 is for the mean, 0.999 for the mean square.": [
            _adam(means=lambda m, v, g: (BETA_2 * m + (1 - BETA_2) * g, BETA_1 * v + (1 - BETA_1) * g**2)),
            _adam(
                means=lambda m, v, g: (BETA_2 * m + (1 - BETA_2) * g, BETA_1 * v + (1 - BETA_1) * g**2),
                corrections=lambda step: _corrections(step)[::-1],
            ),
        ],
        "Both means run with the same β: it is 0.9 for the mean, and 0.999 for the mean square.": [
            _adam(means=lambda m, v, g: (BETA_1 * m + (1 - BETA_1) * g, BETA_1 * v + (1 - BETA_1) * g**2)),
            _adam(means=lambda m, v, g: (BETA_2 * m + (1 - BETA_2) * g, BETA_2 * v + (1 - BETA_2) * g**2)),
        ],
        "The weights of a mean are exchanged: most of it stays, 0.9 times the old mean, and a tenth is new.": [
            _adam(means=lambda m, v, g: ((1 - BETA_1) * m + BETA_1 * g, (1 - BETA_2) * v + BETA_2 * g**2)),
            _adam(means=lambda m, v, g: ((1 - BETA_1) * m + BETA_1 * g, _means(m, v, g)[1])),
            _adam(means=lambda m, v, g: (_means(m, v, g)[0], (1 - BETA_2) * v + BETA_2 * g**2)),
        ],
        "The new gradient is added in full. In a running mean it has the weight that the old mean lost: 0.1 in the "
        "one, 0.001 in the other.": [
            _adam(means=lambda m, v, g: (BETA_1 * m + g, BETA_2 * v + g**2)),
            _adam(means=lambda m, v, g: (BETA_1 * m + g, _means(m, v, g)[1])),
            _adam(means=lambda m, v, g: (_means(m, v, g)[0], BETA_2 * v + g**2)),
        ],
        "The mean square is that of the *mean*. Square the gradient: `gradient**2`.": [
            _adam(means=lambda m, v, g: (_means(m, v, g)[0], _means(m, v, _means(m, v, g)[0])[1])),
            _adam(means=lambda m, v, g: (_means(m, v, g)[0], _means(m, v, m)[1])),
        ],
        "The gradient is not squared in the mean square.": [
            _adam(means=lambda m, v, g: (_means(m, v, g)[0], BETA_2 * v + (1 - BETA_2) * g)),
            _adam(means=lambda m, v, g: (_means(m, v, g)[0], BETA_2 * v + (1 - BETA_2) * np.abs(g))),
        ],
        "The mean squares are summed over all parameters. Each parameter has its own.": [
            _adam(means=lambda m, v, g: (_means(m, v, g)[0], BETA_2 * v + (1 - BETA_2) * np.sum(g**2))),
            _adam(means=lambda m, v, g: (_means(m, v, g)[0], BETA_2 * v + (1 - BETA_2) * np.mean(g**2))),
        ],
    },
)
def adam_step(params, mean, mean_square, gradient, step, rate):
    return _adam()(params, mean, mean_square, gradient, step, rate)


def _scores(rng):
    """Return numbers that are far apart between rows, in eighths: float32 holds them, too."""
    m, n = rng.choice([[2, 3], [4, 3], [5, 10], [3, 6]])
    z = rng.normal(scale=2.0, size=(m, n)) + rng.choice([-40.0, 0.0, 30.0], size=(m, 1))
    return (np.round(8 * z) / 8,)


def _shares(a):
    return a / a.sum(axis=1, keepdims=True)


def _row_largest(z):
    return z.max(axis=1, keepdims=True)


@exercise.task(
    examples=[
        (np.log([[1.0, 2.0, 5.0]]),),
        (np.log([[1.0, 2.0, 5.0, 2.0], [3.0, 3.0, 3.0, 1.0]]),),
        (np.array([[1000.0, 1001.0, 998.5], [-1000.0, -1000.0, -1002.0]]),),
        (np.array([[-1000.0, 0.0, 1000.0], [0.0, 0.5, -3.0]]),),  # one row reaches from far below to far above
        (np.array([[-1000.0, -1001.0, -999.5]]),),  # nothing is large, and all powers are 0
        (np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 0.0], [4.0, 4.0, 2.0]]),),  # as many rows as columns
    ],
    draw=_scores,
    hints=[
        "Take the largest number of each row away from that row, then `np.exp`, then divide each row by its sum.",
        "`z.max(axis=1, keepdims=True)` is the largest of each row, as a column (m, 1): it fits to (m, n). "
        "`axis=1` goes along the row.",
        "`powers = np.exp(z - z.max(axis=1, keepdims=True))`, then "
        "`return powers / powers.sum(axis=1, keepdims=True)`.",
    ],
    mistakes={
        "For large numbers it gives NaN: e¹⁰⁰⁰ fits in no float, and where all of a row is far below 0 the sum is 0. "
        "Take the largest number of each row away first.": lambda z: _shares(np.exp(z)),
        "It takes the largest number of *all* rows away. A row that is far below it becomes 0 / 0, which is NaN: each "
        "row needs its own.": [
            lambda z: _shares(np.exp(z - z.max())),
            lambda z: _shares(np.exp(z - z.max(axis=0))),
        ],
        "It takes the smallest number, or the mean, of each row away. What is far above it still overflows: take the "
        "*largest*.": [
            lambda z: _shares(np.exp(z - z.min(axis=1, keepdims=True))),
            lambda z: _shares(np.exp(z - z.mean(axis=1, keepdims=True))),
        ],
        "The columns add up to 1. The *rows* must: a row is an example, and `axis=1` goes along it.": [
            lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=0),
            lambda z: np.exp(z - _row_largest(z)) / np.exp(z - _row_largest(z)).sum(axis=0),
            lambda z: np.exp(z) / np.exp(z).sum(axis=0),
        ],
        "The whole array adds up to 1. Each row must: `.sum(axis=1, keepdims=True)`.": [
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
            lambda z: np.exp(z - _row_largest(z)) / np.exp(z - _row_largest(z)).sum(),
            lambda z: np.exp(z) / np.exp(z).sum(),
        ],
        "The shape of the sums, or of the largest numbers, is (m,), and NumPy sets it beside the *columns*. "
        "`keepdims=True` keeps it a column (m, 1).": [
            lambda z: np.exp(z) / np.exp(z).sum(axis=1),
            lambda z: _shares(np.exp(z - z.max(axis=1))),
            lambda z: np.exp(z - _row_largest(z)) / np.exp(z - _row_largest(z)).sum(axis=1),
            lambda z: np.exp(z - z.max(axis=1)) / np.exp(z - z.max(axis=1)).sum(axis=1),
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1),
        ],
        "These are sigmoids: each looks at its own number only. Softmax divides by the sum over the row.": [
            sigmoid,
            lambda z: 1 / (1 + np.exp(-z)),
        ],
        "These are sigmoids, divided by their sum. Softmax takes eᶻ in their place.": [
            lambda z: _shares(sigmoid(z)),
            lambda z: _shares(1 / (1 + np.exp(-z))),
        ],
        "The rows are not divided by their sum.": lambda z: np.exp(z - _row_largest(z)),
        "This is the logarithm of the result.": lambda z: (
            z - _row_largest(z) - np.log(np.exp(z - _row_largest(z)).sum(axis=1, keepdims=True))
        ),
        "The exponential is missing: these are the shares of z itself.": lambda z: z / z.sum(axis=1, keepdims=True),
        "This is 1 for the largest of each row, and 0 for the others. Softmax is the soft form of it.": [
            lambda z: (z == _row_largest(z)).astype(float),
            lambda z: np.eye(z.shape[1])[z.argmax(axis=1)],
        ],
        "The sign is turned: the largest number must get the largest share.": [
            lambda z: softmax(-z),
            lambda z: _shares(np.exp(_row_largest(z) - z)),
        ],
        "It divides by the largest number of each row. Subtract it: only that leaves the result the same.": lambda z: (
            _shares(np.exp(z / _row_largest(z)))
        ),
        "The largest number itself is missing from the sum, or something is added to it.": [
            lambda z: np.exp(z - _row_largest(z)) / (np.exp(z - _row_largest(z)).sum(axis=1, keepdims=True) - 1),
            lambda z: np.exp(z - _row_largest(z)) / (np.exp(z - _row_largest(z)).sum(axis=1, keepdims=True) + 1),
        ],
    },
)
def softmax(z):
    return _shares(np.exp(z - _row_largest(z)))


def _units(rng):
    """Return activations, chances and a rate; the share that is kept differs from the mean one."""
    m, n = int(rng.integers(4, 7)), int(rng.integers(7, 10))
    while True:
        rate = float(rng.choice([0.2, 0.3, 0.4, 0.7]))
        a, chance = rng.normal(size=(m, n)), rng.random((m, n))
        # Or chance would make a wrong answer right: one that divides by the share that is kept.
        if abs(np.mean(chance >= rate) - (1 - rate)) > 0.02:
            return a, chance, rate


def _drop(keep=lambda chance, rate: chance >= rate, scale=lambda mask, rate: 1 - rate):
    """Return a wrong `dropout`, which keeps other units or divides them by another number."""

    def function(a, chance, rate):
        mask = keep(chance, rate)
        return np.where(mask, a / scale(mask, rate), 0.0)

    return function


def _dropped(chance, rate):
    return chance < rate


@exercise.task(
    examples=[
        (
            np.array([[0.5, 1.0, 0.25], [0.5, 1.0, 0.75]]),
            np.array([[0.375, 0.75, 0.125], [0.5, 0.25, 0.875]]),  # one is just the rate, and stays on
            0.5,
        ),
        (np.array([[0.5, 1.0, 0.25]]), np.array([[0.0, 0.75, 0.125]]), 0.0),  # nothing is off, at rate 0
        (np.array([[3.0, 1.0, -2.0, 4.0]]), np.array([[0.625, 0.125, 0.875, 0.75]]), 0.75),
    ],
    draw=_units,
    hints=[
        "`chance < rate` is an array of True and False: which units are off.",
        "`np.where(chance < rate, 0, …)` chooses for each number: 0 where it is off, and elsewhere the activation, "
        "divided by the share of units that stays on.",
        "That share is `1 - rate`, so it is `np.where(chance < rate, 0, a / (1 - rate))`.",
    ],
    mistakes={
        "It is not divided by 1 − rate: the layer after it gets too little, and would get more when all units are "
        "on.": _drop(scale=lambda mask, rate: 1.0),
        "It is divided by the rate. Divide by the share that stays on, 1 − rate.": _drop(scale=lambda mask, rate: rate),
        "It is *multiplied* by 1 − rate. The ones that stay must make up for the others: divide.": _drop(
            scale=lambda mask, rate: 1 / (1 - rate)
        ),
        "It is divided by the share that happened to stay on this time. Divide by the one that is known, 1 − rate.": [
            _drop(scale=lambda mask, rate: mask.mean()),
            _drop(scale=lambda mask, rate: mask.mean(axis=1, keepdims=True)),
        ],
        "The mask is inverted: the units are off where `chance < rate`, and on elsewhere.": [
            _drop(keep=_dropped),
            _drop(keep=_dropped, scale=lambda mask, rate: rate),
            _drop(keep=_dropped, scale=lambda mask, rate: 1.0),
        ],
        "Where the chance is just the rate, the unit stays on: `<`, not `<=`.": _drop(
            keep=lambda chance, rate: chance > rate
        ),
        "Whole columns are off: every example must draw for itself. Use all of `chance`.": [
            _drop(keep=lambda chance, rate: np.broadcast_to(chance[0] >= rate, chance.shape)),
            _drop(keep=lambda chance, rate: np.broadcast_to(chance.mean(axis=0) >= rate, chance.shape)),
        ],
        "Whole rows are off: every unit must draw for itself. Use all of `chance`.": [
            _drop(keep=lambda chance, rate: np.broadcast_to(chance[:, :1] >= rate, chance.shape)),
            _drop(keep=lambda chance, rate: np.broadcast_to(chance.mean(axis=1, keepdims=True) >= rate, chance.shape)),
        ],
        "The chance itself is the factor. It only decides between on and off.": [
            lambda a, chance, rate: a * chance / (1 - rate),
            lambda a, chance, rate: np.where(chance < rate, 0, a * chance / (1 - rate)),
        ],
        "It returns which units are on. Return their activations.": [
            lambda a, chance, rate: chance >= rate,
            lambda a, chance, rate: (chance >= rate) / (1 - rate),
        ],
        "The activation is compared with the rate. Compare the chance.": lambda a, chance, rate: np.where(
            a < rate, 0, a / (1 - rate)
        ),
        "The units that are off are left out. Keep the shape, with 0 in their places.": lambda a, chance, rate: (
            a[chance >= rate] / (1 - rate)
        ),
    },
)
def dropout(a, chance, rate):
    return np.where(chance < rate, 0.0, a / (1 - rate))


_MIDDLE = (SIDE - 1) / 2
_345 = float(np.arctan2(3, 4))  # its cosine is 0.8 and its sine 0.6: no place lies near the edge between two pixels


def _from_where(angle, middle=_MIDDLE):
    """Return from which column and row each pixel of a turned image comes, as numbers with fractions."""
    y, x = np.indices((SIDE, SIDE)) - middle
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * x + sin * y + middle, cos * y - sin * x + middle


def _inside(column, row):
    return (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)


def _paper_outside(image, column, row):
    inside = _inside(column, row)
    result = np.zeros(image.shape)
    result[inside] = image[row[inside], column[inside]]
    return result


def _nearest(places):
    return np.rint(places).astype(int)


def _turned(*, where=_from_where, nearest=_nearest, take=_paper_outside):
    """Return `turn` with some of its parts exchanged."""

    def function(image, angle):
        column, row = where(angle)
        return take(image, nearest(column), nearest(row))

    return function


def _some_image(rng):
    """Return ink of many strengths in all places, also at the edges, so that every displaced pixel shows."""
    return np.round(rng.uniform(0.1, 1.0, size=(SIDE, SIDE)), 2)


def _image_and_angle(rng):
    """Return an image and an angle for which no place lies near the edge between two pixels: rounding is certain."""
    while True:
        angle = float(rng.choice([-1, 1]) * rng.uniform(0.3, 3.0))
        distances = [np.abs(places % 1 - 0.5).min() for places in _from_where(angle)]
        if min(distances) > 1e-3:
            return _some_image(rng), angle


def _forward(image, angle, *, down_first=False):
    """Move each pixel of the image to the nearest place: where none arrives, there are holes."""
    column, row = (_nearest(places) for places in _from_where(-angle))
    result = np.zeros(image.shape)
    order = [(i, j) for i in range(SIDE) for j in range(SIDE)]
    for i, j in sorted(order, key=lambda place: place[::-1]) if down_first else order:
        if _inside(column[i, j], row[i, j]):
            result[row[i, j], column[i, j]] = image[i, j]
    return result


def _one_by_one(image, angle):
    """Look at no edge, pixel by pixel: an index that is too large raises."""
    result = np.zeros(image.shape)
    for i in range(SIDE):
        for j in range(SIDE):
            column, row = (int(_nearest(places)[i, j]) for places in _from_where(angle))
            result[i, j] = image[row, column]
    return result


def _only_too_large(image, column, row):
    inside = (column < SIDE) & (row < SIDE)
    return np.where(inside, image[np.where(inside, row, 0), np.where(inside, column, 0)], 0.0)


def _only_too_small(image, column, row):
    inside = (column >= 0) & (row >= 0)
    return np.where(inside, image[np.where(inside, row, 0), np.where(inside, column, 0)], 0.0)


def _at_the_edge(image, column, row):
    return image[np.clip(row, 0, SIDE - 1), np.clip(column, 0, SIDE - 1)]


def _tested_before_rounding(image, angle):
    column, row = _from_where(angle)
    inside = (column >= 0) & (column <= SIDE - 1) & (row >= 0) & (row <= SIDE - 1)
    return np.where(inside, _at_the_edge(image, _nearest(column), _nearest(row)), 0.0)


def _between_four(image, angle):
    """Mix the four pixels around each place."""
    column, row = _from_where(angle)
    left, top = np.floor(column).astype(int), np.floor(row).astype(int)
    right, below = column - left, row - top
    return (
        (1 - right) * (1 - below) * _paper_outside(image, left, top)
        + right * (1 - below) * _paper_outside(image, left + 1, top)
        + (1 - right) * below * _paper_outside(image, left, top + 1)
        + right * below * _paper_outside(image, left + 1, top + 1)
    )


def _from_where_without_a_sign(both):
    """Return places for which one of the two signs of the sine is wrong."""

    def where(angle):
        y, x = np.indices((SIDE, SIDE)) - _MIDDLE
        cos, sin = np.cos(angle), both * np.sin(angle)
        return cos * x + sin * y + _MIDDLE, cos * y + sin * x + _MIDDLE

    return where


def _sine_and_cosine_exchanged(angle):
    return _from_where(np.pi / 2 - angle)


def _not_back_from_the_middle(angle):
    column, row = _from_where(angle)
    return column - _MIDDLE, row - _MIDDLE


@exercise.task(
    examples=[
        (_some_image(np.random.default_rng(0)), float(np.pi / 2)),
        (_some_image(np.random.default_rng(1)), _345),
        (_some_image(np.random.default_rng(2)), -_345),
        (_some_image(np.random.default_rng(3)), float(np.pi) - _345),
        (_some_image(np.random.default_rng(4)), 0.0),
        (_some_image(np.random.default_rng(5)), _345),  # again: the result does not hang on the angle alone
    ],
    draw=_image_and_angle,
    hints=[
        "Go through the pixels of the *result*, and work out for each from where it comes. Two loops will do; or "
        "`rows, columns = np.indices((28, 28))` gives the row and the column of all pixels at once.",
        "`x, y = columns - 13.5, rows - 13.5`. It comes from the column `np.cos(angle) * x + np.sin(angle) * y + 13.5` "
        "and from the row `np.cos(angle) * y - np.sin(angle) * x + 13.5`. `np.rint(…)` rounds; then `.astype(int)`.",
        "Only where row and column are 0 to 27 is there a pixel to take. All at once: "
        "`inside = (column >= 0) & (column < 28) & (row >= 0) & (row < 28)`, then on `result = np.zeros((28, 28))`: "
        "`result[inside] = image[row[inside], column[inside]]`.",
    ],
    mistakes={
        "It moves the pixels of the image forward. Where none arrives, there are holes: go through the pixels of the "
        "*result*, and fetch each from where it comes.": [
            _forward,
            lambda image, angle: _forward(image, angle, down_first=True),
        ],
        "It turns in the other sense. y grows down, so a positive angle goes clockwise; is one of the signs turned, or "
        "the row taken for x?": lambda image, angle: turn(image, -angle),
        "It turns about the corner. Subtract 13.5 from column and row first, and add it at the end.": _turned(
            where=lambda angle: _from_where(angle, middle=0)
        ),
        "It turns about (14, 14), or (13, 13). The middle of the pixels 0 to 27 is 13.5.": [
            _turned(where=lambda angle, middle=middle: _from_where(angle, middle)) for middle in (14, 13)
        ],
        "13.5 is not added back at the end: the places are still counted from the middle.": _turned(
            where=_not_back_from_the_middle
        ),
        "It goes on at the other side: index −1 is the *last* row or column. What comes from outside is paper, 0.": [
            _turned(take=_only_too_large),
            _turned(take=lambda image, column, row: image[row % SIDE, column % SIDE]),
        ],
        "A row or a column is 28 or more, where the image has 0 to 27. What comes from outside is paper, 0.": [
            _turned(take=lambda image, column, row: image[row, column]),
            _turned(take=_only_too_small),
            _one_by_one,
        ],
        "What comes from outside is the pixel at the edge. It should be paper, 0.": _turned(take=_at_the_edge),
        "It looks whether a place is inside *before* it is rounded. At 27.3 the nearest pixel is 27, and it is "
        "there: round first.": _tested_before_rounding,
        "It cuts the fractions off. The nearest pixel comes from rounding, `np.rint`.": [
            _turned(nearest=lambda places: places.astype(int)),
            _turned(nearest=lambda places: np.floor(places).astype(int)),
            _turned(nearest=lambda places: np.ceil(places).astype(int)),
        ],
        "`int(x + 0.5)` cuts towards 0: it makes 0 of −0.7, where the nearest is −1, which is outside. "
        "`np.rint` rounds on both sides of 0.": _turned(nearest=lambda places: (places + 0.5).astype(int)),
        "Row and column are exchanged: an image is indexed by row first, `image[row, column]`.": [
            _turned(take=lambda image, column, row: _paper_outside(image, row, column)),
            lambda image, angle: turn(image, angle).T,
        ],
        "Both formulas have the same sign before the sine. One has plus, the other minus.": [
            _turned(where=_from_where_without_a_sign(1)),
            _turned(where=_from_where_without_a_sign(-1)),
        ],
        "The image is not turned at all.": lambda image, angle: image,
        "Sine and cosine are exchanged.": _turned(where=_sine_and_cosine_exchanged),
        "It takes the angle for degrees. It is in radians already, and so NumPy's sine and cosine want it.": (
            lambda image, angle: turn(image, np.radians(angle))
        ),
        "It makes degrees of the angle. NumPy's sine and cosine want radians.": lambda image, angle: turn(
            image, np.degrees(angle)
        ),
        "It mixes the pixels around each place. Take the nearest one.": _between_four,
    },
)
def turn(image, angle):
    return _turned()(image, angle)


exercise.question(
    "11-rolling",
    "The slope is the same everywhere, like a plane that falls evenly. With β = 0.9, how fast is the walk in the end?",
    [
        "as fast as plain gradient descent",
        "about twice as fast",
        "ten times as fast",
        "faster and faster, without end",
    ],
    right=2,
    wrong=[
        "That is the first step. What does nine tenths of it add to the second one?",
        "That is the second step: 1 + 0.9. What is the third one, and the one after it?",
        "Each step loses a tenth of the velocity. At what velocity does it lose just what the gradient adds?",
    ],
    why="1 + 0.9 + 0.81 + … = 1 / (1 − 0.9) = 10. At ten times the step, the tenth that is lost is as large as "
    "what the gradient adds.",
)

exercise.question(
    "11-first-step",
    "At the first step, one parameter has the gradient 8, another one −0.1. How far does Adam move them?",
    ["the first 80 times as far as the second", "the first about 9 times as far", "both equally far"],
    right=2,
    wrong=[
        "So it is in gradient descent. What does the corrected mean square have to do with the gradient here?",
        "The root of 80 is about 9. But of what is the root taken, and what stands above it?",
    ],
    why="After one step, the corrected means are the gradient itself and its square. The gradient over the root of its "
    "square is 1 or −1, so both move by the rate: only the sign counts.",
)

exercise.question(
    "11-shift",
    "Take 3 away from each number of a row. What happens to its softmax?",
    ["Nothing", "All shares become smaller", "The large shares grow, the small ones shrink"],
    right=0,
    wrong=[
        "Then they would no longer add up to 1. What happens to the sum of the powers?",
        "By which factor does each eᶻ change? And their sum?",
    ],
    why="Each eᶻ becomes e⁻³ times what it was, and so does their sum. The factor cancels. So you may take away what "
    "you like, and the largest number is a good choice: then no power is larger than 1.",
)

exercise.question(
    "11-none",
    "An image shows a letter. What can ten sigmoids say that a softmax of ten cannot?",
    ["That it is surely an 8", "That all ten digits are equally likely", "That it is none of the ten digits"],
    right=2,
    wrong=[
        "One output near 1 and nine near 0: do these add up to something that a softmax cannot?",
        "Ten times 0.1 adds up to 1. So who can say it?",
    ],
    why="Ten sigmoids are ten questions, and each may be answered with no: ten scores near 0. The shares of a softmax "
    "add up to 1, so some digit always gets at least a tenth. It answers one question: which of the ten?",
)

exercise.question(
    "11-twice",
    "In training, half of the units are off each time, and nothing is divided. Later, in reading, all are on. "
    "What does the next layer get then?",
    ["about the same as in training", "about twice as much", "about half as much"],
    right=1,
    wrong=[
        "In training, how many units does its sum run over, on average? And in reading?",
        "More units are on than before, not fewer.",
    ],
    why="Its sum runs over twice as many units, but its weights were learned for half of them. So in training the "
    "units that stay on are doubled: divided by 1 − 0.5.",
)

exercise.question(
    "11-holes",
    "Suppose that you go through the pixels of the image, and put each where it goes in the result. What is wrong?",
    [
        "The digit becomes larger",
        "Some pixels of the result get nothing, and others two",
        "Nothing, it is the same",
    ],
    right=1,
    wrong=[
        "Turning keeps all distances. What does the rounding do?",
        "Two pixels beside each other go to places that are one apart, along a slanted line. Do they always round to "
        "two neighbours?",
    ],
    why="There are as many pixels as places, and after rounding two of them may fall on the same place. Then another "
    "place is left empty: a hole. If each pixel of the result fetches its ink, none is left out.",
)
