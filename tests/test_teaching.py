"""Teaching reads a new hand better, forgets next to nothing, and leaves its arguments alone."""

import time

import numpy as np
import pytest

import nnlib
from nnlib.drawing import vary
from nnlib.nondigits import letters, nondigits
from nnlib.preparation import prepare
from nnlib.teaching import doubts, vary_image

pytestmark = pytest.mark.slow

# A 0 with a stroke through it, as engineers write it to tell it from an O: the shipped network knows no such digit.
TURN = 2 * np.pi * np.linspace(0.75, 1.75, 13)[:, np.newaxis]
SLASHED = [[100, 140] + [60, 90] * np.hstack([np.cos(TURN), np.sin(TURN)]), np.array([[160.0, 50], [40, 230]])]


@pytest.fixture(scope="module")
def network():
    return nnlib.load_network()


@pytest.fixture(scope="module")
def hand():
    """Twenty of one writer's 0s, made otherwise than `vary` makes them: every point is moved by itself."""
    rng = np.random.default_rng(5)
    return [[stroke + rng.normal(0, 5, stroke.shape) for stroke in SLASHED] for _ in range(20)]


@pytest.fixture(scope="module")
def taught(network, hand):
    return nnlib.teach(network, hand[:3], [0, 0, 0])


def share(network, drawings, label):
    """Return the share of drawings that are read, and read rightly."""
    read = [nnlib.recognise(strokes, network) for strokes in drawings]
    return np.mean([digit == label and scores[digit] >= 0.5 for digit, scores in read])


def test_the_hand_is_read_better(network, taught, hand):
    assert share(network, hand[3:], 0) < 0.6
    assert share(taught, hand[3:], 0) > 0.9


def test_mnist_is_not_forgotten(network, taught, mnist):
    before, after = (np.mean(n.predict(mnist.X_test) == mnist.y_test) for n in (network, taught))
    assert before - after < 0.005


def test_other_hands_and_what_is_no_digit_are_not_forgotten(network, taught):
    pens = nnlib.load_pens()
    rng = np.random.default_rng(3)
    others = pens[::30]
    rest = np.array([nnlib.strokes_to_image(s).ravel() for s in nondigits(300, pens, letters=letters(), seed=rng)])
    for read_before, read_after in [
        [np.mean([nnlib.recognise(e.strokes, n)[0] == e.label for e in others]) for n in (network, taught)],
        [np.mean(n.predict_scores(rest).max(axis=1) < 0.5) for n in (network, taught)],
    ]:
        assert read_before > 0.9
        assert read_before - read_after < 0.03


def test_the_network_that_is_taught_stays_as_it_is(network, taught):
    fresh = nnlib.load_network()
    for theta, same, new in zip(network.thetas, fresh.thetas, taught.thetas, strict=True):
        np.testing.assert_array_equal(theta, same)
        assert np.abs(new - theta).max() > 0
    assert taught.preparation == network.preparation
    assert taught.settings["taught"] == 3
    assert "taught" not in network.settings


def test_the_same_seed_teaches_the_same(network, hand):
    one, two = (nnlib.teach(network, hand[:1], [0], max_iter=2) for _ in range(2))
    for theta, other in zip(one.thetas, two.thetas, strict=True):
        np.testing.assert_array_equal(theta, other)


@pytest.mark.parametrize(
    ("strokes_list", "labels", "error", "message"),
    [
        ([], [], ValueError, "strokes_list is empty"),
        ([SLASHED, []], [1, 1], ValueError, r"strokes_list\[1\]: strokes holds no point"),
        ([SLASHED], [1, 2], ValueError, "2 labels for 1"),
        ([SLASHED], [10], ValueError, "from 10 to 10; expected 0 to 9"),
        ([SLASHED], [1.5], TypeError, "float"),
        ([SLASHED], ["1"], TypeError, "labels"),
        ([[np.array([[0, np.inf]])]], [1], ValueError, "infinite"),
        ([SLASHED, np.ones((28, 27))], [1, 1], ValueError, r"strokes_list\[1\] has shape \(28, 27\)"),
    ],
)
def test_bad_arguments(network, strokes_list, labels, error, message):
    with pytest.raises(error, match=message):
        nnlib.teach(network, strokes_list, labels)


def test_thetas_alone_are_no_network(network):
    with pytest.raises(TypeError, match="network is a list; expected a Network"):
        nnlib.teach(network.thetas, [SLASHED], [1])


def test_variations_are_alike_and_never_the_same():
    rng = np.random.default_rng(0)
    strokes = [np.array([[0.0, 0], [60, 0], [25, 100]]), np.array([[10.0, 50], [50, 50]])]
    original = nnlib.strokes_to_image(strokes)
    images = []
    for _ in range(20):
        varied = vary(strokes, rng)
        assert [len(stroke) for stroke in varied] == [3, 2]
        images.append(nnlib.strokes_to_image(varied))
        assert 0.35 < np.corrcoef(images[-1].ravel(), original.ravel())[0, 1] < 0.999
    assert len({image.tobytes() for image in images}) == 20
    assert np.isfinite(vary([np.array([[5.0, 5]])], rng)[0]).all()  # a dot


