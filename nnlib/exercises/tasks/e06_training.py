"""Exercise 06: training."""

import numpy as np

from ... import cost_and_gradient, init_thetas, pack, predict, train, unpack
from ...metrics import accuracy
from ...parameters import sizes_of
from ..exercise import Exercise

exercise = Exercise({"split": 2, "gradient_descent": 2, "train_network": 3, "learning_curve": 2, "best_lambda": 1})


def _to_split(rng):
    return 600, int(rng.integers(180, 250)), np.random.default_rng(int(rng.integers(100, 1000)))


def _pieces(rows, m):
    """Return of how many pieces of the file these rows consist; its end and its beginning count as neighbours."""
    chosen = np.isin(np.arange(m), rows)
    return np.sum(chosen & ~np.roll(chosen, 1))


def _looks_random(rows, m):
    """Return whether rows are spread over the file as a random part is: as many pieces, to within six deviations."""
    share = len(rows) / m
    mean = m * share * (1 - share)
    return m < 100 or abs(_pieces(rows, m) - mean) < 6 * np.sqrt(mean * share * (1 - share))


@exercise.task(
    examples=[(10, 3, np.random.default_rng(1))],
    draw=_to_split,
    random=True,
    parts=("the training part", "the validation part"),
    hints=[
        "Put all row numbers, 0 … m − 1, in random order, once.",
        "The first m_validation of them are for validation, all others for training.",
        "`rows = rng.permutation(m)`, and return `rows[m_validation:], rows[:m_validation]`.",
    ],
    must_hold={
        "It must return a pair of arrays: "
        "the row numbers for training, and those for validation.": lambda result, m, m_validation, rng: (
            isinstance(result, (tuple, list)) and len(result) == 2
        ),
        "Some rows are there twice. "
        "Draw without replacement: `rng.permutation(m)` has each row once.": lambda result, m, m_validation, rng: all(
            len(np.unique(rows)) == len(rows) for rows in result
        ),
        "The sizes are wrong: m_validation rows for validation, "
        "and the m − m_validation others for training.": lambda result, m, m_validation, rng: (
            len(result[1]) == m_validation and len(result[0]) == m - m_validation
        ),
        "Some rows are in both sets. Then "
        "you would choose λ by digits that the network has learned by heart.": lambda result, m, m_validation, rng: (
            not set(np.asarray(result[0]).tolist()) & set(np.asarray(result[1]).tolist())
        ),
        "Not every row from 0 to m − 1 is there exactly once.": lambda result, m, m_validation, rng: (
            sorted(np.concatenate(result).tolist()) == list(range(m))
        ),
        "The rows for validation are one piece of the file. "
        "The file is sorted by digit: take a random part.": lambda result, m, m_validation, rng: (
            m < 100 or _pieces(result[1], m) > 1
        ),
        "The rows for validation are not spread over the whole file as a random part would be. "
        "`rng.permutation(m)` puts all rows in random order.": lambda result, m, m_validation, rng: _looks_random(
            result[1], m
        ),
    },
    looks_like={
        "The two are exchanged: first the rows for training, "
        "then the m_validation rows for validation.": lambda result, m, m_validation, rng: (
            len(result[0]) == m_validation and len(result[1]) == m - m_validation
        ),
        "These are True and False for each row. "
        "Return the row numbers: `np.flatnonzero` gives them.": lambda result, m, m_validation, rng: any(
            np.asarray(rows).dtype == bool for rows in result
        ),
    },
)
def split(m, m_validation, rng):
    rows = rng.permutation(m)
    return rows[m_validation:], rows[:m_validation]


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
    parts=("the params", "the list of costs"),
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


ONE, MANY = 1, 60  # iterations: the first step shows where it starts and what it follows, the last where it ends


def _digits(rng, hidden=(4,), max_iter=MANY, m=80, n_classes=3):
    """Return examples of three kinds, of which the last may have none, and a network with so many hidden units."""
    centres = rng.normal(size=(3, 5))
    y = rng.integers(n_classes, size=m)
    X = centres[y] + rng.normal(scale=0.7, size=(m, 5))
    return X, y, init_thetas((5, *hidden, 3), epsilon=0.5, seed=rng), float(rng.uniform(2, 6)), max_iter


def _cost(result, X, y, start, lam, max_iter):
    return cost_and_gradient(pack(list(result)), sizes_of(start), X, y, lam)[0]


