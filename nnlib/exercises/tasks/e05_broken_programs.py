"""Exercise 05: five broken programs."""

import numpy as np

from ... import cost_and_gradient, init_thetas, numerical_gradient, pack, unpack
from ...model import sigmoid
from ...parameters import sizes_of
from ..exercise import Exercise
from .e02_the_network import random_network
from .e04_backpropagation import backpropagated, gradient_with, no_regularisation, order_turned, problem, without_biases
from .e04_backpropagation import exercise as backpropagation

exercise = Exercise({"repaired_1": 2, "repaired_2": 2, "repaired_3": 2, "repaired_4": 2, "repaired_5": 2})

KNOWN = backpropagation.tasks["cost_and_gradient"].mistakes


def _of_layers(n_layers):
    """Return a case with so many thetas, in which nobody has the last label."""
    rng = np.random.default_rng(n_layers)
    thetas, X = random_network(rng, n_layers)
    sizes = sizes_of(thetas)
    return pack(thetas), sizes, X, rng.integers(sizes[-1] - 1, size=len(X)), 1.5


def _large(rng):
    """Return a case so large that differences take several seconds, on a fast computer, too."""
    sizes = (196, 20, 10)
    return pack(init_thetas(sizes, seed=rng)), sizes, rng.random((600, 196)), rng.integers(10, size=600), 1.0


# Not the library's own: an answer that calls that one has repaired nothing.
_repaired = backpropagated()


def _repair(name, fault, *, still_there, hints):
    """Add the task to repair a program: `fault` is what the notebook shows, `still_there` what its report tells."""
    exercise.add(
        _repaired,
        name=name,
        examples=[_of_layers(n_layers) for n_layers in (2, 1, 3)],
        draw=problem,
        large=_large,
        too_slow="Is its gradient made of differences? They are for checking it. Repair the line that computes it.",
        library=(cost_and_gradient, numerical_gradient),
        parts=("the cost", "the gradient"),
        stands_in=False,  # so that `check_gradient` goes on testing the learner's own
        hints=hints,
        mistakes={
            f"The fault is still there. {still_there}": fault,
            **{cause: function for cause, function in KNOWN.items() if function is not fault},
            "The slopes of the layers are not joined: the gradient is one flat array, as the program returns it.": (
                lambda params, layer_sizes, *others: (
                    _repaired(params, layer_sizes, *others)[0],
                    unpack(_repaired(params, layer_sizes, *others)[1], layer_sizes),
                )
            ),
        },
    )


_repair(
    "repaired_1",
    no_regularisation,
    still_there="In the report all biases are right and all weights wrong. What in the cost concerns weights only?",
    hints=[
        "Which blocks of the report are wrong, and which are right? What in the cost concerns the wrong ones only?",
        "Call it with `lam` = 0. Does the report still say WRONG?",
        "The cost has the regularisation, the gradient does not. Its derivative is `lam / m * theta[:, 1:]`.",
    ],
)

_repair(
    "repaired_2",
    backpropagated(slope=lambda a: sigmoid(a) * (1 - sigmoid(a))),
    still_there="The last layer is right, all layers before it are wrong. So it is in the step one layer back.",
    hints=[
        "The last layer is right. So the delta of the output is right, and so are the products. What comes after?",
        "Look at the line that goes one layer back, factor by factor, beside the formula of lesson 03.",
        "`a` is the sigmoid of z already. Its slope is `a * (1 - a)`; the program takes the sigmoid once more.",
    ],
)

_repair(
    "repaired_3",
    gradient_with(lambda theta, g, m, lam: g - lam / (2 * m) * without_biases(theta)),
    still_there="The biases are right, the weights a little wrong. With λ = 0 all is right; but the regularisation is "
    "there. How strong?",
    hints=[
        "As in program 1, weights are wrong and biases right. But this one has a regularisation. Is it the right one?",
        "Differentiate λ/(2m) w² by w, with a pencil.",
        "The 2 of the square and the 2 below the line cancel: `lam / m`, not `lam / (2 * m)`.",
    ],
)

_repair(
    "repaired_4",
    gradient_with(lambda theta, g, m, lam: np.column_stack([g[:, 0] / m, g[:, 1:]])),
    still_there="All weights are right, all biases too small. By which factor?",
    hints=[
        "Weights right, biases wrong, and the angle is 0°: a factor. Read the ratio in the report.",
        "The ratio is 1/12, and there are 12 examples. How often are the biases divided by m?",
        "`delta.mean(axis=0)` divides by m, and `/ m` at the end divides again: use `delta.sum(axis=0)`.",
    ],
)

_repair(
    "repaired_5",
    order_turned,
    still_there="All is wrong, in direction, not in length. Are the right numbers in the wrong places?",
    hints=[
        "Everything is wrong, and the angle is nowhere near 0°. Print the slopes of each layer, and their shapes.",
        "The loop goes backwards, from the last layer to the first. In which order do the layers end up in the list?",
        "`append` puts each layer behind the others. `gradients.insert(0, …)` puts it in front.",
    ],
)


exercise.question(
    "05-sign",
    "The whole gradient has its sign turned. What will the report say?",
    ["Ratio 1, angle 180°", "Ratio −1, angle 0°", "Ratio 1, angle 0°: the lengths agree"],
    right=0,
    why="The vector is as long as it should be, and points the opposite way. A length is never below 0.",
    wrong=[
        "The ratio is one of two lengths. Can a length be below 0?",
        "The lengths agree. But which way does the arrow point?",
    ],
)

exercise.question(
    "05-lambda",
    "Which of the five broken programs pass the check when λ is 0?",
    ["None", "Programs 1 and 3", "Programs 1, 3 and 4", "All"],
    right=1,
    why="These two are wrong in the regularisation alone, and with λ = 0 there is none.",
    wrong=[
        "Two of the faults are in a line with `lam` in it. What is left of that line when λ is 0?",
        "Program 4 divides its biases once too often. Has λ anything to do with that?",
        "Three of the faults are in lines without `lam`. Those are wrong whatever λ is.",
    ],
)

exercise.question(
    "05-learn",
    "How many of the five broken programs learn to read at least three digits in four?",
    ["None", "One", "Three", "All five"],
    right=2,
    why="From this start, 1, 3 and 4 do. Program 2 depends a lot on the start, and 5 learns nothing.",
    wrong=[
        "A step that goes roughly downhill still goes down. Which of the gradients point roughly the right way?",
        "Look at the angles in the reports. More than one of them is small.",
        "One of them points in a direction that has little to do with the gradient. Can it learn?",
    ],
)
