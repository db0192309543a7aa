"""Exercise 09: the digits of your own class."""

import numpy as np

from ... import Example, load_examples, load_network, strokes_to_image
from ...examples import not_among
from ...metrics import accuracy
from ...teaching import vary
from ..exercise import Exercise

exercise = Exercise({"merge": 3, "split_by_writer": 2, "to_arrays": 2, "accuracy_by_writer": 3})


def made_up(writer, rng, digits=range(10)):
    """Return drawings as someone of this name might have made them: variations of those that ship with nnlib."""
    return [Example(vary(e.strokes, rng), e.label, writer) for e in load_examples() if e.label in digits]


def _files(rng):
    """Return three people's files: one names its writer already, and one holds a drawing of somebody else's, too."""
    ann, ben, eva = (made_up("", rng, digits) for digits in ((1, 7), (2, 3), (4,)))
    ben = [example._replace(writer="Benjamin") for example in ben]
    eva = [eva[0], ann[0]]
    return ({"ann": ann, "ben": ben, "eva": eva},)


def _before(files, name):
    """Return all drawings of the files that come before the one of this name."""
    names = list(files)
    return [example for other in names[: names.index(name)] for example in files[other]]


@exercise.task(
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


def _class(rng):
    return [example for writer in ("ann", "ben", "eva") for example in made_up(writer, rng, (3, 4, 7))]


def _shuffled_class(rng):
    """Return the drawings of three people, shuffled, and the names of two of them."""
    examples = _class(rng)
    return [examples[i] for i in rng.permutation(len(examples))], rng.permutation(["ann", "ben", "eva"])[:2].tolist()


@exercise.task(
    draw=_shuffled_class,
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


@exercise.task(
    draw=lambda rng: (made_up("ann", rng, (1, 4, 7)),),
    hints=[
        "`nnlib.strokes_to_image(example.strokes)` is one image, (28, 28). Flatten it with `.ravel()`.",
        "X is an array of those, one in each row; y is an array of the labels.",
        "`X = np.array([nnlib.strokes_to_image(e.strokes).ravel() for e in examples], dtype=np.float32)`.",
    ],
    mistakes={
        "The images are still square, (n, 28, 28). Flatten each with `.ravel()`.": lambda examples: (
            to_arrays(examples)[0].reshape(-1, 28, 28),
            to_arrays(examples)[1],
        ),
        "The labels are missing: return X and y.": lambda examples: to_arrays(examples)[0],
        "The two are exchanged: first X, then y.": lambda examples: to_arrays(examples)[::-1],
        "The pixels go to 255. `strokes_to_image` gives them in [0, 1] already.": lambda examples: (
            to_arrays(examples)[0] * 255,
            to_arrays(examples)[1],
        ),
        "The pixels are divided by 255. `strokes_to_image` gives them in [0, 1] already.": lambda examples: (
            to_arrays(examples)[0] / 255,
            to_arrays(examples)[1],
        ),
    },
    rtol=1e-5,
)
def to_arrays(examples):
    images = [strokes_to_image(example.strokes).ravel() for example in examples]
    return np.array(images, dtype=np.float32), np.array([example.label for example in examples])


def _labels_and_guesses(network, examples):
    return np.array([e.label for e in examples]), network.predict(to_arrays(examples)[0])


def _network_and_class(rng):
    network, examples = load_network(), _class(rng)
    labels = rng.permutation([example.label for example in examples]).tolist()  # so that some are wrong
    return network, [e._replace(label=label) for e, label in zip(examples, labels, strict=True)][:7]


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
    why="You ask how it reads a stranger. Then what is chosen at random must be people, not drawings.",
)

exercise.question(
    "09-forget",
    "You teach the network with the drawings of your class. What happens to its accuracy on the MNIST test set?",
    ["It falls by less than one point.", "It falls by about ten points.", "It rises to 100 %."],
    right=0,
    why="The 10,000 reminders hold it. Without them it would forget much more.",
)

exercise.question(
    "09-memory",
    "On which people's drawings is a taught network most probably better?",
    ["Those of the people who taught it.", "Those of other people.", "There is no difference."],
    right=0,
    why="It has seen those very drawings. So the figure for other people is the one to report. "
    "With made-up writers you may see hardly a difference: they all have the same hand.",
)
