"""Exercise 09: the digits of your own class."""

from itertools import groupby

import numpy as np

from ... import Example, Network, load_examples, predict
from ...examples import not_among
from ...metrics import accuracy
from ...network import shipped_network
from ...teaching import vary
from ..exercise import Exercise

exercise = Exercise({"merge": 3, "split_by_writer": 2, "to_arrays": 2, "accuracy_by_writer": 3})


def made_up(writer, rng, digits=range(10)):
    """Return drawings as someone of this name might have made them: variations of those that ship with nnlib."""
    return [Example(vary(e.strokes, rng), e.label, writer) for e in load_examples() if e.label in digits]


def _out_of_order(names, rng):
    """Return the names in a random order that is not that of the alphabet, nor its reverse."""
    while True:
        order = rng.permutation(names).tolist()
        if order not in (sorted(names), sorted(names, reverse=True)):
            return order


def _files(rng):
    """Return four people's files: one names its writer already, one is empty, and one holds a copy of another's."""
    names = _out_of_order(["ann", "ben", "eva", "zoe"], rng)
    first, second, third = (made_up("", rng, digits) for digits in ((1, 7), (2, 3), (4,)))
    second = [example._replace(writer="Benjamin") for example in second]
    third = [third[0], first[0], second[1]]
    lists = [first, second, [], third] if rng.random() < 0.5 else [first, [], second, third]
    return (dict(zip(names, lists, strict=True)),)


def _before(files, name):
    """Return all drawings of the files that come before the one of this name."""
    names = list(files)
    return [example for other in names[: names.index(name)] for example in files[other]]


def _compared_with_writer(files):
    merged = []
    for name, examples in files.items():
        named = [e._replace(writer=e.writer or name) for e in examples]
        merged += [e for e in named if e not in merged]
    return merged


@exercise.task(
    examples=[({},)],
    draw=_files,
    hints=[
        "Go through `files.items()`: each gives a name and a list of examples. Collect them in one list.",
        "`example._replace(writer=…)` gives a copy with a different writer. Keep a writer that is there: "
        "`example.writer or name`.",
        "`not_among(new, merged)` leaves out what is in `merged` already. Add what is left: `merged += …`.",
    ],
    mistakes={
        "A drawing that is in two files is there twice. "
        "Then it may end up in training *and* test. `not_among` helps.": lambda files: [
            e._replace(writer=e.writer or name) for name, es in files.items() for e in es
        ],
        "A copy in somebody else's file is there twice, once under each name. Compare the drawings and their labels "
        "alone, as `not_among` does, not their writers.": _compared_with_writer,
        "A writer who is named in the drawing is replaced by the name of the file. "
        "Keep the name that is there.": lambda files: [
            e._replace(writer=name) for name, es in files.items() for e in not_among(es, _before(files, name))
        ],
        "A writer who is named in the drawing is replaced by the name of the file, "
        "and a drawing that is in two files is there twice.": lambda files: [
            e._replace(writer=name) for name, es in files.items() for e in es
        ],
        "The writers are missing: a drawing without a writer gets the name of its file.": lambda files: [
            e for name, es in files.items() for e in not_among(es, _before(files, name))
        ],
        "The files are sorted by name. Keep their order: a drawing that is in two files belongs to the "
        "first of them.": lambda files: merge(dict(sorted(files.items()))),
        "The drawings are sorted by writer. Keep the order of the files.": lambda files: sorted(
            merge(files), key=lambda e: e.writer
        ),
        "The drawings are sorted by digit. Keep the order of the files.": lambda files: sorted(
            merge(files), key=lambda e: e.label
        ),
        "The lists are only put together: writers are missing, "
        "and a drawing that is in two files is there twice.": lambda files: [e for es in files.values() for e in es],
    },
)
def merge(files):
    merged = []
    for name, examples in files.items():
        named = [example._replace(writer=example.writer or name) for example in examples]
        merged += not_among(named, merged)
    return merged


def _shuffled(examples, rng):
    return [examples[i] for i in rng.permutation(len(examples))]


def _shuffled_class(rng):
    """Return the drawings of five people, shuffled, and the names of two of them.

    Some names are parts of others, or differ in one capital letter: equal names are the same writer, similar ones not.
    """
    writers = ["ann", "anna", "joanna", "Anna", "ben"]
    examples = [example for writer in writers for example in made_up(writer, rng, (3, 7))]
    others = ["ben", "Anna"] if rng.random() < 0.5 else ["Anna", "ben"]
    return _shuffled(examples, rng), rng.permutation(["anna", others[0]]).tolist()


def _split_where(examples, is_test):
    """Return the examples whose writer is not for the test, and those whose writer is."""
    return [e for e in examples if not is_test(e.writer)], [e for e in examples if is_test(e.writer)]


def _three_people():
    """Return the drawings of three people in turn, and two names that are in the test of no random case."""
    rng = np.random.default_rng(5)
    rounds = [[example for writer in ("ann", "eva", "Eva") for example in made_up(writer, rng, (d,))] for d in (1, 4)]
    return [*rounds[0], *rounds[1]], ["eva", "ann"]