def _first_step_is_downhill(result, X, y, start, lam, max_iter):
    """Return whether one iteration went straight against the gradient at `start`, as the first one does."""
    if max_iter > ONE:
        return True
    begin = pack(start)
    step = pack(list(result)) - begin
    gradient = cost_and_gradient(begin, sizes_of(start), X, y, lam)[1]
    return step @ -gradient > 0.99 * np.linalg.norm(step) * np.linalg.norm(gradient)


def _first_step_without_lambda(result, X, y, start, lam, max_iter):
    return max_iter == ONE and _first_step_is_downhill(result, X, y, start, 0.0, max_iter)


def _starts_elsewhere(result, X, y, start, lam, max_iter):
    """Return whether one iteration ended far from `start`, farther than it can go."""
    step = pack(list(result)) - pack(start)
    ours = pack(train_network(X, y, start, lam, ONE)) - pack(start)
    return max_iter == ONE and np.linalg.norm(step) > 1.5 * np.linalg.norm(ours)


def _went_on(result, X, y, start, lam, max_iter):
    """Return whether a training that had to end after one iteration has come lower than that one leads."""
    far, one = (_cost(train_network(X, y, start, lam, n), X, y, start, lam, n) for n in (MANY, ONE))
    return max_iter == ONE and _cost(result, X, y, start, lam, max_iter) < one - 0.2 * (one - far)


def _minimized(function, x0, max_iter, **options):
    """Call SciPy's `minimize` as `train_network` does, but for what is left out or wrong."""
    from scipy.optimize import minimize  # here: importing it takes long

    options = {"jac": True, "method": "L-BFGS-B", "options": {"maxiter": max_iter}, **options}
    return minimize(function, x0, **{name: value for name, value in options.items() if value is not None})


def _reachable(X, y, start, lam, max_iter):
    """Return the cost that each of SciPy's good methods reaches: each goes its own way, to a valley of its own."""
    function, flat = _cost_of(X, y, start, lam), pack(start)
    return max(_minimized(function, flat, max_iter, method=method).fun for method in ("L-BFGS-B", "BFGS", "CG"))


def _cost_of(X, y, start, lam):
    """Return the function of the flat params that is to be minimised."""
    return lambda params: cost_and_gradient(params, sizes_of(start), X, y, lam)


@exercise.task(
    library=(train,),
    examples=[
        _digits(np.random.default_rng(1), max_iter=ONE),
        _digits(np.random.default_rng(2), (4, 6), ONE),
        _digits(np.random.default_rng(3), (), ONE, n_classes=2),
    ],
    draw=_digits,
    hints=[
        "`minimize` wants a function of the flat params alone: "
        "`lambda params: nnlib.cost_and_gradient(params, sizes, X, y, lam)`.",
        '`jac=True` says that it gives the gradient; `method="L-BFGS-B"`, and `options={"maxiter": max_iter}`.',
        "Start from `nnlib.pack(start)`. The result's `.x` is flat: `nnlib.unpack(result.x, sizes)`.",
    ],
    mistakes={
        "`minimize` calls your function with the flat params alone, and nothing else reaches "
        "`nnlib.cost_and_gradient`. Pass on the sizes, X, y and λ: "
        "`lambda params: nnlib.cost_and_gradient(params, sizes, X, y, lam)`.": lambda X, y, start, lam, max_iter: (
            _minimized(cost_and_gradient, pack(start), max_iter)
        ),
        "Your function gives `minimize` a pair, the cost and the gradient, and `minimize` expects the cost alone. "
        "`jac=True` says that the gradient comes with it.": [
            lambda X, y, start, lam, max_iter: _minimized(_cost_of(X, y, start, lam), pack(start), max_iter, jac=None),
            lambda X, y, start, lam, max_iter: _minimized(
                _cost_of(X, y, start, lam), pack(start), max_iter, jac=None, method=None
            ),
        ],
        "`minimize` starts from a flat vector, and `start` is a list of thetas: "
        "give it `nnlib.pack(start)`.": lambda X, y, start, lam, max_iter: _minimized(
            _cost_of(X, y, start, lam), start, max_iter
        ),
        "`jac=True` promises a pair, the cost and its gradient, but your function gives the cost "
        "alone.": lambda X, y, start, lam, max_iter: _minimized(
            lambda params: _cost_of(X, y, start, lam)(params)[0], pack(start), max_iter
        ),
    },
    must_hold={
        "It must return a list of thetas, of the same shapes as `start`.": lambda result, X, y, start, lam, max_iter: (
            [np.shape(theta) for theta in result] == [theta.shape for theta in start]
        ),
        "The cost of the result is no lower than that of `start`: nothing was learned.": lambda result, *arguments: (
            _cost(result, *arguments) < 0.9999 * _cost(arguments[2], *arguments)
        ),
        "The first iteration does not go against the gradient of the cost at `start`. "
        "Are `start`, X, y and λ all passed on?": _first_step_is_downhill,
        "The cost is not as low as it can be after max_iter iterations. "
        "Are X, y, λ and max_iter all passed on?": lambda result, *arguments: (
            arguments[-1] == ONE or _cost(result, *arguments) < 1.005 * _reachable(*arguments)
        ),
    },
    looks_like={
        "It returns SciPy's whole result. The parameters are its `.x`; "
        "cut them into thetas with `nnlib.unpack`.": lambda result, *_: hasattr(result, "x"),
        "It returns the flat params. Cut them into thetas with `nnlib.unpack`.": lambda result, *_: result.ndim == 1,
        'It does not stop after max_iter iterations: `options={"maxiter": max_iter}`.': _went_on,
        "The first iteration follows the gradient without λ. Does λ reach the cost?": _first_step_without_lambda,
        "After one iteration it is far from `start`. Does it begin there?": _starts_elsewhere,
    },
)
def train_network(X, y, start, lam, max_iter):
    result = _minimized(_cost_of(X, y, start, lam), pack(start), max_iter)
    return unpack(result.x, sizes_of(start))


