"""Make the network that ships, data/network.npz: trained on MNIST, on pen digits and on drawings that are no digits.

    pip install Hershey-Fonts
    python data/build_network.py              writes data/network.npz; takes about five minutes
    python data/build_network.py --folds F    measures how such a network reads people and letters that it never saw,
                                              and saves five networks, each without some of them, to the folder F

The same machine writes the same bytes each time.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

import nnlib
from nnlib.data import DATA_FOLDER
from nnlib.drawing import vary
from nnlib.metrics import accuracy
from nnlib.nondigits import FONTS, letters, nondigits
from nnlib.preparation import prepare
from nnlib.reading import SURE

PREPARATION = "normalise"
VARIATIONS = 3  # of each pen digit
N_NONDIGITS = 22_000
PEN_WIDTHS = 1.8, 2.8  # pixels
SETTINGS = {"lam": 2.0, "max_iter": 300, "seed": 0}
OTHER_FONTS = {"timesi": FONTS["futural"], "gothitt": FONTS["futural"]}  # never trained on
N_FOLDS = 5


class Drawings(NamedTuple):
    """Images of drawings (n, 784), and their labels (n,): digits, or -1 for none."""

    X: np.ndarray
    y: np.ndarray


def main(options):
    """Train on everything and save, or measure."""
    mnist, pens = nnlib.load_mnist(), nnlib.load_pens()
    if options.folds:
        measure(mnist, pens, options.folds)
        return
    network = train(mnist, drawings(pens, FONTS))
    on_test = accuracy(mnist.y_test, network.predict(mnist.X_test))
    print(f"{on_test:.2%} of the MNIST test digits")
    settings = network.settings | {"test_accuracy": on_test}
    nnlib.save_thetas(DATA_FOLDER / "network.npz", network.thetas, preparation=PREPARATION, settings=settings)


def drawings(pens, fonts, seed=SETTINGS["seed"]):
    """Return the drawings to train on: variations of these digits, and what is no digit."""
    rng = np.random.default_rng(seed)
    digits = [vary(example.strokes, rng) for _ in range(VARIATIONS) for example in pens]
    others = nondigits(N_NONDIGITS, pens, letters=letters(fonts), seed=rng)
    labels = np.array([example.label for example in pens])
    y = np.append(np.tile(labels, VARIATIONS), np.full(N_NONDIGITS, -1))
    return Drawings(as_images(digits + others, rng.uniform(*PEN_WIDTHS, size=len(y))), y)


def as_images(strokes_list, pen_widths=None):
    """Return drawings as images (n, 784), made on all cores."""
    if pen_widths is None:
        pen_widths = np.full(len(strokes_list), nnlib.drawing.PEN_WIDTH)
    with ProcessPoolExecutor() as pool:
        return np.array(list(pool.map(as_image, strokes_list, pen_widths, chunksize=200)))


def as_image(strokes, pen_width):
    """Return a drawing as one row of float32."""
    return nnlib.strokes_to_image(strokes, pen_width=pen_width).astype(np.float32).ravel()


def train(mnist, drawn):
    """Return a network trained on the MNIST training digits and on these drawings."""
    X = prepare(np.concatenate([mnist.X_train, drawn.X]), PREPARATION)
    y = np.concatenate([mnist.y_train, drawn.y])
    return nnlib.Network(nnlib.train(X, y, **SETTINGS).thetas, PREPARATION, dict(SETTINGS))


def measure(mnist, pens, folder):
    """Train without a fifth of the writers, five times, and print how their digits are read; letters likewise."""
    folder.mkdir(exist_ok=True)
    writers = np.random.default_rng(0).permutation(sorted({example.writer for example in pens}))
    print("| left out | their digits read | refused | MNIST test | letters of that font read | of two more fonts |")
    print("|:--|--:|--:|--:|--:|--:|")
    totals = []
    for fold in range(N_FOLDS):
        left_out = writers[fold::N_FOLDS].tolist()
        font = list(FONTS)[fold % len(FONTS)]
        seen = [example for example in pens if example.writer not in left_out]
        unseen = [example for example in pens if example.writer in left_out]
        network = train(mnist, drawings(seen, {name: FONTS[name] for name in FONTS if name != font}))
        settings = network.settings | {"left_out": left_out}
        nnlib.save_thetas(folder / f"fold{fold + 1}.npz", network.thetas, preparation=PREPARATION, settings=settings)
        scores = network.predict_scores(as_images([example.strokes for example in unseen]))
        figures = [
            accuracy(np.array([example.label for example in unseen]), scores.argmax(axis=1)),
            np.mean(scores.max(axis=1) < SURE),
            accuracy(mnist.y_test, network.predict(mnist.X_test)),
            share_read(network, {font: FONTS[font]}),
            share_read(network, OTHER_FONTS),
        ]
        totals.append(figures)
        print(
            f"| {len(left_out)} writers, {font} | " + " | ".join(f"{100 * x:.2f} %" for x in figures) + " |", flush=True
        )
    print("| mean | " + " | ".join(f"{100 * x:.2f} %" for x in np.mean(totals, axis=0)) + " |")


def share_read(network, fonts):
    """Return the share of letters that are taken for a digit, each drawn as printed and in five variations."""
    rng = np.random.default_rng(1)
    drawn = [vary(letter, rng) if i else letter for i in range(6) for letter in letters(fonts)]
    return np.mean(network.predict_scores(as_images(drawn)).max(axis=1) >= SURE)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=Path, metavar="F", help="measure on people and letters that were left out")
    main(parser.parse_args())
