"""Exercise 07: which mistakes a network makes, and what a hidden unit does."""

import numpy as np

from ...metrics import confusion_matrix
from ..exercise import Exercise
from .e02_the_network import random_network

exercise = Exercise({"confusion_matrix": 2, "precision": 2, "recall": 1, "f1": 1, "worst_pair": 2, "without_unit": 2})


def _labels(rng):
    """Return labels and guesses; one class in the middle, and the last one, do not occur."""
    n_classes = int(rng.integers(5, 9))
    occur = np.delete(np.arange(n_classes - 1), rng.integers(1, n_classes - 2))
    y = rng.choice(occur, size=int(rng.integers(30, 60)))
    return y, np.where(rng.random(len(y)) < 0.6, y, rng.choice(occur, size=len(y))), n_classes


def _many_labels():
    """Return more of one pair than eight bits can count."""
    y = np.repeat([0, 1], [300, 20])
    return y, np.where(np.arange(len(y)) < 290, y, 0), 2


def _unchecked(part, whole):
    with np.errstate(all="ignore"):
        return part / whole


def _counted_once(y_true, y_pred, n_classes):
    C = np.zeros((n_classes, n_classes), dtype=int)
    C[y_true, y_pred] += 1
    return C


def _of_those_that_occur(y_true, y_pred, n_classes):
    occur = np.unique(np.concatenate([y_true, y_pred]))
    return confusion_matrix(y_true, y_pred, n_classes)[np.ix_(occur, occur)]


exercise.add(
    confusion_matrix,
    examples=[(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3), _many_labels()],
    draw=_labels,
    hints=[
        "Start with `np.zeros((n_classes, n_classes), dtype=int)`, and count each pair (true, predicted).",
        "A loop over `zip(y_true, y_pred)` is fine. `C[y_true, y_pred] += 1` without a loop is not: try it.",
        "`for t, p in zip(y_true, y_pred): C[t, p] += 1`. Without a loop: `np.add.at(C, (y_true, y_pred), 1)`.",
    ],
    mistakes={
        "Rows and columns are exchanged: a row for each true class, "
        "a column for each predicted one.": lambda y_true, y_pred, n: confusion_matrix(y_true, y_pred, n).T,
        "Each pair is counted at most once. `C[y_true, y_pred] += 1` writes to a repeated index only once; "
        "`np.add.at` or a loop counts them all.": _counted_once,
        "These are shares. Return the counts.": lambda y_true, y_pred, n: _unchecked(
            confusion_matrix(y_true, y_pred, n), len(y_true)
        ),
        "These are shares of each row. Return the counts.": lambda y_true, y_pred, n: _unchecked(
            confusion_matrix(y_true, y_pred, n), np.bincount(y_true, minlength=n)[:, None]
        ),
        "A class that does not occur has no row. "
        "The shape is `(n_classes, n_classes)`, whatever occurs.": lambda y_true, y_pred, n: confusion_matrix(
            y_true, y_pred, 1 + max(y_true.max(), y_pred.max())
        ),
        "Eight bits are too few: the counts start again from 0 beyond 255, or beyond 127. Use `dtype=int`.": [
            lambda y_true, y_pred, n: confusion_matrix(y_true, y_pred, n).astype(np.uint8),
            lambda y_true, y_pred, n: confusion_matrix(y_true, y_pred, n).astype(np.int8),
        ],
        "A class that does not occur has no row and no column. The shape is `(n_classes, n_classes)`, whatever "
        "occurs: go through `range(n_classes)`, not `np.unique`.": _of_those_that_occur,
        "The diagonal is missing: right answers are counted, too.": lambda y_true, y_pred, n: (
            confusion_matrix(y_true, y_pred, n) * (1 - np.eye(n, dtype=int))
        ),
    },
)


def _matrix(rng):
    C = rng.integers(1, 9, size=(4, 4)) + np.diag(rng.integers(20, 40, size=4))
    C[:, 2] *= rng.random() < 0.5  # sometimes, class 2 is never predicted
    return (C,)


_C = np.array([[8, 1, 0], [2, 5, 1], [0, 4, 9]])
_NEVER_PREDICTED = np.array([[6, 2, 0], [1, 7, 0], [2, 3, 0]])


@exercise.task(
    examples=[(_C,), (_NEVER_PREDICTED,)],
    draw=_matrix,
    hints=[
        "Of all that was *called* a 3, what share *is* a 3? That is down a column.",
        "The diagonal, `np.diag(C)`, over the sums of the columns, `C.sum(axis=0)`.",
        "Where a class was never predicted, the sum is 0: divide with "
        "`np.divide(np.diag(C), s, out=np.zeros(len(C)), where=s > 0)`.",
    ],
    mistakes={
        "This is the recall: it divides by the sums of the *rows*. Precision goes down a column, `axis=0`.": lambda C: (
            recall(C)
        ),
        "Where a class was never predicted it gives NaN, 0 / 0. Its precision is 0 by convention.": lambda C: (
            _unchecked(np.diag(C), C.sum(axis=0))
        ),
        "It divides by the number of all examples. Divide by how often that class was predicted.": lambda C: (
            np.diag(C) / C.sum()
        ),
        "This is the accuracy, one number. Return one number for each class.": lambda C: np.trace(C) / C.sum(),
        "Where a class was never predicted it gives 1. Its precision is 0 by convention.": lambda C: np.where(
            C.sum(axis=0) == 0, 1, precision(C)
        ),
    },
)
def precision(C):
    columns = C.sum(axis=0)
    return np.divide(np.diag(C), columns, out=np.zeros(len(C)), where=columns > 0)


