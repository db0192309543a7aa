"""Teaching reads a new hand better, forgets next to nothing, and leaves its arguments alone."""

import numpy as np
import pytest

import nnlib
from nnlib.teaching import doubts, vary

pytestmark = pytest.mark.slow

# A 1 with a long upstroke, as many people learn it at school: the shipped network takes it for a 7.
UPSTROKE = [np.array([[60.0, 150], [150, 50], [150, 230]])]


@pytest.fixture(scope="module")
def network():
    return nnlib.load_network()


@pytest.fixture(scope="module")
def hand():
    """Twenty of one writer's 1s, made otherwise than `vary` makes them: every point is moved by itself."""
    rng = np.random.default_rng(5)
    return [[UPSTROKE[0] + rng.normal(0, 9, (3, 2))] for _ in range(20)]


@pytest.fixture(scope="module")
def taught(network, hand):
    return nnlib.teach(network, hand[:3], [1, 1, 1])


def share(network, drawings, label):
    return np.mean([nnlib.recognise(strokes, network)[0] == label for strokes in drawings])


def test_the_hand_is_read_better(network, taught, hand):
    assert share(network, hand[3:], 1) < 0.6
    assert share(taught, hand[3:], 1) > 0.9


def test_mnist_is_not_forgotten(network, taught, mnist):
    before, after = (np.mean(n.predict(mnist.X_test) == mnist.y_test) for n in (network, taught))
    assert before - after < 0.005


def test_the_network_that_is_taught_stays_as_it_is(network, taught):
    fresh = nnlib.load_network()
    for theta, same, new in zip(network.thetas, fresh.thetas, taught.thetas, strict=True):
        np.testing.assert_array_equal(theta, same)
        assert np.abs(new - theta).max() > 0
    assert taught.preparation == network.preparation
    assert taught.settings["taught"] == 3
    assert "taught" not in network.settings


def test_the_same_seed_teaches_the_same(network, hand):
    one, two = (nnlib.teach(network, hand[:1], [1], max_iter=2) for _ in range(2))
    for theta, other in zip(one.thetas, two.thetas, strict=True):
        np.testing.assert_array_equal(theta, other)


@pytest.mark.parametrize(
    ("strokes_list", "labels", "error", "message"),
    [
        ([], [], ValueError, "strokes_list is empty"),
        ([UPSTROKE, []], [1, 1], ValueError, r"strokes_list\[1\]: strokes holds no point"),
        ([UPSTROKE], [1, 2], ValueError, "2 labels for 1"),
        ([UPSTROKE], [10], ValueError, "from 10 to 10; expected 0 to 9"),
        ([UPSTROKE], [1.5], TypeError, "float"),
        ([UPSTROKE], ["1"], TypeError, "labels"),
        ([[np.array([[0, np.inf]])]], [1], ValueError, "infinite"),
    ],
)
def test_bad_arguments(network, strokes_list, labels, error, message):
    with pytest.raises(error, match=message):
        nnlib.teach(network, strokes_list, labels)


def test_thetas_alone_are_no_network(network):
    with pytest.raises(TypeError, match="network is a list; expected a Network"):
        nnlib.teach(network.thetas, [UPSTROKE], [1])


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

    assert doubts(Network(), [UPSTROKE] * 4, [8] * 4) == {2: (3, 0.81)}