def _fit(X, y):
    """Return a network without a hidden layer, by least squares: quick, and the same each time."""
    A = np.column_stack([np.ones(len(X)), X])
    Y = 1.0 * (y[:, np.newaxis] == np.arange(3)) - 0.5
    return [np.linalg.solve(A.T @ A + 0.1 * np.eye(A.shape[1]), A.T @ Y).T]


def _curve(rng):
    """Return what `learning_curve` takes, with numbers that do not grow, and digits that are hard to tell apart."""
    X, y, *_ = _digits(rng, m=260)
    X = X + rng.normal(scale=1.5, size=X.shape)
    numbers = rng.permutation([int(rng.integers(low, low + 15)) for low in (5, 25, 50, 75)][: rng.integers(2, 5)])
    return tuple(numbers.tolist()), X[:100], y[:100], X[100:], y[100:], _fit


def _curve_with(rows):
    """Return a learning curve whose training accuracy is measured on the rows that `rows(m)` says."""

    def function(numbers, X, y, X_val, y_val, fit):
        on_training = [accuracy(y[rows(m)], predict(fit(X[:m], y[:m]), X[rows(m)])) for m in numbers]
        return on_training, learning_curve(numbers, X, y, X_val, y_val, fit)[1]

    return function


@exercise.task(
    draw=_curve,
    parts=("the list of training accuracies", "the list of validation accuracies"),
    hints=[
        "For each m: fit on the first m rows, measure on these m rows, and on the whole validation set.",
        "`thetas = fit(X[:m], y[:m])`, then `accuracy(y[:m], nnlib.predict(thetas, X[:m]))`.",
        "The validation accuracy is `accuracy(y_val, nnlib.predict(thetas, X_val))`. Return both lists.",
    ],
    mistakes={
        "The training accuracy is measured on all rows. "
        "Measure it on the m rows that the network learned from.": _curve_with(lambda m: slice(None)),
        "The two lists are exchanged: first the training accuracy, then the validation accuracy.": lambda *arguments: (
            learning_curve(*arguments)[::-1]
        ),
        "It fits on all rows each time. Fit on the first m: `fit(X[:m], y[:m])`.": [
            lambda numbers, X, y, X_val, y_val, fit: learning_curve([len(X)] * len(numbers), X, y, X_val, y_val, fit),
            lambda numbers, X, y, X_val, y_val, fit: learning_curve(numbers, X, y, X_val, y_val, lambda *_: fit(X, y)),
        ],
        "Both lists are the training accuracy. "
        "Measure the second on `X_val` and `y_val`.": lambda numbers, X, y, X_val, y_val, fit: (
            (learning_curve(numbers, X, y, X_val, y_val, fit)[0],) * 2
        ),
        "Both lists are the validation accuracy. Measure the "
        "first on the m rows that the network learned from.": lambda *arguments: (learning_curve(*arguments)[1],) * 2,
        "These are errors, 1 − accuracy. Return the accuracies.": lambda *arguments: tuple(
            [1 - a for a in accuracies] for accuracies in learning_curve(*arguments)
        ),
        "It returns a pair for each m. Return two lists, each with a number for each m.": lambda *arguments: list(
            zip(*learning_curve(*arguments), strict=True)
        ),
        "The "
        "validation accuracy is not measured on the whole validation set.": lambda numbers, X, y, X_val, y_val, fit: (
            learning_curve(numbers, X, y, X_val, y_val, fit)[0],
            learning_curve(numbers, X, y, X_val[: len(numbers)], y_val[: len(numbers)], fit)[1],
        ),
        "The validation accuracy is measured on m digits. "
        "Measure it on the whole validation set.": lambda numbers, X, y, X_val, y_val, fit: (
            learning_curve(numbers, X, y, X_val, y_val, fit)[0],
            [learning_curve([m], X, y, X_val[:m], y_val[:m], fit)[1][0] for m in numbers],
        ),
        "The training accuracy is measured on rows that the network has not seen. "
        "Measure it on the m rows that it learned from.": _curve_with(lambda m: slice(m, 2 * m)),
        "Keep the order of `numbers`, even where they do not grow.": lambda numbers, *others: learning_curve(
            sorted(numbers), *others
        ),
    },
)
def learning_curve(numbers, X, y, X_val, y_val, fit):
    on_training, on_validation = [], []
    for m in numbers:
        thetas = fit(X[:m], y[:m])
        on_training.append(accuracy(y[:m], predict(thetas, X[:m])))
        on_validation.append(accuracy(y_val, predict(thetas, X_val)))
    return on_training, on_validation


