"""How fast training in small steps is, beside other programs: to a good network, an epoch, and the augmentation.

    python tests/benchmarks/bench_minibatch.py [--folder FOLDER] [--rounds ROUNDS]

Takes about ten minutes; run nothing else meanwhile. Needs the [test] extra; PyTorch (2.13.0, CPU) is measured if it is
installed. Prints tables, and writes race.json to the folder (data/, if none is named; lesson 10 shows it) and
minibatch.png beside this file. The programs take turns, in a new order each round, each with a new seed; medians of the
rounds, and their ratios, are what counts.
"""

import argparse
import functools
import json
import math
import time
from pathlib import Path

import numpy as np
from bench_training import HAS_TORCH, PAUSE, machine, median
from scipy.ndimage import map_coordinates
from sklearn.neural_network import MLPClassifier

import nnlib
from nnlib.augment import _sources, augment
from nnlib.blocks import usable_cores
from nnlib.data import DATA_FOLDER
from nnlib.files import write_atomically
from nnlib.metrics import accuracy
from nnlib.minibatch import learning_rate_at
from nnlib.plots import BLUE, GREEN, ORANGE, PURPLE, new_figure

SIZES, BATCH, BAR = (784, 100, 10), 256, 0.973
# Chosen on validation digits: the fewest epochs that end at 97.3 % of them for each of three seeds.
EPOCHS, RATE = 6, 0.03
SKLEARN_EPOCHS, SKLEARN_RATE = 14, 0.002  # its rate stays the same; of 0.001 to 0.008, the first at 97.3 %
LBFGS, ADAM, SKLEARN = "train (L-BFGS-B)", "train_minibatch", "scikit-learn, Adam"
TORCH, FUSED = "PyTorch, Adam", "PyTorch, Adam(fused=True)"


class Clock:
    """Notes seconds and test accuracy; the time of the measurement itself does not count."""

    def __init__(self, mnist):
        self.mnist, self.seconds, self.test_accuracy = mnist, [], []
        self.paused, self.started = 0.0, time.perf_counter()

    def note(self, predict):
        """Measure a network on the test digits."""
        now = time.perf_counter()
        self.seconds.append(now - self.started - self.paused)
        self.test_accuracy.append(accuracy(self.mnist.y_test, predict(self.mnist.X_test)))
        self.paused += time.perf_counter() - now

    def seconds_to_bar(self):
        """Return when the accuracy was first at the bar; infinity if it never was."""
        return next((s for s, a in zip(self.seconds, self.test_accuracy, strict=True) if a >= BAR), np.inf)


def train_lbfgs(mnist, clock, seed):
    """Train as the published method does, until it has made its 100 iterations."""

    def note(thetas):
        clock.note(lambda X: nnlib.predict(thetas, X))

    nnlib.train(
        mnist.X_train, mnist.y_train, layer_sizes=SIZES, lam=0.1, max_iter=100, seed=seed, progress=False,
        thetas_callback=note,
    )  # fmt: skip


def train_adam(mnist, clock, seed):
    """Train with nnlib's mini-batches."""

    def note(thetas):
        clock.note(lambda X: nnlib.predict(thetas, X, activation="relu"))

    nnlib.train_minibatch(
        mnist.X_train, mnist.y_train, layer_sizes=SIZES, epochs=EPOCHS, batch_size=BATCH, learning_rate=RATE, seed=seed,
        progress=False, thetas_callback=note,
    )  # fmt: skip


def train_torch(mnist, clock, seed, **options):
    """Train the same network with the same batches and rates, as PyTorch's users write it."""
    import torch

    torch.set_num_threads(usable_cores())
    torch.manual_seed(seed)
    X, Y = torch.from_numpy(mnist.X_train), torch.from_numpy(np.eye(10, dtype=np.float32)[mnist.y_train])
    net = torch.nn.Sequential(torch.nn.Linear(784, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10))
    for layer in (net[0], net[2]):  # the weights that nnlib begins with
        torch.nn.init.kaiming_normal_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    adam = torch.optim.Adam(net.parameters(), lr=1.0, **options)
    n_steps = EPOCHS * math.ceil(len(X) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: learning_rate_at(step, n_steps, RATE))
    cost = torch.nn.BCEWithLogitsLoss(reduction="sum")

    @torch.no_grad()
    def predict(images):
        return net(torch.from_numpy(images)).argmax(dim=1).numpy()

    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(X)).split(BATCH):
            adam.zero_grad()
            J = cost(net(X[chosen]), Y[chosen]) / len(chosen)
            J.backward()
            adam.step()
            schedule.step()
        clock.note(predict)


def train_sklearn(mnist, clock, seed):
    """Train with scikit-learn, an epoch at a time, as its users write it: its outputs are a softmax."""
    net = MLPClassifier(
        SIZES[1:-1], solver="adam", batch_size=BATCH, learning_rate_init=SKLEARN_RATE, alpha=0, max_iter=SKLEARN_EPOCHS,
        random_state=seed, tol=0,
    )  # fmt: skip
    for _ in range(SKLEARN_EPOCHS):
        net.partial_fit(mnist.X_train, mnist.y_train, classes=np.arange(10))
        clock.note(net.predict)