@exercise.task(
    examples=[(_C,), (_NEVER_PREDICTED.T,)],
    draw=lambda rng: (_matrix(rng)[0].T,),
    hints=[
        "Of all that *is* a 3, what share was called one? That is along a row.",
        "As precision, with the sums of the rows: `C.sum(axis=1)`.",
        "Transposing exchanges rows and columns: `precision(C.T)`.",
    ],
    mistakes={
        "This is the precision: it divides by the sums of the columns. Recall goes along a row.": precision,
        "Where a class has no examples it gives NaN, 0 / 0. Its recall is 0 by convention.": lambda C: _unchecked(
            np.diag(C), C.sum(axis=1)
        ),
        "It divides by the number of all examples. Divide by how many there are of that class.": lambda C: (
            np.diag(C) / C.sum()
        ),
        "It divides by the number of classes. Divide by how many examples there are of that class.": lambda C: (
            np.diag(C) / len(C)
        ),
        "This is the share that was missed. The recall is the share that was found.": lambda C: 1 - recall(C),
    },
)
def recall(C):
    return precision(C.T)


def _shares(rng):
    a, b = rng.random((2, 5))
    a[1] = b[1] = 0
    return a, b


@exercise.task(
    examples=[(np.array([0.5, 1.0]), np.array([1.0, 0.0]))],
    draw=_shares,
    hints=[
        "The harmonic mean: 2 p r / (p + r).",
        "Where both are 0, so is p + r. The result is then 0.",
        "`np.divide(2 * p * r, p + r, out=np.zeros(len(p)), where=p + r > 0)`.",
    ],
    mistakes={
        "This is the plain mean. The harmonic mean, 2 p r / (p + r), is low if either of the two is.": lambda p, r: (
            (p + r) / 2
        ),
        "Where precision and recall are both 0 it gives NaN, 0 / 0. F1 is 0 there.": lambda p, r: _unchecked(
            2 * p * r, p + r
        ),
        "It is not divided by the sum: 2 p r / (p + r).": lambda p, r: 2 * p * r,
        "Brackets are missing: `2 * p * r / p + r` divides by p alone, and then adds r. Write `/ (p + r)`.": [
            lambda p, r: _unchecked(2 * p * r, p) + r,
            lambda p, r: np.nan_to_num(_unchecked(2 * p * r, p)) + r,
        ],
        "The 2 is missing: 2 p r / (p + r).": lambda p, r: f1(p, r) / 2,
        "This is the geometric mean. F1 is the harmonic one, 2 p r / (p + r).": lambda p, r: np.sqrt(p * r),
    },
)
def f1(precision, recall):
    total = precision + recall
    return np.divide(2 * precision * recall, total, out=np.zeros(len(total)), where=total > 0)


def _mistakes(C):
    return C * (1 - np.eye(len(C), dtype=int))


def _clear_matrix(rng):
    C = rng.permutation(20)[:16].reshape(4, 4) + np.diag(rng.integers(30, 60, size=4))
    return (C,)


# Its commonest mistake is above the diagonal; as a share of a row, or of a column, a different one is the largest.
_UNEVEN = np.array([[90, 9, 0], [1, 80, 2], [4, 0, 5]])


@exercise.task(
    examples=[(_C,), (_UNEVEN,)],
    draw=_clear_matrix,
    hints=[
        "Mistakes are off the diagonal. Set the diagonal to 0 first, in a copy: `np.fill_diagonal`.",
        "`argmax` of a matrix gives one number, the place in the flat array.",
        "`np.unravel_index(M.argmax(), M.shape)` turns it into row and column: the true digit, the predicted one.",
    ],
    mistakes={
        "The largest number is on the diagonal: those are right answers. Leave the diagonal out.": lambda C: tuple(
            np.unravel_index(C.argmax(), C.shape)
        ),
        "The two are exchanged: first the true digit (the row), then the predicted one (the column).": lambda C: (
            worst_pair(C)[::-1]
        ),
        "Both directions are added up. A 4 read as a 9 is one mistake, a 9 read as a 4 is a different one.": [
            lambda C: worst_pair(C + C.T),
            lambda C: worst_pair(C + C.T)[::-1],
        ],
        "This is the place in the flat array. `np.unravel_index` turns it into a row and a column.": lambda C: int(
            _mistakes(C).argmax()
        ),
        "This is how often it happens. Return which pair it is.": lambda C: int(_mistakes(C).max()),
        "This is the mistake with the largest share of its row. Compare the counts.": lambda C: worst_pair(
            C / C.sum(axis=1, keepdims=True)
        ),
        "This is the mistake with the largest share of its column. Compare the counts.": lambda C: worst_pair(
            C / C.sum(axis=0)
        ),
        "Only the part above the diagonal is looked at. A 4 read as a 9 is one mistake, "
        "a 9 read as a 4 is a different one.": lambda C: worst_pair(np.triu(C)),
        "Only the part below the diagonal is looked at. A 4 read as a 9 is one mistake, "
        "a 9 read as a 4 is a different one.": lambda C: worst_pair(np.tril(C)),
    },
)
def worst_pair(C):
    return tuple(int(i) for i in np.unravel_index(_mistakes(C).argmax(), C.shape))


