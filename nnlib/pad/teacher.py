"""The networks that read on a pad: as they were at first, as they are now, and what they think of the labels."""

import functools

from .. import checks
from ..data import load_mnist
from ..drawing import FIELD
from ..metrics import accuracy
from ..network import FURTHER_PATH, Network, check_network, load_network, shipped_network
from ..teaching import doubts, teach
from . import view

GIVEN = "the one from the notebook"  # what a program gives the pad later


class Teacher:
    """Networks to choose from: each as it was at first, and as it is now. A file is read when it is chosen.

    Parameters
    ----------
    network, networks
        As for `Pad`.

    Attributes
    ----------
    chosen : str
        The name of the network that reads.
    """

    def __init__(self, network=None, networks=None):
        self._offered = _check_offer(network, networks)
        self._are_shipped = network is None and networks is None
        self._first, self._now = {}, {}  # of those that were chosen once, by name
        self.choose(next(iter(self._offered)))

    @property
    def has_choice(self):
        """Whether there is more than one network for people to choose from."""
        return len(self._offered) > 1

    @property
    def names(self):
        """The names of the networks to choose from."""
        return [*self._offered, *([GIVEN] if GIVEN in self._first else [])]

    @property
    def first(self):
        """The chosen network, as it was before it was taught."""
        return self._first[self.chosen]

    @property
    def network(self):
        """The chosen network, as it is now."""
        return self._now[self.chosen]

    @network.setter
    def network(self, network):
        network = check_network(network)
        if self.chosen != GIVEN:
            self._before = self.chosen
        self._first[GIVEN] = self._now[GIVEN] = network
        self.chosen = GIVEN

    def choose(self, name):
        """Choose the network of this name; it is as it was left."""
        if name not in self.names:
            raise ValueError(f"There is no network {name!r}; expected one of {', '.join(map(repr, self.names))}.")
        if name not in self._first:
            offered = self._offered[name]
            network = offered if isinstance(offered, Network) else load_network(offered)
            n_in, *_, n_out = network.layer_sizes
            if (n_in, n_out) != (FIELD**2, 10):
                raise ValueError(f"{name!r} is a network of {n_in} inputs and {n_out} outputs; expected 784 and 10.")
            self._first[name] = self._now[name] = network
        self.chosen = name

    def teach(self, examples):
        """Adapt the network to the examples, starting from the first one. Return what came of it, in words."""
        name, first = self.chosen, self.first  # people may choose another one meanwhile
        strokes, labels = _parts(examples)
        self._now[name] = taught = teach(first, strokes, labels)
        X_test, y_test = digits_to_test_with()
        was, now = (accuracy(y_test, network.predict(X_test)) for network in (first, taught))
        said = (
            f"Taught with {view.drawings(len(labels))}. Before, it was right on {was:.2%} of MNIST's test digits; "
            f"now, on {now:.2%}. "
        )
        doubted = view.doubts_before_and_after(*reversed(self.doubts(examples)))
        return said + (doubted or "Draw some new ones: does it read your handwriting better?")

    @property
    def is_taught(self):
        """Whether the chosen network was taught here."""
        return self.network is not self.first

    def forget(self):
        """Go back to the network as it was at first; from one that a program gave, to the one chosen before."""
        if self.chosen == GIVEN and not self.is_taught:
            self.chosen = self._before
        else:
            self._now[self.chosen] = self.first

    def in_words(self):
        """Return what the network is now: "as shipped", "as given" or "taught with 6 drawings"."""
        if taught := self.network.settings.get("taught"):
            return f"taught with {view.drawings(taught)}"
        return "as shipped" if self._are_shipped and self.chosen != GIVEN else "as given"

    def doubts(self, examples):
        """Return which labels the network doubts, as `nnlib.teaching.doubts` does: as it is now, and as it was first.

        The first one matters the more: what a network is taught, it believes, be it right or wrong.
        """
        now = doubts(self.network, *_parts(examples))
        return now, doubts(self.first, *_parts(examples)) if self.is_taught else now

    def doubt_about(self, example):
        """Return what there is to say about a label that has just been given, as a sentence; often nothing."""
        doubted = doubts(self.network, *_parts([example]))
        if not doubted:
            return ""
        digit, score = doubted[0]
        return f"I read {view.with_article(digit)}, with {score:.2f}. If it was a slip, Undo; if I am wrong, Teach me."


def _check_offer(network, networks):
    """Return the networks to choose from: each by its name, as a Network or the path of its file."""
    if networks is None:
        if network is None and FURTHER_PATH.is_file():
            return {"100 hidden units": shipped_network(), "500 + 300 hidden units": FURTHER_PATH}
        return {"the network": check_network(network)}
    if network is not None:
        raise ValueError("network and networks are both given; expected one of them.")
    if not isinstance(networks, dict) or not networks:
        raise TypeError(f"networks is {checks.shown(networks)}; expected a dict from names to networks.")
    for name, offered in networks.items():
        if not isinstance(name, str) or not name.strip() or name == GIVEN:
            raise ValueError(f"networks holds the name {checks.shown(name)}; expected some words of your own.")
        if not isinstance(offered, Network) and not checks.path(offered, f"networks[{name!r}]").exists():
            raise FileNotFoundError(f"networks[{name!r}] is {offered}: there is no such file.")
    return dict(networks)


def _parts(examples):
    return [example.strokes for example in examples], [example.label for example in examples]


@functools.cache
def digits_to_test_with():
    """Return MNIST's test images and labels. The file is read once, not at every click."""
    mnist = load_mnist()
    return mnist.X_test.copy(), mnist.y_test.copy()  # views would keep the training digits in memory too
