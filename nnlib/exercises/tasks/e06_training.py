"""Exercise 06: training."""

import numpy as np

from ... import cost_and_gradient, init_thetas, pack, predict, unpack
from ...metrics import accuracy
from ...parameters import sizes_of
from ..exercise import Exercise

exercise = Exercise({"split": 2, "gradient_descent": 2, "train_network": 3, "learning_curve": 2, "best_lambda": 1})


@exercise.task(
    examples=[(10, 3, np.random.default_rng(1))],
    draw=lambda rng: (60, 20, np.random.default_rng(int(rng.integers(100, 1000)))),
    random=True,
    hints=[
        "Put all row numbers, 0 … n − 1, in random order, once.",
        "The first n_validation of them are for validation, all others for training.",
        "`rows = rng.permutation(n)`, and return `rows[n_validation:], rows[:n_validation]`.",
    ],
    must_hold={
        "It must return a pair of arrays: "
        "the row numbers for training, and those for validation.": lambda result, n, n_validation, rng: (
            isinstance(result, (tuple, list)) and len(result) == 2
        ),
        "Some rows are there twice. "
        "Draw without replacement: `rng.permutation(n)` has each row once.": lambda result, n, n_validation, rng: all(
            len(np.unique(rows)) == len(rows) for rows in result
        ),
        "The sizes are wrong: n_validation rows for validation, "
        "and the n − n_validation others for training.": lambda result, n, n_validation, rng: (
            len(result[1]) == n_validation and len(result[0]) == n - n_validation
        ),
        "Some rows are in both sets. Then "
        "you would choose λ by digits that the network has learned by heart.": lambda result, n, n_validation, rng: (
            not set(np.asarray(result[0]).tolist()) & set(np.asarray(result[1]).tolist())
        ),
        "Not every row from 0 to n − 1 is there exactly once.": lambda result, n, n_validation, rng: (
            sorted(np.concatenate(result).tolist()) == list(range(n))
        ),
        "The rows for validation are one piece of the file. "
        "The file is sorted by digit: take a random part.": lambda result, n, n_validation, rng: (
            n < 20 or np.any(np.diff(np.sort(result[1])) > 1)
        ),
    },
    looks_like={
        "The two are exchanged: first the rows for training, "
        "then the n_validation rows for validation.": lambda result, n, n_validation, rng: (
            len(result[0]) == n_validation and len(result[1]) == n - n_validation
        ),
        "These are True and False for each row. "
        "Return the row numbers: `np.flatnonzero` gives them.": lambda result, n, n_validation, rng: any(
            np.asarray(rows).dtype == bool for rows in result
        ),
    },
)
def split(n, n_validation, rng):
    rows = rng.permutation(n)
    return rows[n_validation:], rows[:n_validation]


def _descend(sign, *, skip=0, late=False):
    """Return gradient descent with a fault: the wrong sign, a step too few, costs taken after the step."""

    def function(f, params, rate, n_steps):
        params, costs = params.copy(), []
        for _ in range(n_steps - skip):
            J, gradient = f(params)
            params = params + sign * rate * gradient
            costs.append(f(params)[0] if late else J)
        return params, costs

    return function


def _valley(rng):
    curvature, bottom = rng.uniform(0.5, 3, size=4), rng.normal(size=4)

    def f(params):
        return float(0.5 * np.sum(curvature * (params - bottom) ** 2)), curvature * (params - bottom)

    return f, rng.normal(size=4), float(rng.uniform(0.05, 0.3)), int(rng.integers(3, 9))


def _parabola(params):
    return float(np.sum(params**2)), 2 * params