PROGRAMS = {
    LBFGS: train_lbfgs,
    ADAM: train_adam,
    **({TORCH: train_torch, FUSED: functools.partial(train_torch, fused=True)} if HAS_TORCH else {}),
    SKLEARN: train_sklearn,
}


def race(mnist, rounds):
    """Return, for each program, the curve of its median round, and medians over the rounds."""
    clocks = {name: [] for name in PROGRAMS}
    rng = np.random.default_rng(0)
    for seed in range(1 + rounds):
        for name in rng.permutation(list(PROGRAMS)):
            time.sleep(PAUSE)
            clock = Clock(mnist)
            PROGRAMS[name](mnist, clock, seed)
            if seed > 0:  # the first round only warms up
                clocks[name].append(clock)
    return {name: summary(of_name) for name, of_name in clocks.items()}


def summary(clocks):
    """Return medians, and one curve: that of the clock which is in the middle at the end."""
    shown = sorted(clocks, key=lambda clock: clock.seconds[-1])[len(clocks) // 2]
    return {
        "seconds": [round(s, 3) for s in shown.seconds],
        "test_accuracy": shown.test_accuracy,
        "seconds_to_bar": median([clock.seconds_to_bar() for clock in clocks]),
        "all_seconds_to_bar": [clock.seconds_to_bar() for clock in clocks],
        "seconds_per_epoch": median([s for clock in clocks for s in np.diff(clock.seconds, prepend=0)]),
        "at_the_end": median([clock.test_accuracy[-1] for clock in clocks]),
    }


def measure_augment(mnist, rounds, n_images=2000):
    """Return the seconds of `augment`, and of SciPy's `map_coordinates` for each image at the same places."""
    images = mnist.X_train[np.random.default_rng(0).permutation(60000)[:n_images]]
    seconds = {"augment": [], "map_coordinates": []}
    for seed in range(1 + rounds):
        start = time.perf_counter()
        augment(images, seed)
        middle = time.perf_counter()
        x, y = _sources(n_images, np.random.default_rng(seed), 1.0, images.dtype)
        begun = time.perf_counter()
        for image, of_x, of_y in zip(images.reshape(-1, 28, 28), x, y, strict=True):
            map_coordinates(image, [of_y, of_x], order=1)
        if seed > 0:
            seconds["augment"].append(middle - start)
            seconds["map_coordinates"].append(time.perf_counter() - begun)
    return {name: median(values) for name, values in seconds.items()} | {"images": n_images}


def table(results):
    """Return the README's table."""
    lines = [
        f"| | {BAR:.1%} of the test digits after, s | ÷ {ADAM} | an epoch, s | at the end |",
        "|:--|--:|--:|--:|--:|",
    ]
    fastest = results["race"][ADAM]["seconds_to_bar"]
    for name, found in results["race"].items():
        epoch = f"{found['seconds_per_epoch']:.2f}" if name != LBFGS else ""
        to_bar = found["seconds_to_bar"]
        end = f"{found['at_the_end']:.2%} after {found['seconds'][-1]:.1f} s"
        lines.append(f"| {name} | {to_bar:.1f} | {to_bar / fastest:.2f} | {epoch} | {end} |")
    return "\n".join(lines)


def draw(results):
    """Return a figure of test accuracy against seconds."""
    figure, ax = new_figure(
        "The share of the test digits that is read rightly against seconds of training, a curve for each program.",
        width=8, height=4, title="How soon a network of 784-100-10 reads the test digits",
    )  # fmt: skip
    colors = BLUE, ORANGE, GREEN, PURPLE, "gray"
    for (name, found), marker, color in zip(results["race"].items(), "os^vD", colors, strict=False):
        accuracies = 100 * np.array(found["test_accuracy"])
        ax.plot(found["seconds"], accuracies, marker=marker, color=color, markersize=4, label=name)
    ax.axhline(100 * BAR, color="0.5", linestyle="--", linewidth=1)
    ax.set(xlabel="seconds", ylabel="% of the test digits", ylim=(92, 98.5), xlim=(0, None))
    ax.legend(loc="lower right", fontsize=9)
    return figure


def main(folder, rounds):
    """Measure everything, print it, and write it."""
    mnist = nnlib.load_mnist()
    results = {"machine": machine(), "bar": BAR, "augment": measure_augment(mnist, rounds), "race": race(mnist, rounds)}
    print(json.dumps({name: part for name, part in results.items() if name != "race"}, indent=2))
    print(table(results))
    for name in {TORCH, FUSED} & set(PROGRAMS):
        ours, theirs = (results["race"][each]["seconds_per_epoch"] for each in (ADAM, name))
        print(f"an epoch of {ADAM} takes {ours / theirs:.2f} times that of {name}")
    text = json.dumps(results, indent=1) + "\n"
    figure = draw(results)
    write_atomically(
        {
            folder / "race.json": lambda file: file.write(text.encode()),
            Path(__file__).with_name("minibatch.png"): lambda file: figure.savefig(file, format="png", dpi=120),
        }
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=DATA_FOLDER, help="for race.json (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of the race (%(default)s)")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"--folder is {options.folder}; expected an existing folder")
    main(options.folder, options.rounds)
