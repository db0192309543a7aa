"""Exercise 04: backpropagation, and the differences that check it."""

import numpy as np

from ... import cost_and_gradient, forward, init_thetas, numerical_gradient, pack, unpack
from ...model import sigmoid
from ...parameters import sizes_of
from ..exercise import Exercise
from .e02_the_network import random_network, weighted_input
from .e03_cost import cost, one_hot

exercise = Exercise({"central_differences": 2, "theta_slopes": 3, "delta_before": 3, "cost_and_gradient": 4})


def _function(rng):
    """Return a function with a clear third derivative, where to take its slopes, and a step that shows it."""
    n = int(rng.integers(4, 8))
    a, b = rng.normal(size=n), rng.uniform(0.5, 1.5, size=n)

    def f(params):
        return float(np.sum(np.sin(b * params) + a * params**2))

    return f, rng.uniform(-0.5, 0.5, size=n), float(rng.uniform(0.2, 0.5))


def _example_f(params):
    return float(params[0] ** 3 + 2 * params[1])


def _steps_stay(f, params, h):
    """Take each step, forward and back, without undoing the one before."""
    forward, backward, gradient = params.copy(), params.copy(), np.zeros(len(params))
    for i in range(len(params)):
        forward[i] += h
        backward[i] -= h
        gradient[i] = (f(forward) - f(backward)) / (2 * h)
    return gradient


