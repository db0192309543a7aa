"""Train and measure what lesson 10 shows: what each step beyond the published method gains.

    python tests/benchmarks/further.py [--folder FOLDER] [--only STUDY ...]

Takes about an hour and a half on two cores. Writes further.json and network-further.npz to the folder (data/, if none
is named), after each training; what stands there already, of the same settings and seed, is not trained again.

Everything is chosen, and compared, on 10,000 validation digits that no training sees. Only the two recipes of
"final" are measured on the test digits, and nothing was changed after that.
"""

import argparse
import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

import nnlib
from nnlib.data import DATA_FOLDER
from nnlib.files import write_atomically
from nnlib.metrics import accuracy
from nnlib.network import FURTHER_PATH
from nnlib.preparation import SIDE, prepare

SEEDS = 0, 1, 2
SMALL, LARGE = (784, 100, 10), (784, 500, 300, 10)
FARTHEST = 6  # pixels that a digit is moved, to each side
NAME = FURTHER_PATH.name


class Recipe(NamedTuple):
    """How a network is trained; `varied` names what each image goes through anew in each epoch."""

    layer_sizes: tuple = SMALL
    activation: str = "relu"
    preparation: str = "normalise"
    varied: str = "not"
    strength: float = 1.0
    epochs: int = 20
    learning_rate: float = 0.002


def moved(images, rng):
    """Return each image (m, 784) moved aside, and up or down, by up to FARTHEST whole pixels; paper comes in."""
    padded = np.pad(images.reshape(-1, SIDE, SIDE), ((0, 0), (FARTHEST, FARTHEST), (FARTHEST, FARTHEST)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE), axis=(1, 2))
    top, left = rng.integers(0, 2 * FARTHEST + 1, (2, len(images)))
    return windows[np.arange(len(images)), top, left].reshape(len(images), -1)


def train(recipe, X, y, seed):
    """Return the trained network, and how many seconds it took."""
    start = time.perf_counter()

    def anew(images, rng):
        varied = (
            moved(images, rng) if recipe.varied == "moved" else nnlib.augment(images, rng, strength=recipe.strength)
        )
        return prepare(varied, recipe.preparation)

    unvaried = recipe.varied == "not"
    result = nnlib.train_minibatch(
        prepare(X, recipe.preparation) if unvaried else X,
        y,
        layer_sizes=recipe.layer_sizes,
        activation=recipe.activation,
        epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        augment=None if unvaried else anew,
        seed=seed,
        progress=False,
    )
    network = nnlib.Network(result.thetas, preparation=recipe.preparation, activation=recipe.activation)
    return network, time.perf_counter() - start


def published(X, y, seed):
    """Train the published network, by the published method."""
    result = nnlib.train(X, y, lam=0.1, max_iter=100, seed=seed, progress=False)
    return nnlib.Network(result.thetas), result.seconds


class Digits:
    """The digits of each study: `choice` to train on and to choose by, `final` for the two that go to the test set."""

    def __init__(self):
        self.mnist = nnlib.load_mnist()
        order = np.random.default_rng(0).permutation(60000)
        self.kept, self.rest = order[:10000], order[10000:]  # as in the lessons

    def choice(self):
        X, y = self.mnist.X_train, self.mnist.y_train
        return X[self.rest], y[self.rest], {"validation": (X[self.kept], y[self.kept])}

    def places(self):
        """Return the same, with the validation digits also moved."""
        X, y, measured = self.choice()
        X_val, y_val = measured["validation"]
        return X, y, measured | {"moved": (moved(X_val, np.random.default_rng(0)), y_val)}

    def final(self):
        mnist = self.mnist
        return mnist.X_train, mnist.y_train, {"test": (mnist.X_test, mnist.y_test)}


def choices():
    """Return the recipes that learning rates, and the strength of the augmentation, were chosen from."""
    recipes = [
        *(Recipe(LARGE, varied="augmented", learning_rate=rate) for rate in (0.001, 0.002, 0.004)),
        *(Recipe(LARGE, varied="augmented", strength=strength) for strength in (0.7, 1.4)),
        *(Recipe(SMALL, varied="augmented", strength=0.6, learning_rate=rate) for rate in (0.002, 0.005, 0.01)),
        *(Recipe(SMALL, varied="augmented", strength=strength, learning_rate=0.005) for strength in (0.3, 1.0)),
        *(Recipe(SMALL, "sigmoid", learning_rate=rate) for rate in (0.005, 0.015, 0.04)),
        *(Recipe(LARGE, "sigmoid", learning_rate=rate) for rate in (0.002, 0.005, 0.01)),
        *(Recipe(SMALL, learning_rate=rate) for rate in (0.002, 0.005, 0.01)),
        *(Recipe(LARGE, learning_rate=rate) for rate in (0.001, 0.002, 0.004)),
    ]
    return {f"{name_of(recipe)}, rate {recipe.learning_rate}, strength {recipe.strength}": recipe for recipe in recipes}


