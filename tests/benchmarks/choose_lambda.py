"""Choose lambda on validation digits: the experiment of lesson 06 in full, for the network that ships.

    python tests/benchmarks/choose_lambda.py                for the plain network
    python tests/benchmarks/choose_lambda.py normalise      for the shipped one, or any other preparation

50,000 training digits, 10,000 validation digits, the same split as in the lesson. The test set is not used.
"""

import argparse

import numpy as np

import nnlib
from nnlib.preparation import PREPARATIONS, prepare


def main(preparation):
    """Train once for each lambda, and print the validation accuracy after 100 iterations and at the end."""
    mnist = nnlib.load_mnist()
    order = np.random.default_rng(0).permutation(60000)
    X_train = prepare(mnist.X_train, preparation)
    validation = X_train[order[:10000]], mnist.y_train[order[:10000]]
    X, y = X_train[order[10000:]], mnist.y_train[order[10000:]]
    print("| lambda | validation, 100 iterations | validation, 250 iterations |\n|--:|--:|--:|")
    for lam in (0.3, 1, 2, 3, 5, 8):
        result = nnlib.train(X, y, lam=lam, max_iter=250, seed=0, validation=validation, progress=False)
        accuracies = result.history["validation_accuracy"]
        print(f"| {lam} | {accuracies[99]:.2%} | {accuracies[-1]:.2%} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preparation", nargs="?", choices=PREPARATIONS, default="none", help="(%(default)s)")
    main(parser.parse_args().preparation)