def test_wrong_labels_are_doubted_and_right_ones_are_not(network):
    stored = nnlib.load_examples()
    drawings = [example.strokes for example in stored]
    assert doubts(network, drawings, [example.label for example in stored]) == {}
    wrong = [(example.label + 5) % 10 for example in stored]
    doubted = doubts(network, drawings, wrong)
    assert {i: digit for i, (digit, _) in doubted.items()} == {i: example.label for i, example in enumerate(stored)}
    assert doubted[3][1] == pytest.approx(nnlib.recognise(drawings[3], network)[1][3])
    assert doubts(network, [], []) == {}


def test_what_could_be_either_is_not_doubted():
    class Network:
        def predict_scores(self, X):
            rows = [{3: 0.79, 8: 0.0}, {3: 0.81, 8: 0.11}, {3: 0.81, 8: 0.09}, {3: 0.81, 8: 0.99}]
            return np.array([[row.get(digit, 0.0) for digit in range(10)] for row in rows])

    assert doubts(Network(), [SLASHED] * 4, [8] * 4) == {2: (3, 0.81)}


def test_images_teach_as_drawings_do(network, hand):
    images = [nnlib.strokes_to_image(strokes) for strokes in hand[:3]]
    taught = nnlib.teach(network, [*images, hand[0]], [0] * 4)
    assert share(network, hand[3:], 0) < 0.6
    assert share(taught, hand[3:], 0) > 0.9
    assert taught.settings["taught"] == 4


def test_variations_of_images_are_alike_and_never_the_same():
    rng = np.random.default_rng(0)
    original = nnlib.strokes_to_image(SLASHED)
    images = [vary_image(original, rng) for _ in range(20)]
    for image in images:
        assert image.shape == (28, 28)
        assert 0 <= image.min() <= image.max() <= 1
        assert 0.3 < np.corrcoef(image.ravel(), original.ravel())[0, 1] < 0.999
        rows, columns = np.nonzero(image > 0.4)
        assert 16 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 23
        middle = [np.sum(places * image) / image.sum() for places in np.indices(image.shape)]
        assert np.abs(np.subtract(middle, 13.5)).max() < 1
    assert len({image.tobytes() for image in images}) == 20


# ---- networks of other kinds


@pytest.fixture(scope="module")
def further(mnist):
    """A network of rectified units as large as that of lesson 10, after a short training."""
    X, y = prepare(mnist.X_train[::3], "normalise"), mnist.y_train[::3]
    result = nnlib.train_minibatch(X, y, layer_sizes=(784, 500, 300, 10), epochs=2, seed=0, progress=False)
    return nnlib.Network(result.thetas, "normalise", {"epochs": 2}, "relu")


def test_a_large_network_of_rectified_units_learns_a_hand_and_forgets_next_to_nothing(further, hand, mnist):
    start = time.perf_counter()
    taught = nnlib.teach(further, hand[:3], [0, 0, 0])
    assert time.perf_counter() - start < 60  # a few seconds, where nothing else runs
    assert (taught.activation, taught.preparation) == ("relu", "normalise")
    assert taught.settings == {"epochs": 2, "taught": 3}
    assert share(further, hand[3:], 0) < 0.9
    assert share(taught, hand[3:], 0) > 0.9
    before, after = (np.mean(n.predict(mnist.X_test) == mnist.y_test) for n in (further, taught))
    assert before > 0.95
    assert before - after < 0.005


@pytest.mark.parametrize(("activation", "layer_sizes"), [("sigmoid", (784, 6, 5, 10)), ("relu", (784, 6, 10))])
def test_any_network_can_be_taught_again_and_stays_as_it_is(hand, activation, layer_sizes):
    thetas = nnlib.init_thetas(layer_sizes, seed=0, activation=activation)
    network = nnlib.Network([theta.copy() for theta in thetas], activation=activation)
    once, twice = (nnlib.teach(network, hand[:1], [0], max_iter=2) for _ in range(2))
    assert (once.layer_sizes, once.activation) == (layer_sizes, activation)
    for given, theta, one, two in zip(network.thetas, thetas, once.thetas, twice.thetas, strict=True):
        np.testing.assert_array_equal(given, theta)
        np.testing.assert_array_equal(one, two)
        assert np.abs(one - theta).max() > 0


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("max_iter", [0, 1.5])
def test_a_bad_number_of_iterations_is_refused(hand, activation, max_iter):
    thetas = nnlib.init_thetas((784, 3, 10), seed=0, activation=activation)
    with pytest.raises((ValueError, TypeError), match="max_iter is"):
        nnlib.teach(nnlib.Network(thetas, activation=activation), hand[:1], [0], max_iter=max_iter)
