"""Reproduce the published result for three seeds, and print it beside the shipped networks': the README's table.

    python tests/benchmarks/reproduce.py

Takes about two minutes.
"""

import argparse

import nnlib
from nnlib.data import DATA_FOLDER
from nnlib.metrics import accuracy, class_report


def report(name, network, mnist):
    """Print a row of the table."""
    on_training = accuracy(mnist.y_train, network.predict(mnist.X_train))
    guesses = network.predict(mnist.X_test)
    precision = class_report(mnist.y_test, guesses).macro_precision
    on_test = accuracy(mnist.y_test, guesses)
    print(f"| {name} | {on_training:.2%} | {on_test:.2%} | {precision:.4f} |", flush=True)


def main():
    """Train and print."""
    mnist = nnlib.load_mnist()
    print("| network | training | test | test precision (macro) |\n|:--|--:|--:|--:|")
    for seed in (0, 1, 2):
        result = nnlib.train(mnist.X_train, mnist.y_train, lam=0.1, max_iter=100, seed=seed, progress=False)
        report(f"lambda 0.1, 100 iterations, seed {seed}", nnlib.Network(result.thetas), mnist)
    for file in ("network-plain.npz", "network-mnist.npz", "network.npz"):
        network = nnlib.load_network(DATA_FOLDER / file)
        settings = network.settings
        name = f"{file}: lambda {settings['lam']:g}, {settings['max_iter']} iterations"
        report(name, network, mnist)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    main()