def _accuracies(rng):
    """Return values of λ of which each is the best by a different rule; that with the best validation is not at an end.

    The columns: learned by heart; the best sum; the best validation; the smallest gap; bad on both.
    """
    on_training = np.array([1.0, 0.99, 0.955, 0.92, 0.87])
    on_validation = np.array([0.83, 0.945, 0.95, 0.915, 0.82])
    while True:
        order = rng.permutation(len(on_training))
        if order[0] != 2 and order[-1] != 2:
            break
    lams = tuple(np.sort(rng.uniform(0.01, 30, size=len(order))).round(2).tolist())
    lower = float(rng.uniform(0, 0.1))
    return lams, (on_training[order] - lower).tolist(), (on_validation[order] - lower).tolist()


@exercise.task(
    examples=[
        ((0.1, 1.0, 10.0), [1.0, 0.99, 0.9], [0.91, 0.93, 0.89]),
        ((0.3, 1.0, 3.0, 10.0), [1.0, 0.99, 0.97, 0.9], [0.9, 0.91, 0.94, 0.92]),
    ],
    draw=_accuracies,
    rtol=1e-12,  # the λ itself: it is a key of a dict later
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
        "It chooses by both accuracies. "
        "That of the training tells nothing about new digits.": lambda lams, on_training, on_validation: lams[
            int(np.argmax(np.add(on_training, on_validation)))
        ],
        "It is not quite one of `lams`: float32 has rounded it. Return `lams[i]`.": (
            lambda lams, on_training, on_validation: float(np.float32(lams[int(np.argmax(on_validation))]))
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
    wrong=[
        "Take one step by hand: the gradient at p = 1 is 20. Where does it lead?",
        "Take two steps by hand: the gradient at p = 1 is 20. Does p grow?",
    ],
    why="The gradient is 20 p. So each step goes from p to p − 0.1 · 20 p = −p.",
)

exercise.question(
    "06-sorted",
    "What accuracy will it have on the last 10,000 rows?",
    ["Above 80 %", "About 50 %", "Below 40 %"],
    right=2,
    wrong=[
        "So it would with random rows. Which digits are the last rows, and how many of them did it learn from?",
        "Which digits are the last rows? It can read only those that it learned from.",
    ],
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
    wrong=[
        "Is it easier to learn a hundred digits by heart, or two thousand?",
        "What is learned by heart is learned most easily from few digits. And does more practice make it read "
        "new digits worse?",
    ],
    why="A hundred digits are easily learned by heart; two thousand less so. More of them help with new ones.",
)