def name_of(recipe):
    """Return the name of a row."""
    varied = "" if recipe.varied == "not" else f", {recipe.varied}"
    return f"{'-'.join(map(str, recipe.layer_sizes))}, {recipe.activation}{varied}"


def named(*recipes):
    """Return recipes by their names."""
    return {name_of(recipe): recipe for recipe in recipes}


# What "choice" found to be best: learning rates without and with augmentation. Its strength is 1 for both.
RATES = {
    (SMALL, "sigmoid", "not"): 0.04,
    (LARGE, "sigmoid", "not"): 0.01,
    (SMALL, "relu", "not"): 0.005,
    (LARGE, "relu", "not"): 0.002,
    (SMALL, "relu", "augmented"): 0.01,
    (LARGE, "relu", "augmented"): 0.004,
}
BEST = {key: Recipe(*key[:2], varied=key[2], learning_rate=rate) for key, rate in RATES.items()}
LONG = 60  # epochs

# The name of a study: its digits, its seeds, and for each name of a row its recipe (None: the published method).
STUDIES = {
    "choice": (Digits.choice, SEEDS[:1], choices()),
    "depth": (
        Digits.choice,
        SEEDS,
        {"784-100-10, published": None} | named(*(recipe for recipe in BEST.values() if recipe.varied == "not")),
    ),
    "augmentation": (
        Digits.choice,
        SEEDS,
        named(*(recipe for recipe in BEST.values() if recipe.varied == "augmented")),
    ),
    "places": (
        Digits.places,
        SEEDS,
        named(
            *(
                BEST[size, "relu", "not"]._replace(preparation="none", varied=varied)
                for size in (SMALL, LARGE)
                for varied in ("not", "moved")
            )
        ),
    ),
    "final": (
        Digits.final,
        SEEDS,
        named(*(BEST[size, "relu", "augmented"]._replace(epochs=LONG) for size in (SMALL, LARGE))),
    ),
}


def main(folder, names):
    """Do the studies of these names."""
    path = folder / "further.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    digits = Digits()
    for name in names:
        of_digits, seeds, rows = STUDIES[name]
        X, y, measured = of_digits(digits)
        study = results.setdefault(name, {})
        for row, recipe in rows.items():
            settings = {} if recipe is None else recipe._asdict()
            settings = json.loads(json.dumps(settings))  # tuples become lists, as in the file
            if study.get(row, {}).get("recipe") != settings:
                study[row] = {"recipe": settings, "seconds": [], **{kind: [] for kind in measured}}
            for seed in seeds[len(study[row]["seconds"]) :]:
                network, seconds = published(X, y, seed) if recipe is None else train(recipe, X, y, seed)
                study[row]["seconds"].append(round(seconds, 1))
                for kind, (images, labels) in measured.items():
                    study[row][kind].append(accuracy(labels, network.predict(images)))
                files = {path: lambda file: file.write((json.dumps(results, indent=1) + "\n").encode())}
                write_atomically(files)
                if name == "final" and network.layer_sizes == LARGE and seed == SEEDS[0]:
                    save(network, folder / NAME, settings, study[row]["test"][0])
            print(in_words(name, row, study[row]), flush=True)


def save(network, path, settings, test_accuracy):
    """Save the network that ships: that of the first seed, whichever is the best."""
    settings = {"recipe": settings, "seed": SEEDS[0], "test_accuracy": test_accuracy}
    nnlib.save_thetas(
        path,
        network.thetas,
        preparation=network.preparation,
        activation=network.activation,
        settings=settings,
        dtype=np.float16,
    )


def in_words(study, row, found):
    """Return a line: the mean of the seeds, and each of them."""
    figures = ", ".join(
        f"{kind} {np.mean(values):.2%} ({' '.join(f'{value:.2%}' for value in values)})"
        for kind, values in found.items()
        if kind not in ("recipe", "seconds")
    )
    return f"{study}: {row}: {figures}; {np.mean(found['seconds']):.0f} s each"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=DATA_FOLDER, help="for the results (%(default)s)")
    parser.add_argument("--only", nargs="+", choices=STUDIES, default=list(STUDIES), help="do only these studies")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"--folder is {options.folder}; expected an existing folder")
    main(options.folder, options.only)