@exercise.task(
    examples=[(_parabola, np.array([1.0, -2.0]), 0.1, 2)],
    draw=_valley,
    hints=[
        "A step goes *against* the gradient: `params - rate * gradient`.",
        "In each round: `J, gradient = f(params)`, keep `J` in a list, then take the step.",
        "Write `params = params - rate * gradient`; `params -= …` would change the array of the caller.",
    ],
    mistakes={
        "It climbs: the gradient points uphill. Go against it, with a minus.": _descend(+1),
        "It takes one step too few.": _descend(-1, skip=1),
        "The costs are those *after* each step. "
        "Keep the cost before the step: that of the params where you are.": _descend(-1, late=True),
        "The two are exchanged: first the params, then the list of costs.": lambda f, params, rate, n_steps: (
            gradient_descent(f, params, rate, n_steps)[::-1]
        ),
        "There is one cost too many: "
        "keep n_steps of them, each taken before its step.": lambda f, params, rate, n_steps: (
            gradient_descent(f, params, rate, n_steps)[0],
            gradient_descent(f, params, rate, n_steps + 1)[1],
        ),
        "Only the last cost is returned. "
        "Keep them all, in a list: you will want to see the curve.": lambda f, params, rate, n_steps: (
            gradient_descent(f, params, rate, n_steps)[0],
            gradient_descent(f, params, rate, n_steps)[1][-1],
        ),
        "The rate is missing: the step is `rate * gradient`.": lambda f, params, rate, n_steps: gradient_descent(
            f, params, 1.0, n_steps
        ),
        "It ends after one step. Is the `return` inside the loop?": lambda f, params, rate, n_steps: gradient_descent(
            f, params, rate, 1
        ),
        "It returns only the params. "
        "Return the pair: the params, and the list of costs.": lambda f, params, rate, n_steps: gradient_descent(
            f, params, rate, n_steps
        )[0],
        "The gradient is computed once only. "
        "Compute it anew at each step: it is different at each place.": lambda f, params, rate, n_steps: (
            params - n_steps * rate * f(params)[1],
            [f(params)[0]] * n_steps,
        ),
    },
)
def gradient_descent(f, params, rate, n_steps):
    params, costs = params.copy(), []
    for _ in range(n_steps):
        J, gradient = f(params)
        costs.append(J)
        params = params - rate * gradient
    return params, costs


SHORT = 3  # iterations: so few that a training must be far from its end


def _digits(rng, n=80, max_iter=60):
    centres = rng.normal(size=(3, 5))
    y = rng.integers(3, size=n)
    X = centres[y] + rng.normal(scale=0.7, size=(n, 5))
    return X, y, init_thetas((5, 4, 3), seed=rng), float(rng.uniform(2, 6)), max_iter


def _cost(result, X, y, start, lam, max_iter):
    return cost_and_gradient(pack(list(result)), sizes_of(start), X, y, lam)[0]


def _ended_early(result, X, y, start, lam, max_iter):
    """Return whether a training that had to end early did not go on to the end."""
    if max_iter > SHORT:
        return True
    far = _cost(train_network(X, y, start, lam, 80), X, y, start, lam, max_iter)
    return _cost(result, X, y, start, lam, max_iter) > far + 0.05 * (_cost(start, X, y, start, lam, 0) - far)