def _network(rng):
    thetas = random_network(rng, 2)[0]
    return thetas, int(rng.integers(len(thetas[0])))


def _with_zeros(*places):
    """Return a wrong `without_unit`: zeros in other places, each given by a theta's number and `index(j)`."""

    def function(thetas, j):
        thetas = [theta.copy() for theta in thetas]
        for number, index in places:
            thetas[number][index(j)] = 0
        return thetas

    return function


@exercise.task(
    parts=("the first theta", "the second theta"),
    examples=[
        ([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0, 7.0]])], 1),
        ([np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])], 0),
    ],
    draw=_network,
    hints=[
        "A unit is silent if nothing of it arrives: set the weights *from* it to 0, in the next theta.",
        "In `thetas[1]`, column 0 holds the biases. So unit j has column 1 + j.",
        "`theta2 = thetas[1].copy()`, `theta2[:, 1 + j] = 0`, and return `[thetas[0], theta2]`.",
    ],
    mistakes={
        "The weights *into* the unit are 0. Then its z is 0, and it still sends σ(0) = 0.5 to every output. "
        "Cut the weights that lead away from it.": _with_zeros((0, lambda j: j)),
        "One column too far to the left: column 0 holds the biases, so unit j has column 1 + j.": _with_zeros(
            (1, lambda j: np.s_[:, j])
        ),
        "The unit is removed altogether. "
        "That gives the same scores, but keep the shapes: set its weights to 0.": lambda thetas, j: [
            np.delete(thetas[0], j, axis=0),
            np.delete(thetas[1], 1 + j, axis=1),
        ],
        "The weights into the unit are 0, too. That gives the same scores, but cutting those that lead away "
        "from it is enough: leave `thetas[0]` as it is.": _with_zeros((0, lambda j: j), (1, lambda j: np.s_[:, 1 + j])),
        "It is the last unit that is silent, not unit j.": _with_zeros((1, lambda j: np.s_[:, -1])),
        "Only the first output loses the unit. Cut its weights to all outputs: the whole column.": _with_zeros(
            (1, lambda j: np.s_[0, 1 + j])
        ),
        "It returns only the second theta. Return the whole network, a list of both.": lambda thetas, j: without_unit(
            thetas, j
        )[1],
    },
)
def without_unit(thetas, j):
    theta1, theta2 = thetas[0].copy(), thetas[1].copy()
    theta2[:, 1 + j] = 0
    return [theta1, theta2]


exercise.question(
    "07-lazy",
    "What are its precision and its recall for class 3?",
    ["precision 0.1, recall 0.1", "precision 1, recall 0.1", "precision 0.1, recall 1", "precision 1, recall 1"],
    right=2,
    why="It finds every 3, so the recall is 1. But of all that it calls a 3, only one in ten is one.",
    wrong=[
        "It calls everything a 3. How many of the 3s does it miss?",
        "These are exchanged. Precision looks at all that is *called* a 3.",
        "It is right about each 3. But how often is it right when it says 3?",
    ],
)

exercise.question(
    "07-pair",
    "Which mistake does the plain network make most often on the test digits?",
    ["a 3 taken for a 5", "a 9 taken for a 4", "a 7 taken for a 1", "an 8 taken for a 3"],
    right=1,
    wrong=[
        "It happens, but less often. Think of two digits that differ by one short stroke.",
        "It happens, but a 7 has its bar. Think of two digits that differ by one short stroke.",
        "It happens, but an 8 must be open twice for it. Think of two digits that differ by one short stroke.",
    ],
    why="A 9 with an open top is close to a 4. The reverse, a 4 taken for a 9, is almost as common.",
)

exercise.question(
    "07-unit",
    "Without the unit that answers to the 0s almost alone, how many of the 0s that the network found does it still "
    "find?",
    ["next to none", "about half", "about nine in ten", "about 99 in 100"],
    right=3,
    wrong=[
        "The other 99 units are still there. Do none of them know anything of a 0?",
        "That would be the most important unit by far. How many units speak for one answer?",
        "Lesson 07: what does it cost to lose one unit?",
    ],
    why="Many units contribute to each answer, and most of them also say something of a 0: that it is no 1, no 4, "
    "no 7. They make up for the missing one.",
)
