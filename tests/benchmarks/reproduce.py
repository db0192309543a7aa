"""Reproduce the published result for three seeds, and print it beside the shipped network's: the README's table.

python tests/benchmarks/reproduce.py
"""

import nnlib
from nnlib.metrics import accuracy, class_report


def report(name, network, mnist):
    """Print a row of the table."""
    on_training = accuracy(mnist.y_train, nnlib.predict(network.thetas, mnist.X_train))
    guesses = nnlib.predict(network.thetas, mnist.X_test)
    precision = class_report(mnist.y_test, guesses).macro_precision
    on_test = accuracy(mnist.y_test, guesses)
    print(f"| {name} | {on_training:.2%} | {on_test:.2%} | {precision:.4f} |", flush=True)


def main():
    """Train and print."""
    mnist = nnlib.load_mnist()
    print("| network | training | test | test precision (macro) |\n|:--|--:|--:|--:|")
    for seed in (0, 1, 2):
        result = nnlib.train(mnist.X_train, mnist.y_train, lam=0.1, max_iter=100, seed=seed, progress=False)
        report(f"lambda 0.1, 100 iterations, seed {seed}", result, mnist)
    network = nnlib.load_network()
    settings = network.settings
    report(f"shipped: lambda {settings['lam']:g}, {settings['max_iter']} iterations", network, mnist)


if __name__ == "__main__":
    main()
