"""Exercise 05: five broken programs."""

import numpy as np

from ... import model
from ..task import Mistake, Task
from .slopes import TASKS as SLOPES
from .slopes import (
    backpropagated,
    cost_and_gradient,
    gradient_with,
    no_regularisation,
    order_turned,
    problem,
    without_biases,
)

KNOWN = next(task.mistakes for task in SLOPES if task.name == "cost_and_gradient")


def _biases_divided_twice(theta, g, m, lam):
    return np.column_stack([g[:, 0] / m, g[:, 1:]])


def _fresh(cause, function):
    return Mistake(function, f"The fault is still there. {cause}")


BROKEN = {  # name: (the fault as it stands in the notebook, two or three hints)
    "repaired_1": (
        _fresh(
            "In the report all biases are right and all weights wrong. What in the cost concerns weights only?",
            no_regularisation,
        ),
        (
            "Look at the report: which blocks are wrong, and which are right? What is in the cost of the former only?",
            "Call it with `lam` = 0. Does the report still say WRONG?",
            "The cost has the regularisation, the gradient has not. Its derivative is `lam / m * theta[:, 1:]`.",
        ),
    ),
    "repaired_2": (
        _fresh(
            "The last layer is right, all layers before it are wrong. So it is in the step one layer back.",
            backpropagated(slope=lambda a: model.sigmoid(a) * (1 - model.sigmoid(a))),
        ),
        (
            "The last layer is right. So the delta of the output is right, and so are the products. What comes after?",
            "Look at the line that goes one layer back, factor by factor, beside the formula of lesson 03.",
            "`a` is the sigmoid of z already. Its slope is `a * (1 - a)`; the program takes the sigmoid once more.",
        ),
    ),
    "repaired_3": (
        _fresh(
            "Biases right, weights a little wrong. With λ = 0 all is right; but the regularisation is "
            "there. How strong?",
            gradient_with(lambda theta, g, m, lam: g - lam / (2 * m) * without_biases(theta)),
        ),
        (
            "As in program 1, weights are wrong and biases right. But this one has a regularisation. Is "
            "it the right one?",
            "Differentiate λ/(2m) w² by w, with a pencil.",
            "The 2 of the square and the 2 below the line cancel: `lam / m`, not `lam / (2 * m)`.",
        ),
    ),
    "repaired_4": (
        _fresh("All weights are right, all biases too small. By which factor?", gradient_with(_biases_divided_twice)),
        (
            "Weights right, biases wrong, and the angle is 0°: a factor. Read the ratio in the report.",
            "The ratio is 1/12, and there are 12 examples. How often are the biases divided by m?",
            "`delta.mean(axis=0)` divides by m, and `/ m` at the end divides again: use `delta.sum(axis=0)`.",
        ),
    ),
    "repaired_5": (
        _fresh("All is wrong, in direction, not in length. Are the right numbers in the wrong places?", order_turned),
        (
            "Everything is wrong, and the angle is nowhere near 0°. Print the slopes of each layer, and their shapes.",
            "The loop goes backwards, from the last layer to the first. In which order do the layers end "
            "up in the list?",
            "`append` puts each layer behind the others. `gradients.insert(0, …)` puts it in front.",
        ),
    ),
}


def _mistakes(fault):
    """Return the fault of a program, and what else may go wrong when it is repaired."""
    return (fault, *(known for known in KNOWN if known.function is not fault.function))


TASKS = tuple(
    Task(name, cost_and_gradient, examples=(), draw=problem, hints=hints, mistakes=_mistakes(fault), rtol=1e-7)
    for name, (fault, hints) in BROKEN.items()
)