@exercise.task(
    examples=[_three_people()],
    draw=_shuffled_class,
    parts=("the training list", "the test list"),
    hints=[
        "Whether an example is for training or for testing depends on its writer, and on nothing else.",
        "`example.writer in test_writers` is True for those to test with.",
        "Two list comprehensions, one with `not in`, one with `in`. Return training first, then test.",
    ],
    mistakes={
        "The two are exchanged: first the training, then the test.": lambda examples, test_writers: split_by_writer(
            examples, test_writers
        )[::-1],
        "The people of the test are in the training, too. "
        "Then you measure memory, not reading.": lambda examples, test_writers: (
            examples,
            split_by_writer(examples, test_writers)[1],
        ),
        "The test is missing: return both, the training first.": lambda examples, test_writers: split_by_writer(
            examples, test_writers
        )[0],
        "The training is missing: return both, the training first.": lambda examples, test_writers: split_by_writer(
            examples, test_writers
        )[1],
        "Only the last of the test writers is kept apart.": lambda examples, test_writers: split_by_writer(
            examples, test_writers[-1:]
        ),
        "Only the first of the test writers is kept apart.": lambda examples, test_writers: split_by_writer(
            examples, test_writers[:1]
        ),
        "The order differs: the test is sorted by writer. "
        "Go through the examples once, and keep their order.": lambda examples, test_writers: (
            split_by_writer(examples, test_writers)[0],
            [e for writer in test_writers for e in examples if e.writer == writer],
        ),
        "Nobody is in the test. `test_writers` is a list: "
        "ask whether the writer is `in` it, not whether it is `==`.": lambda examples, test_writers: (examples, []),
        "A writer whose name is part of a test writer's is in the test, too: ann beside anna. "
        "`in` looks for equal items in a list, but for parts in a text: leave `test_writers` a list.": (
            lambda examples, test_writers: _split_where(examples, lambda writer: writer in ",".join(test_writers))
        ),
        "A writer whose name has a test writer's in it is in the test, too: joanna beside anna. "
        "Ask whether the writer is `in` the list, not whether names are in one another.": [
            lambda examples, test_writers: _split_where(
                examples, lambda writer: any(name in writer for name in test_writers)
            ),
            lambda examples, test_writers: _split_where(examples, lambda writer: writer.endswith(tuple(test_writers))),
        ],
        "Capital letters are ignored: Anna and anna are two writers.": lambda examples, test_writers: _split_where(
            examples, lambda writer: writer.lower() in [name.lower() for name in test_writers]
        ),
        "The list is cut in halves: the same person is on both sides. "
        "Split by writer.": lambda examples, test_writers: (
            examples[: len(examples) // 2],
            examples[len(examples) // 2 :],
        ),
    },
)
def split_by_writer(examples, test_writers):
    training = [example for example in examples if example.writer not in test_writers]
    return training, [example for example in examples if example.writer in test_writers]


def _drawings(rng):
    return (_shuffled(made_up("ann", rng) + made_up("ben", rng), rng)[: rng.integers(3, 8)],)


@exercise.task(
    examples=[(made_up("ann", np.random.default_rng(1), (4,)),)],
    draw=_drawings,
    parts=("the array X", "the array y"),
    hints=[
        "`example.to_image()` is one image, (28, 28). Flatten it with `.ravel()`.",
        "X is an array of those, one in each row; y is an array of the labels.",
        "`X = np.array([example.to_image().ravel() for example in examples], dtype=np.float32)`.",
    ],
    mistakes={
        "The images are still square, (n, 28, 28). Flatten each with `.ravel()`.": lambda examples: (
            to_arrays(examples)[0].reshape(-1, 28, 28),
            to_arrays(examples)[1],
        ),
        "The labels are missing: return X and y.": lambda examples: to_arrays(examples)[0],
        "The two are exchanged: first X, then y.": lambda examples: to_arrays(examples)[::-1],
        "The pixels go to 255. `to_image` gives them in [0, 1] already.": lambda examples: (
            to_arrays(examples)[0] * 255,
            to_arrays(examples)[1],
        ),
        "The pixels are divided by 255. `to_image` gives them in [0, 1] already.": lambda examples: (
            to_arrays(examples)[0] / 255,
            to_arrays(examples)[1],
        ),
    },
    rtol=1e-5,
)
def to_arrays(examples):
    images = [example.to_image().ravel() for example in examples]
    return np.array(images, dtype=np.float32), np.array([example.label for example in examples])


def _labels_and_guesses(network, examples):
    return np.array([e.label for e in examples]), network.predict(to_arrays(examples)[0])


def _network_and_class(rng):
    """Return a network whose outputs are exchanged, and six drawings, of which it reads two differently.

    So it is not the network that everybody has; and without its preparation it reads others of them wrongly. Two
    people have two drawings each, in turn; the first and the last drawing are the only ones of their writers.
    """
    shipped = shipped_network()
    order = np.roll(np.arange(10), rng.integers(1, 10))
    network = Network([*shipped.thetas[:-1], shipped.thetas[-1][order]], shipped.preparation)
    a, b, c, d = _out_of_order(["ann", "ben", "eva", "zoe"], rng)
    examples = [made_up(writer, rng, (rng.choice([0, 2, 9]),))[0] for writer in (a, b, c, b, c, d)]
    X, _ = to_arrays(examples)
    labels, unprepared = network.predict(X), predict(network.thetas, X)
    if (labels == unprepared)[[0, 2, 3, 4]].all():
        return _network_and_class(rng)
    for i in (1, 5):
        labels[i] = next(k for k in range(10) if k not in (labels[i], unprepared[i], examples[i].label))
    return network, [e._replace(label=int(label)) for e, label in zip(examples, labels, strict=True)]


def _accuracies(network, examples, predict_digits):
    """Return the accuracy for each writer, with `predict_digits(network, X)` for `network.predict(X)`."""
    X, y = to_arrays(examples)
    guesses, writers = predict_digits(network, X), np.array([e.writer for e in examples])
    return {writer: accuracy(y[writers == writer], guesses[writers == writer]) for writer in writers.tolist()}


def _overall(network, examples):
    return accuracy(*_labels_and_guesses(network, examples))


@exercise.task(
    draw=_network_and_class,
    hints=[
        "Which writers are there? `{example.writer for example in examples}`.",
        "For each writer, take their examples, read them with `network.predict(X)`, and compare with y.",
        "`{writer: np.mean(network.predict(X) == y)}`, with `X, y = to_arrays(theirs)`, for each writer in a dict.",
    ],
    mistakes={
        "Everybody has the same accuracy, that of all drawings. "
        "Take each writer's own drawings.": lambda network, examples: dict.fromkeys(
            {e.writer for e in examples}, _overall(network, examples)
        ),
        "The preparation of the network is left out. `network.predict(X)` does it, "
        "`nnlib.predict(network.thetas, X)` does not.": lambda network, examples: _accuracies(
            network, examples, lambda network, X: predict(network.thetas, X)
        ),
        "It measures the network that comes with the project. "
        "Measure the one that is passed in, `network`.": lambda network, examples: _accuracies(
            shipped_network(), examples, lambda network, X: network.predict(X)
        ),
        "It takes neighbours in the list together, so it keeps only the last ones of each writer. "
        "The examples are in any order.": lambda network, examples: {
            writer: _overall(network, list(theirs)) for writer, theirs in groupby(examples, lambda e: e.writer)
        },
        "This is one number for all. Return a dict with one for each writer.": _overall,
        "This is in percent. Give shares, between 0 and 1.": lambda network, examples: {
            w: 100 * a for w, a in accuracy_by_writer(network, examples).items()
        },
        "This is the share of wrong answers. Return the share of right ones.": lambda network, examples: {
            w: 1 - a for w, a in accuracy_by_writer(network, examples).items()
        },
        "This is the number of right answers. "
        "Divide it by the number of drawings of that writer.": lambda network, examples: {
            w: a * sum(e.writer == w for e in examples) for w, a in accuracy_by_writer(network, examples).items()
        },
    },
)
def accuracy_by_writer(network, examples):
    writers = sorted({example.writer for example in examples})
    return {
        writer: accuracy(*_labels_and_guesses(network, [e for e in examples if e.writer == writer]))
        for writer in writers
    }


exercise.question(
    "09-split",
    "What is wrong with a test that is chosen at random from all drawings?",
    [
        "Nothing: lesson 01 says that whenever you take a part, take a random part.",
        "Each writer is in the training, too, so the result says nothing about new people.",
        "Some digits may be missing in the test.",
    ],
    right=1,
    wrong=[
        "Random, yes, but a random part of what? Think of whom the result is about.",
        "That can happen, and it is the lesser trouble. Who drew the drawings in the test?",
    ],
    why="You ask how it reads a stranger. Then what is chosen at random must be people, not drawings.",
)

exercise.question(
    "09-forget",
    "You teach the network with the drawings of your class. What happens to its accuracy on the MNIST test set?",
    ["It falls by less than one point.", "It falls by about ten points.", "It rises to 100 %."],
    right=0,
    wrong=[
        "It would without reminders. `teach` mixes some in.",
        "It learns nothing new about those who wrote MNIST's digits.",
    ],
    why="The 10,000 reminders hold it. Without them it would forget much more.",
)

exercise.question(
    "09-memory",
    "On which people's drawings is a taught network most probably better?",
    ["Those of the people who taught it.", "Those of other people.", "There is no difference."],
    right=0,
    wrong=[
        "It has not seen the drawings of other people. Whose drawings has it seen?",
        "It has learned some drawings, and not others. Can it then read both alike?",
    ],
    why="It has seen those very drawings. So the figure for other people is the one to report. "
    "With made-up writers you may see hardly a difference: they all have the same hand.",
)
