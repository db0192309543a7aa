"""Exercise 06: training."""

import numpy as np

from ... import model, parameters
from ...metrics import accuracy
from ..task import Mistake, Rule, Task

SHORT = 3  # so few iterations that a training must be far from its end


def split(n, n_validation, rng):
    rows = rng.permutation(n)
    return rows[n_validation:], rows[:n_validation]


def gradient_descent(f, params, rate, n_steps):
    params, costs = params.copy(), []
    for _ in range(n_steps):
        J, gradient = f(params)
        costs.append(J)
        params = params - rate * gradient
    return params, costs


def train_network(X, y, start, lam, max_iter):
    from scipy.optimize import minimize

    sizes = parameters.sizes_of(start)
    result = minimize(
        lambda params: model.cost_and_gradient(params, sizes, X, y, lam),
        parameters.pack(start),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": max_iter},
    )
    return parameters.unpack(result.x, sizes)


def learning_curve(numbers, X, y, X_val, y_val, fit):
    on_training, on_validation = [], []
    for n in numbers:
        thetas = fit(X[:n], y[:n])
        on_training.append(accuracy(y[:n], model.predict(thetas, X[:n])))
        on_validation.append(accuracy(y_val, model.predict(thetas, X_val)))
    return on_training, on_validation


def best_lambda(lams, on_training, on_validation):
    return lams[int(np.argmax(on_validation))]


def _descend(sign, *, skip=0, late=False):
    """Return gradient descent with a fault: another sign, a step too few, costs after the step."""

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


def _digits(rng, n=80, max_iter=60):
    centres = rng.normal(size=(3, 5))
    y = rng.integers(3, size=n)
    X = centres[y] + rng.normal(scale=0.7, size=(n, 5))
    return X, y, parameters.init_thetas((5, 4, 3), seed=rng), float(rng.uniform(2, 6)), max_iter


def _cost(result, X, y, start, lam, max_iter):
    return model.cost_and_gradient(parameters.pack(list(result)), parameters.sizes_of(start), X, y, lam)[0]


def _not_below(result, X, y, start, lam, max_iter):
    """Return whether a training that had to end early has not gone on to the end."""
    if max_iter > SHORT:
        return True
    far = _cost(train_network(X, y, start, lam, 80), X, y, start, lam, max_iter)
    return _cost(result, X, y, start, lam, max_iter) > far + 0.05 * (_cost(start, X, y, start, lam, 0) - far)


def _fit(X, y):
    """Return a network without hidden layer, by least squares: quick, and the same each time."""
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
        on_training = [accuracy(y[rows(n)], model.predict(fit(X[:n], y[:n]), X[rows(n)])) for n in numbers]
        return on_training, learning_curve(numbers, X, y, X_val, y_val, fit)[1]

    return function


def _accuracies(rng):
    n = int(rng.integers(4, 8))
    lams = tuple(np.sort(rng.uniform(0.01, 30, size=n)).round(2).tolist())
    on_validation = rng.permutation(np.linspace(0.8, 0.97, n))
    return lams, np.linspace(1.0, 0.85, n)[np.argsort(rng.random(n))].tolist(), on_validation.tolist()