@exercise.task(
    examples=[_digits(np.random.default_rng(1), max_iter=SHORT)],
    draw=_digits,
    hints=[
        "`minimize` wants a function of the flat params alone: "
        "`lambda params: nnlib.cost_and_gradient(params, sizes, X, y, lam)`.",
        '`jac=True` says that it gives the gradient; `method="L-BFGS-B"`, and `options={"maxiter": max_iter}`.',
        "Start from `nnlib.pack(start)`. The result's `.x` is flat: `nnlib.unpack(result.x, sizes)`.",
    ],
    must_hold={
        "It must return a list of thetas, of the same shapes as `start`.": lambda result, X, y, start, lam, max_iter: (
            [np.shape(theta) for theta in result] == [theta.shape for theta in start]
        ),
        "It fits the examples more closely than λ lets it: "
        "does λ reach the cost?": lambda result, X, y, start, lam, max_iter: (
            max_iter <= SHORT
            or _cost(result, X, y, start, 0.0, max_iter)
            > 0.8 * _cost(train_network(X, y, start, lam, max_iter), X, y, start, 0.0, max_iter)
        ),
        "The cost of the result is no lower than that of `start`: nothing was learned.": lambda result, *arguments: (
            _cost(result, *arguments) < 0.999 * _cost(arguments[2], *arguments)
        ),
        'It does not stop after max_iter iterations: `options={"maxiter": max_iter}`.': _ended_early,
        "The cost is not as low as it can be after max_iter iterations. "
        "Are X, y, λ and max_iter all passed on?": lambda result, *arguments: (
            arguments[-1] <= SHORT or _cost(result, *arguments) < 1.05 * _cost(train_network(*arguments), *arguments)
        ),
    },
    looks_like={
        "It returns SciPy's whole result. The parameters are its `.x`; "
        "cut them into thetas with `nnlib.unpack`.": lambda result, *_: hasattr(result, "x"),
        "It returns the flat params. Cut them into thetas with `nnlib.unpack`.": lambda result, *_: result.ndim == 1,
    },
)
def train_network(X, y, start, lam, max_iter):
    from scipy.optimize import minimize  # here: importing it takes long

    sizes = sizes_of(start)
    result = minimize(
        lambda params: cost_and_gradient(params, sizes, X, y, lam),
        pack(start),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": max_iter},
    )
    return unpack(result.x, sizes)


def _fit(X, y):
    """Return a network without a hidden layer, by least squares: quick, and the same each time."""
    A = np.column_stack([np.ones(len(X)), X])
    Y = 1.0 * (y[:, np.newaxis] == np.arange(3)) - 0.5
    return [np.linalg.solve(A.T @ A + 0.1 * np.eye(A.shape[1]), A.T @ Y).T]


def _curve(rng):
    X, y, *_ = _digits(rng, 60)
    X = X + rng.normal(scale=1.5, size=X.shape)
    return (5, 15, 40), X[:40], y[:40], X[40:], y[40:], _fit


def _curve_with(rows):
    """Return a learning curve whose training accuracy is measured on the rows that `rows(n)` says."""

    def function(numbers, X, y, X_val, y_val, fit):
        on_training = [accuracy(y[rows(n)], predict(fit(X[:n], y[:n]), X[rows(n)])) for n in numbers]
        return on_training, learning_curve(numbers, X, y, X_val, y_val, fit)[1]

    return function


@exercise.task(
    draw=_curve,
    hints=[
        "For each n: fit on the first n rows, measure on these n rows, and on the whole validation set.",
        "`thetas = fit(X[:n], y[:n])`, then `accuracy(y[:n], nnlib.predict(thetas, X[:n]))`.",
        "The validation accuracy is `accuracy(y_val, nnlib.predict(thetas, X_val))`. Return both lists.",
    ],
    mistakes={
        "The training accuracy is measured on all rows. "
        "Measure it on the n rows that the network learned from.": _curve_with(lambda n: slice(None)),
        "The two lists are exchanged: first the training accuracy, then the validation accuracy.": lambda *arguments: (
            learning_curve(*arguments)[::-1]
        ),
        "It fits on all rows each time. Fit on the first n: `fit(X[:n], y[:n])`.": [
            lambda numbers, X, y, X_val, y_val, fit: learning_curve([len(X)] * len(numbers), X, y, X_val, y_val, fit),
            lambda numbers, X, y, X_val, y_val, fit: learning_curve(numbers, X, y, X_val, y_val, lambda *_: fit(X, y)),
        ],
        "Both lists are the training accuracy. "
        "Measure the second on `X_val` and `y_val`.": lambda numbers, X, y, X_val, y_val, fit: (
            (learning_curve(numbers, X, y, X_val, y_val, fit)[0],) * 2
        ),
        "Both lists are the validation accuracy. Measure the "
        "first on the n rows that the network learned from.": lambda *arguments: (learning_curve(*arguments)[1],) * 2,
        "These are errors, 1 − accuracy. Return the accuracies.": lambda *arguments: tuple(
            [1 - a for a in accuracies] for accuracies in learning_curve(*arguments)
        ),
        "It returns a pair for each n. Return two lists, each with a number for each n.": lambda *arguments: list(
            zip(*learning_curve(*arguments), strict=True)
        ),
        "The "
        "validation accuracy is not measured on the whole validation set.": lambda numbers, X, y, X_val, y_val, fit: (
            learning_curve(numbers, X, y, X_val, y_val, fit)[0],
            learning_curve(numbers, X, y, X_val[: len(numbers)], y_val[: len(numbers)], fit)[1],
        ),
    },
)
def learning_curve(numbers, X, y, X_val, y_val, fit):
    on_training, on_validation = [], []
    for n in numbers:
        thetas = fit(X[:n], y[:n])
        on_training.append(accuracy(y[:n], predict(thetas, X[:n])))
        on_validation.append(accuracy(y_val, predict(thetas, X_val)))
    return on_training, on_validation