@exercise.task(
    examples=[(_example_f, np.array([1.0, 2.0]), 0.1)],
    draw=_function,
    library=(numerical_gradient,),
    hints=[
        "For each parameter: a step forward, a step back, and the difference of the two costs, divided by 2h.",
        "Work on a copy: `forward = params.copy(); forward[i] += h`. The same for the step back.",
        "`gradient[i] = (f(forward) - f(backward)) / (2 * h)`, in a loop over `range(len(params))`.",
    ],
    mistakes={
        "This is the forward difference, (f(p + h) − f(p)) / h. "
        "Its error falls only in proportion to h. Step back, too: "
        "(f(p + h) − f(p − h)) / (2h).": lambda f, params, h: numerical_gradient(f, params, step=h, kind="forward"),
        "It is divided by h. From p − h to p + h the distance is 2h.": lambda f, params, h: (
            2 * central_differences(f, params, h)
        ),
        "Brackets are missing: `/ 2 * h` divides by 2 and *multiplies* by h. Write `/ (2 * h)`.": lambda f, params, h: (
            central_differences(f, params, h) * h * h
        ),
        "All parameters are moved at once. "
        "Move one at a time, and leave the others where they are.": lambda f, params, h: np.full(
            len(params), (f(params + h) - f(params - h)) / (2 * h)
        ),
        "All parameters are moved at once. Move one at a time: each has a slope of its own.": lambda f, params, h: (
            (f(params + h) - f(params - h)) / (2 * h)
        ),
        "The steps add up: at parameter i, those before it are still moved. "
        "Copy `params` inside the loop.": _steps_stay,
        "The sign is turned: forward minus backward.": lambda f, params, h: -central_differences(f, params, h),
        "It takes a step of its own. Take the step `h`.": [
            lambda f, params, h, step=step: central_differences(f, params, step)
            for step in (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
        ],
    },
)
def central_differences(f, params, h):
    return numerical_gradient(f, params, step=h)


def _layer(rng):
    n, n_out, n_in = 7, int(rng.integers(2, 5)), int(rng.integers(5, 9))
    return rng.normal(size=(n, n_out)), rng.random((n, n_in))


def without_biases(theta):
    """Return theta with zeros for the biases."""
    return np.column_stack([np.zeros(len(theta)), theta[:, 1:]])


@exercise.task(
    examples=[(np.array([[-0.5, 0.25], [1.0, 0.0]]), np.array([[0.5, 0.25, 1.0], [0.5, 0.5, 0.0]]))],
    draw=_layer,
    large=lambda rng: (rng.normal(size=(1000, 100)), rng.random((1000, 784))),
    hints=[
        "The slope of a weight is its unit's delta times its input; a sum over the examples is inside `delta.T @ a`.",
        "The slope of a bias is the sum of its unit's deltas: `delta.sum(axis=0)`.",
        "`np.column_stack([delta.sum(axis=0), delta.T @ a]) / len(a)`.",
    ],
    mistakes={
        "The bias column is forgotten: column 0 holds the mean of the deltas.": lambda delta, a: delta.T @ a / len(a),
        "The 1/m is missing: divide by the number of examples.": lambda delta, a: theta_slopes(delta, a) * len(a),
        "The biases are in the last column. They belong in column 0.": lambda delta, a: (
            np.column_stack([delta.T @ a, delta.sum(axis=0)]) / len(a)
        ),
        "It is transposed: theta is (n_out, 1 + n_in), and so are its slopes.": lambda delta, a: (
            theta_slopes(delta, a).T
        ),
        "The biases lack the 1/m: their slopes are means, too.": lambda delta, a: np.column_stack(
            [delta.sum(axis=0), delta.T @ a / len(a)]
        ),
        "Column 0 is zero. A bias has no regularisation, but it has a slope: "
        "the mean of its unit's deltas.": lambda delta, a: without_biases(theta_slopes(delta, a)),
        "Column 0 is one. The ones are the *inputs* of the biases; "
        "their slopes are the means of the deltas.": lambda delta, a: np.column_stack(
            [np.ones(delta.shape[1]), delta.T @ a / len(a)]
        ),
        "The deltas are summed over everything. "
        "Sum over the examples only, `axis=0`: each unit has its own bias.": lambda delta, a: (
            np.column_stack([np.full(delta.shape[1], delta.sum()), delta.T @ a]) / len(a)
        ),
    },
)
def theta_slopes(delta, a):
    return np.column_stack([delta.sum(axis=0), delta.T @ a]) / len(a)


def _back(rng):
    delta, a = _layer(rng)
    return delta, rng.normal(size=(delta.shape[1], 1 + a.shape[1])), a


@exercise.task(
    examples=[(np.array([[-0.75]]), np.array([[-0.9, 2.0, -3.0]]), np.array([[0.8, 0.6]]))],  # of lesson 03
    draw=_back,
    hints=[
        "Each unit collects what comes back from all units that it feeds: `delta @` the weights. No bias takes part.",
        "Then it passes through the sigmoid, whose slope is a (1 − a).",
        "`delta @ theta[:, 1:] * a * (1 - a)`.",
    ],
    mistakes={
        "The slope of the sigmoid is missing: times `a * (1 - a)`.": lambda delta, theta, a: delta @ theta[:, 1:],
        "Half of the sigmoid's slope is missing: it is a (1 − a).": lambda delta, theta, a: delta @ theta[:, 1:] * a,
        "The sigmoid is taken of a, which is an activation already. Its slope is a (1 − a).": lambda delta, theta, a: (
            delta_before(delta, theta, sigmoid(a))
        ),
        "Brackets are missing: `* a * 1 - a` subtracts a at the end. Write `* a * (1 - a)`.": lambda delta, theta, a: (
            delta @ theta[:, 1:] * a - a
        ),
        "The last column is left out in place of the first. "
        "The biases are in column 0: `theta[:, 1:]`.": lambda delta, theta, a: delta @ theta[:, :-1] * a * (1 - a),
        "The chain rule multiplies: *times* a (1 − a), not plus.": lambda delta, theta, a: (
            delta @ theta[:, 1:] + a * (1 - a)
        ),
        "The shapes do not fit: theta has the bias column still in it. No bias sends anything back: "
        "`theta[:, 1:]`.": lambda delta, theta, a: delta @ theta * a * (1 - a),
        "The shapes do not fit: the weights are transposed. On the way back the product is with "
        "`theta[:, 1:]` itself.": [
            lambda delta, theta, a: delta @ theta[:, 1:].T * a * (1 - a),
            lambda delta, theta, a: delta @ theta.T * a * (1 - a),
        ],
    },
)
def delta_before(delta, theta, a):
    return delta @ theta[:, 1:] * a * (1 - a)


def problem(rng, n_layers=None, n_missing=0):
    """Return the arguments of `cost_and_gradient` for a small network; the last `n_missing` classes never occur."""
    thetas, X = random_network(rng, n_layers or int(rng.integers(2, 4)))
    sizes = sizes_of(thetas)
    return pack(thetas), sizes, X, rng.integers(sizes[-1] - n_missing, size=len(X)), float(rng.uniform(0.5, 3))


def _large_problem(rng):
    """Return a problem with so many parameters that differences would take minutes."""
    sizes = (784, 100, 10)
    return pack(init_thetas(sizes, seed=rng)), sizes, rng.random((50, 784)), rng.integers(10, size=50), 1.0


def gradient_with(change):
    """Return a wrong `cost_and_gradient`: `change(theta, slopes, m, lam)` is done to each layer of its gradient."""

    def wrong(params, layer_sizes, X, y, lam):
        J, gradient = cost_and_gradient(params, layer_sizes, X, y, lam)
        thetas, gradients = unpack(params, layer_sizes), unpack(gradient, layer_sizes)
        return J, pack([change(*pair, len(X), lam) for pair in zip(thetas, gradients, strict=True)])

    return wrong


def backpropagated(*, output=lambda a, Y: a - Y, slope=lambda a: a * (1 - a), n_classes=None):
    """Return a `cost_and_gradient` with a fault, or with none.

    The delta of the output is `output(a, Y)`, the slope of the sigmoid `slope(a)`, and the number of classes
    `n_classes(y)`, if it is not that of the outputs.
    """

    def wrong(params, layer_sizes, X, y, lam):
        thetas, m = unpack(params, layer_sizes), len(X)
        activations = forward(thetas, X)
        Y = one_hot(y, n_classes(y) if n_classes else layer_sizes[-1])
        delta, gradients = output(activations[-1], Y), []
        for theta, a in zip(thetas[::-1], activations[-2::-1], strict=True):
            gradients.insert(0, theta_slopes(delta, a) + lam / m * without_biases(theta))
            delta = delta @ theta[:, 1:] * slope(a)
        return cost(thetas, X, y, lam), pack(gradients)

    return wrong


def order_turned(params, layer_sizes, X, y, lam):
    """Put the slopes in the order in which they are found: the last layer first."""
    J, gradient = cost_and_gradient(params, layer_sizes, X, y, lam)
    return J, np.concatenate([theta.ravel() for theta in unpack(gradient, layer_sizes)[::-1]])


def _biases_too(params, layer_sizes, X, y, lam):
    J, gradient = cost_and_gradient(params, layer_sizes, X, y, 0.0)
    return J + lam / (2 * len(X)) * np.sum(params**2), gradient + lam / len(X) * params


def _delta_of_z(params, layer_sizes, X, y, lam):
    thetas = unpack(params, layer_sizes)
    z = weighted_input(thetas[-1], forward(thetas, X)[-2])
    return backpropagated(output=lambda a, Y: z - Y)(params, layer_sizes, X, y, lam)


no_regularisation = gradient_with(lambda theta, g, m, lam: g - lam / m * without_biases(theta))


_SMALL = (
    pack([np.array([[0.4, 1, -2], [-1.1, 0.5, 1]]), np.array([[-0.9, 2, -3]])]),  # of lesson 03
    (2, 2, 1),
    np.array([[2.0, 0.5]]),
    np.array([0]),
    0.0,
)


exercise.add(
    cost_and_gradient,
    examples=[
        _SMALL,
        problem(np.random.default_rng(1), 1, n_missing=1),
        problem(np.random.default_rng(2), 5, n_missing=1),
    ],
    draw=problem,
    large=_large_problem,
    too_slow="That is a gradient made of differences, or a loop over single numbers: the first takes two costs for "
    "each of the 79,510 parameters. Backpropagation takes one way back for all of them.",
    parts=("the cost", "the gradient"),
    hints=[
        "Forward with `propagate`, then the delta of the last layer: output minus one-hot truth.",
        "Go backwards, `for l in range(len(thetas), 0, -1)`. Layer l has `theta, a = thetas[l - 1], "
        "activations[l - 1]`: its slopes come from the delta and a. Add λ/m times its weights. Then take the delta "
        "one layer back.",
        "`slopes = theta_slopes(delta, a)`, `slopes[:, 1:] += lam / m * theta[:, 1:]`, "
        "put it in front of the list, `delta = delta_before(delta, theta, a)` while l > 1. "
        "At the end, `nnlib.pack`.",
    ],
    mistakes={
        "λ is on the biases, too. Column 0 of the slopes gets no regularisation.": gradient_with(
            lambda theta, g, m, lam: g + lam / m * (theta - without_biases(theta))
        ),
        "The regularisation is missing in the gradient: λ/m times the weights.": no_regularisation,
        "The biases are regularised, too, in the cost and in the gradient. Leave column 0 out.": _biases_too,
        "The layers are in the wrong order: the loop finds the last layer's slopes first. "
        "`gradients.insert(0, slopes)` puts each layer in front of those behind it.": order_turned,
        "The delta of the output has the wrong sign: it is output minus truth.": backpropagated(
            output=lambda a, Y: Y - a
        ),
        "The delta of the output is taken from z. It is a − y, with a the sigmoid of z.": _delta_of_z,
        "It has as many classes as there happen to be labels. There is one for each output, `layer_sizes[-1]`, even "
        "if it never occurs.": [
            backpropagated(n_classes=lambda y: y.max() + 1),
            backpropagated(n_classes=lambda y: len(np.unique(y))),
        ],
        "It has ten classes, always. There is one for each output, `layer_sizes[-1]`.": backpropagated(
            n_classes=lambda y: 10
        ),
        "The delta of the output is output minus truth, nothing more: "
        "in the cross-entropy, a (1 − a) cancels.": backpropagated(output=lambda a, Y: (a - Y) * a * (1 - a)),
        "The 1/m is missing in the gradient.": gradient_with(lambda theta, g, m, lam: g * m),
        "The 1/m is missing in the slopes of the data; the regularisation has its own.": gradient_with(
            lambda theta, g, m, lam: (g - lam / m * without_biases(theta)) * m + lam / m * without_biases(theta)
        ),
        "The regularisation is twice too strong in the gradient: the derivative of λ/(2m) w² is λ/m w.": gradient_with(
            lambda theta, g, m, lam: g + lam / m * without_biases(theta)
        ),
        "The sigmoid's slope a (1 − a) is missing, one layer back.": backpropagated(slope=np.ones_like),
        "Half of the sigmoid's slope is missing: it is a (1 − a), not a.": backpropagated(slope=lambda a: a),
        "In the gradient, λ is not divided by m.": gradient_with(
            lambda theta, g, m, lam: g + (m - 1) * lam / m * without_biases(theta)
        ),
        "The biases lack the 1/m: their slopes are means, too.": gradient_with(
            lambda theta, g, m, lam: np.column_stack([g[:, 0] * m, g[:, 1:]])
        ),
        "All slopes of the biases are 0. A bias has no regularisation, but it has a slope: the mean of its unit's "
        "deltas.": gradient_with(lambda theta, g, m, lam: without_biases(g)),
        "The regularisation is missing, in cost and gradient: "
        "the two agree, but λ does nothing.": lambda params, layer_sizes, X, y, lam: cost_and_gradient(
            params, layer_sizes, X, y, 0.0
        ),
        "The flat gradient is reversed, number by number. "
        "Reverse the list of layers, before it is flattened.": lambda *arguments: (
            cost_and_gradient(*arguments)[0],
            cost_and_gradient(*arguments)[1][::-1],
        ),
        "The gradient is right, but the cost is not: "
        "the regularisation is missing there.": lambda params, layer_sizes, X, y, lam: (
            cost_and_gradient(params, layer_sizes, X, y, 0.0)[0],
            cost_and_gradient(params, layer_sizes, X, y, lam)[1],
        ),
    },
)


exercise.question(
    "04-step",
    "The step h of a central difference is made ten times smaller. What happens to its error?",
    ["It becomes ten times smaller", "It becomes a hundred times smaller", "It stays the same"],
    right=1,
    wrong=[
        "So it is with the forward difference. Work out ((1 + h)³ − (1 − h)³) / (2h): which power of h is left over?",
        "The slope between two points that are nearer is nearer to the slope at the point. By how much?",
    ],
    why="The error of a central difference is proportional to h²: here ((1 + h)³ − (1 − h)³) / (2h) = 3 + h². "
    "It holds until rounding takes over.",
)

exercise.question(
    "04-corner",
    "The top left pixel is 0 in each image. What are the slopes of its ten weights?",
    ["The same as those of the biases", "Positive: weights that do nothing should shrink", "0"],
    right=2,
    wrong=[
        "A bias has the input 1. What is the input of these weights?",
        "Only the regularisation would shrink them, and there is none here. Put the input into the formula.",
    ],
    why="A slope is the mean of delta times the input, and this input is always 0. Whatever the weight is, "
    "the output does not change. (Regularisation would pull it towards 0; there is none here.)",
)

exercise.question(
    "04-passes",
    "A hidden unit has the activation 0.99. How much of what comes back passes its sigmoid?",
    ["About 99 %", "About 25 %", "About 1 %"],
    right=2,
    wrong=[
        "That is a itself. The slope has another factor.",
        "That is the most that can pass, where a is 0.5. How steep is the sigmoid near 1?",
    ],
    why="The slope is a (1 − a) = 0.99 · 0.01 = 0.0099. The sigmoid is nearly flat there: what goes in hardly changes "
    "what comes out. A quarter is the most that can pass, at a = 0.5.",
)
