"""The network that reads on a pad: as it was at first, as it is now, and what it thinks of the labels it is taught."""

import functools

from ..data import load_mnist
from ..metrics import accuracy
from ..network import check_network, shipped_network
from ..teaching import doubts, teach
from . import view


class Teacher:
    """A network, and the same network after it was taught.

    Attributes
    ----------
    first : Network
        As it was before it was taught.
    network : Network
        As it is now.
    """

    def __init__(self, network):
        self.first = self.network = check_network(network)

    def teach(self, examples):
        """Adapt the network to the examples, starting from the first one. Return what came of it, in words."""
        strokes, labels = _parts(examples)
        self.network = teach(self.first, strokes, labels)
        X_test, y_test = digits_to_test_with()
        was, now = (accuracy(y_test, network.predict(X_test)) for network in (self.first, self.network))
        said = (
            f"Taught with {view.drawings(len(labels))}. Before, it was right on {was:.2%} of MNIST's test digits; "
            f"now, on {now:.2%}. "
        )
        doubted = view.doubts_before_and_after(*reversed(self.doubts(examples)))
        return said + (doubted or "Draw some new ones: does it read your handwriting better?")

    def forget(self):
        """Go back to the network as it was at first."""
        self.network = self.first

    def in_words(self):
        """Return what the network is now: "as shipped", "as given" or "taught with 6 drawings"."""
        if self.network is shipped_network():
            return "as shipped"
        taught = getattr(self.network, "settings", {}).get("taught")
        return f"taught with {view.drawings(taught)}" if taught else "as given"

    def doubts(self, examples):
        """Return which labels the network doubts, as `nnlib.teaching.doubts` does: as it is now, and as it was first.

        The first one matters the more: what a network is taught, it believes, be it right or wrong.
        """
        now = doubts(self.network, *_parts(examples))
        return now, now if self.network is self.first else doubts(self.first, *_parts(examples))

    def doubt_about(self, example):
        """Return what there is to say about a label that has just been given, as a sentence; often nothing."""
        doubted = doubts(self.network, *_parts([example]))
        if not doubted:
            return ""
        digit, score = doubted[0]
        return f"I read {view.with_article(digit)}, with {score:.2f}. If it was a slip, Undo; if I am wrong, Teach me."


def _parts(examples):
    return [example.strokes for example in examples], [example.label for example in examples]


@functools.cache
def digits_to_test_with():
    """Return MNIST's test images and labels. The file is read once, not at every click."""
    mnist = load_mnist()
    return mnist.X_test.copy(), mnist.y_test.copy()  # views would keep the training digits in memory too
