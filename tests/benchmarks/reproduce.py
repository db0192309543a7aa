"""Reproduce the published result for three seeds, and print it beside the shipped networks': the README's table.

python tests/benchmarks/reproduce.py
"""

from pathlib import Path

import nnlib
from nnlib.metrics import accuracy, class_report
from nnlib.preparation import prepare

DATA = Path(__file__).resolve().parent.parent.parent / "data"


def report(name, thetas, mnist, preparation="none"):
    """Print a row of the table."""
    on_training = accuracy(mnist.y_train, nnlib.predict(thetas, prepare(mnist.X_train, preparation)))
    guesses = nnlib.predict(thetas, prepare(mnist.X_test, preparation))
    precision = class_report(mnist.y_test, guesses).macro_precision
    on_test = accuracy(mnist.y_test, guesses)
    print(f"| {name} | {on_training:.2%} | {on_test:.2%} | {precision:.4f} |", flush=True)


def main():
    """Train and print."""
    mnist = nnlib.load_mnist()
    print("| network | training | test | test precision (macro) |\n|:--|--:|--:|--:|")
    for seed in (0, 1, 2):
        result = nnlib.train(mnist.X_train, mnist.y_train, lam=0.1, max_iter=100, seed=seed, progress=False)
        report(f"lambda 0.1, 100 iterations, seed {seed}", result.thetas, mnist)
    for file in ("network-plain.npz", "network.npz"):
        network = nnlib.load_network(DATA / file)
        settings = network.settings
        name = f"{file}: lambda {settings['lam']:g}, {settings['max_iter']} iterations"
        report(name, network.thetas, mnist, network.preparation)


if __name__ == "__main__":
    main()