def _accuracies(rng):
    n = int(rng.integers(4, 8))
    lams = tuple(np.sort(rng.uniform(0.01, 30, size=n)).round(2).tolist())
    on_validation = rng.permutation(np.linspace(0.8, 0.97, n))
    return lams, np.linspace(1.0, 0.85, n)[np.argsort(rng.random(n))].tolist(), on_validation.tolist()


@exercise.task(
    examples=[((0.1, 1, 10), [1.0, 0.99, 0.9], [0.91, 0.93, 0.89])],
    draw=_accuracies,
    hints=[
        "Which of the two accuracies may you choose by?",
        "`np.argmax(on_validation)` is the *place* of the highest one.",
        "`lams[np.argmax(on_validation)]`.",
    ],
    mistakes={
        "It chooses by the training accuracy. That is highest where "
        "the network learns by heart.": lambda lams, on_training, on_validation: lams[int(np.argmax(on_training))],
        "This is the place of the best λ in the list. Return the λ itself.": lambda lams, on_training, on_validation: (
            int(np.argmax(on_validation))
        ),
        "It chooses the *lowest* validation accuracy. These are accuracies, not costs: "
        "higher is better.": lambda lams, on_training, on_validation: lams[int(np.argmin(on_validation))],
        "It chooses the smallest gap between the two. A network that is bad on both has a small gap, too.": [
            lambda lams, on_training, on_validation: lams[
                int(np.argmin(np.abs(np.subtract(on_training, on_validation))))
            ],
            lambda lams, on_training, on_validation: lams[int(np.argmin(np.subtract(on_training, on_validation)))],
        ],
        "This is the best accuracy. Return the λ that has it.": lambda lams, on_training, on_validation: max(
            on_validation
        ),
    },
)
def best_lambda(lams, on_training, on_validation):
    return lams[int(np.argmax(on_validation))]


exercise.question(
    "06-rate",
    "J(p) = 10 p², from p = 1, with α = 0.1. What does gradient descent do?",
    ["It walks down to 0", "It jumps between 1 and −1 for ever", "It explodes"],
    right=1,
    why="The gradient is 20 p. So each step goes from p to p − 0.1 · 20 p = −p.",
)

exercise.question(
    "06-sorted",
    "What accuracy will it have on the last 10,000 rows?",
    ["Above 80 %", "About 50 %", "Below 40 %"],
    right=2,
    why="The file is sorted. The last 10,000 rows are 8s and 9s, and the rows before them hold few 8s and no 9.",
)

exercise.question(
    "06-curve",
    "From 100 training digits to 2,000: how do the two accuracies move?",
    [
        "Both rise",
        "Training stays near 100 % or falls a little, validation rises",
        "Training rises, validation falls",
    ],
    right=1,
    why="A hundred digits are easily learned by heart; two thousand less so. More of them help with new ones.",
)