TASKS = (
    Task(
        "split",
        split,
        examples=((10, 3, np.random.default_rng(1)),),
        draw=lambda rng: (60, 20, np.random.default_rng(int(rng.integers(100, 1000)))),
        random=True,
        hints=(
            "Put all row numbers, 0 … n − 1, in random order, once.",
            "The first n_validation of them are for validation, all others for training.",
            "`rows = rng.permutation(n)`, and return `rows[n_validation:], rows[:n_validation]`.",
        ),
        rules=(
            Rule(
                lambda result, n, n_validation, rng: isinstance(result, (tuple, list)) and len(result) == 2,
                "It must return a pair of arrays: the row numbers for training, and those for validation.",
            ),
            Rule(
                lambda result, n, n_validation, rng: (
                    not (len(result[0]) == n_validation and len(result[1]) == n - n_validation)
                ),
                "The two are exchanged: first the rows for training, then the n_validation rows for validation.",
            ),
            Rule(
                lambda result, n, n_validation, rng: not any(np.asarray(rows).dtype == bool for rows in result),
                "These are True and False for each row. Wanted are the row numbers: `np.flatnonzero` gives them.",
            ),
            Rule(
                lambda result, n, n_validation, rng: all(len(np.unique(rows)) == len(rows) for rows in result),
                "Some rows are there twice. Draw without putting back: `rng.permutation(n)` has each row once.",
            ),
            Rule(
                lambda result, n, n_validation, rng: (
                    len(result[1]) == n_validation and len(result[0]) == n - n_validation
                ),
                "The sizes are wrong: n_validation rows for validation, and the n − n_validation others for training.",
            ),
            Rule(
                lambda result, n, n_validation, rng: (
                    not set(np.asarray(result[0]).tolist()) & set(np.asarray(result[1]).tolist())
                ),
                "Some rows are in both sets. Then you would choose λ by digits that the network has learned by heart.",
            ),
            Rule(
                lambda result, n, n_validation, rng: sorted(np.concatenate(result).tolist()) == list(range(n)),
                "Not every row from 0 to n − 1 is there exactly once.",
            ),
            Rule(
                lambda result, n, n_validation, rng: n < 20 or np.any(np.diff(np.sort(result[1])) > 1),
                "The rows for validation are one piece of the file. The file is sorted by digit: take a random part.",
            ),
        ),
    ),
    Task(
        "gradient_descent",
        gradient_descent,
        examples=((_parabola, np.array([1.0, -2.0]), 0.1, 2),),
        draw=_valley,
        hints=(
            "A step goes *against* the gradient: `params - rate * gradient`.",
            "In each round: `J, gradient = f(params)`, keep `J` in a list, then take the step.",
            "Write `params = params - rate * gradient`; `params -= …` would change the array of the caller.",
        ),
        mistakes=(
            Mistake(_descend(+1), "It climbs: the gradient points uphill. Go against it, with a minus."),
            Mistake(_descend(-1, skip=1), "It takes one step too few."),
            Mistake(
                _descend(-1, late=True),
                "The costs are those *after* each step. Keep the cost before the step: that of the "
                "params you stand at.",
            ),
            Mistake(
                lambda f, params, rate, n_steps: gradient_descent(f, params, rate, n_steps)[::-1],
                "The two are exchanged: first the params, then the list of costs.",
            ),
            Mistake(
                lambda f, params, rate, n_steps: (
                    gradient_descent(f, params, rate, n_steps)[0],
                    gradient_descent(f, params, rate, n_steps + 1)[1],
                ),
                "There is one cost too many: keep n_steps of them, each taken before its step.",
            ),
            Mistake(
                lambda f, params, rate, n_steps: (
                    gradient_descent(f, params, rate, n_steps)[0],
                    gradient_descent(f, params, rate, n_steps)[1][-1],
                ),
                "The last cost alone is returned. Keep them all, in a list: you will want to see the curve.",
            ),
            Mistake(
                lambda f, params, rate, n_steps: gradient_descent(f, params, 1.0, n_steps),
                "The rate is missing: the step is `rate * gradient`.",
            ),
            Mistake(
                lambda f, params, rate, n_steps: gradient_descent(f, params, rate, 1),
                "It ends after one step. Is the `return` inside the loop?",
            ),
            Mistake(
                lambda f, params, rate, n_steps: gradient_descent(f, params, rate, n_steps)[0],
                "It returns the params alone. Wanted is the pair: the params, and the list of costs.",
            ),
            Mistake(
                lambda f, params, rate, n_steps: (
                    params - n_steps * rate * f(params)[1],
                    [f(params)[0]] * n_steps,
                ),
                "The gradient is computed once only. Compute it anew at each step: it is another at each place.",
            ),
        ),
    ),
    Task(
        "train_network",
        train_network,
        examples=(_digits(np.random.default_rng(1), max_iter=SHORT),),
        draw=_digits,
        hints=(
            "`minimize` wants a function of the flat params alone: "
            "`lambda params: nnlib.cost_and_gradient(params, sizes, X, y, lam)`.",
            '`jac=True` says that it gives the gradient; `method="L-BFGS-B"`, and `options={"maxiter": max_iter}`.',
            "Start from `nnlib.pack(start)`. The result's `.x` is flat: `nnlib.unpack(result.x, sizes)`.",
        ),
        rules=(
            Rule(
                lambda result, X, y, start, lam, max_iter: not hasattr(result, "x"),
                "It returns SciPy's whole result. The parameters are its `.x`; cut them into thetas with "
                "`nnlib.unpack`.",
            ),
            Rule(
                lambda result, X, y, start, lam, max_iter: getattr(result, "ndim", 0) != 1,
                "It returns the flat params. Cut them into thetas with `nnlib.unpack`.",
            ),
            Rule(
                lambda result, X, y, start, lam, max_iter: (
                    [np.shape(theta) for theta in result] == [theta.shape for theta in start]
                ),
                "It must return a list of thetas, of the same shapes as `start`.",
            ),
            Rule(
                lambda result, X, y, start, lam, max_iter: (
                    max_iter <= SHORT
                    or _cost(result, X, y, start, 0.0, max_iter)
                    > 0.8 * _cost(train_network(X, y, start, lam, max_iter), X, y, start, 0.0, max_iter)
                ),
                "It fits the examples more closely than λ lets it: does λ reach the cost?",
            ),
            Rule(
                lambda result, *arguments: _cost(result, *arguments) < 0.999 * _cost(arguments[2], *arguments),
                "The cost of the result is no lower than that of `start`: nothing was learned.",
            ),
            Rule(_not_below, 'It does not stop after max_iter iterations: `options={"maxiter": max_iter}`.'),
            Rule(
                lambda result, *arguments: (
                    arguments[-1] <= SHORT
                    or _cost(result, *arguments) < 1.05 * _cost(train_network(*arguments), *arguments)
                ),
                "The cost is not as low as it can be after max_iter iterations. Are X, y, λ and max_iter "
                "all passed on?",
            ),
        ),
    ),
    Task(
        "learning_curve",
        learning_curve,
        examples=(),
        draw=_curve,
        hints=(
            "For each n: fit on the first n rows, measure on these n rows, and on the whole validation set.",
            "`thetas = fit(X[:n], y[:n])`, then `accuracy(y[:n], nnlib.predict(thetas, X[:n]))`.",
            "The validation accuracy is `accuracy(y_val, nnlib.predict(thetas, X_val))`. Return both lists.",
        ),
        mistakes=(
            Mistake(
                _curve_with(lambda n: slice(None)),
                "The training accuracy is measured on all rows. Measure it on the n rows that the "
                "network learned from.",
            ),
            Mistake(
                lambda *arguments: learning_curve(*arguments)[::-1],
                "The two lists are exchanged: first the training accuracy, then the validation accuracy.",
            ),
            Mistake(
                lambda numbers, X, y, X_val, y_val, fit: learning_curve(
                    [len(X)] * len(numbers), X, y, X_val, y_val, fit
                ),
                "It fits on all rows each time. Fit on the first n: `fit(X[:n], y[:n])`.",
            ),
            Mistake(
                lambda numbers, X, y, X_val, y_val, fit: learning_curve(
                    numbers, X, y, X_val, y_val, lambda *_: fit(X, y)
                ),
                "It fits on all rows each time. Fit on the first n: `fit(X[:n], y[:n])`.",
            ),
            Mistake(
                lambda numbers, X, y, X_val, y_val, fit: (learning_curve(numbers, X, y, X_val, y_val, fit)[0],) * 2,
                "Both lists are the training accuracy. Measure the second on `X_val` and `y_val`.",
            ),
            Mistake(
                lambda *arguments: (learning_curve(*arguments)[1],) * 2,
                "Both lists are the validation accuracy. Measure the first on the n rows that the "
                "network learned from.",
            ),
            Mistake(
                lambda *arguments: tuple([1 - a for a in accuracies] for accuracies in learning_curve(*arguments)),
                "These are errors, 1 − accuracy. Wanted are the accuracies.",
            ),
            Mistake(
                lambda *arguments: list(zip(*learning_curve(*arguments), strict=True)),
                "It returns a pair for each n. Wanted are two lists, each with a number for each n.",
            ),
            Mistake(
                lambda numbers, X, y, X_val, y_val, fit: (
                    learning_curve(numbers, X, y, X_val, y_val, fit)[0],
                    learning_curve(numbers, X, y, X_val[: len(numbers)], y_val[: len(numbers)], fit)[1],
                ),
                "The validation accuracy is not measured on the whole validation set.",
            ),
        ),
    ),
    Task(
        "best_lambda",
        best_lambda,
        examples=(((0.1, 1, 10), [1.0, 0.99, 0.9], [0.91, 0.93, 0.89]),),
        draw=_accuracies,
        hints=(
            "Which of the two accuracies may you choose by?",
            "`np.argmax(on_validation)` is the *place* of the highest one.",
            "`lams[np.argmax(on_validation)]`.",
        ),
        mistakes=(
            Mistake(
                lambda lams, on_training, on_validation: lams[int(np.argmax(on_training))],
                "It chooses by the training accuracy. That is highest where the network learns by heart.",
            ),
            Mistake(
                lambda lams, on_training, on_validation: int(np.argmax(on_validation)),
                "This is the place of the best λ in the list. Wanted is the λ itself.",
            ),
            Mistake(
                lambda lams, on_training, on_validation: lams[int(np.argmin(on_validation))],
                "It chooses the *lowest* validation accuracy. These are accuracies, not costs: high is good.",
            ),
            Mistake(
                lambda lams, on_training, on_validation: lams[
                    int(np.argmin(np.abs(np.subtract(on_training, on_validation))))
                ],
                "It chooses the smallest gap between the two. A network that is bad on both has a small gap, too.",
            ),
            Mistake(
                lambda lams, on_training, on_validation: max(on_validation),
                "This is the best accuracy. Wanted is the λ that has it.",
            ),
            Mistake(
                lambda lams, on_training, on_validation: lams[int(np.argmin(np.subtract(on_training, on_validation)))],
                "It chooses the smallest gap between the two. A network that is bad on both has a small gap, too.",
            ),
        ),
    ),
)
