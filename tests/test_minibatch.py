"""Training in batches: Adam's steps, the rate, what a seed decides, and how it ends."""

import numpy as np
import pytest
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer

import nnlib
from nnlib.minibatch import Adam, learning_rate_at

SIZES = (8, 6, 3)


def data(m=300, dtype=np.float64, seed=0):
    """Make three noisy clouds of points, which a small network can only partly tell apart."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, m)
    X = np.clip(0.5 + 0.2 * rng.normal(size=(m, 8)) + 0.3 * np.eye(3, 8)[y], 0, 1)
    return X.astype(dtype), y


def train(X, y, **options):
    options = {"layer_sizes": SIZES, "epochs": 5, "batch_size": 32, "seed": 0, "progress": False} | options
    return nnlib.train_minibatch(X, y, **options)


def test_steps_are_those_of_scikit_learns_adam():
    rng = np.random.default_rng(0)
    params = rng.normal(size=7)
    theirs = [params.copy()]
    adam, reference = Adam(params, np.zeros(7)), AdamOptimizer(theirs, learning_rate_init=0.01)
    for _ in range(50):
        gradient = rng.normal(size=7) * [1, 10, 0.1, 1e-2, 1, 1, 0]
        adam.step(gradient, 0.01, 0.0)
        reference.update_params(theirs, [gradient])
        np.testing.assert_allclose(params, theirs[0], rtol=1e-5)  # theirs adds its tiny number before the correction


def test_weights_decay_and_biases_do_not():
    params = np.array([1.0, 1.0])
    Adam(params, np.array([0.0, 1.0])).step(np.zeros(2), 0.1, 0.5)
    np.testing.assert_allclose(params, [1.0, 0.95])


def test_the_rate_rises_evenly_and_falls_to_nothing():
    rates = np.array([learning_rate_at(step, 1000, 0.3) for step in range(1000)])
    assert rates[49] == rates.max() == 0.3
    np.testing.assert_allclose(np.diff(rates[:50]), 0.006)
    assert (np.diff(rates[50:]) < 0).all()
    assert rates[-1] < 1e-5
    assert rates[525] == pytest.approx(0.15)  # half way down in the middle of the rest
    assert learning_rate_at(0, 1, 0.3) == 0.3


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_it_learns(activation):
    X, y = data(2000)
    result = train(X, y, epochs=40, learning_rate=0.03, activation=activation)
    accuracy = np.mean(nnlib.predict(result.thetas, X, activation=activation) == y)
    best = nnlib.train(X, y, layer_sizes=SIZES, seed=0, max_iter=200, lam=0, progress=False)
    assert accuracy > np.mean(nnlib.predict(best.thetas, X) == y) - 0.05
    assert result.history["cost"][-1] < 0.7 * result.history["cost"][0]


def test_one_batch_of_all_examples_takes_the_step_of_their_gradient():
    X, y = data(100)
    thetas = nnlib.init_thetas(SIZES, seed=1)
    result = train(X, y, thetas=thetas, epochs=1, batch_size=100, learning_rate=0.01, activation="sigmoid")
    cost, gradient = nnlib.cost_and_gradient(nnlib.pack(thetas), SIZES, X, y)
    expected = nnlib.pack(thetas) - 0.01 * gradient / (np.abs(gradient) + 1e-8)  # Adam's first step: by the sign
    np.testing.assert_allclose(nnlib.pack(result.thetas), expected, rtol=1e-9)
    assert result.cost == pytest.approx(cost)
    assert result.n_evaluations == 1


def test_every_example_is_seen_once_an_epoch():
    X, y = data(100)
    seen = []
    train(X, y, epochs=3, batch_size=7, augment=lambda images, rng: seen.append(images.copy()) or images)
    seen = np.concatenate(seen)
    assert len(seen) == 300
    orders = [np.lexsort(seen[i : i + 100].T) for i in (0, 100, 200)]
    for i, order in enumerate(orders):
        np.testing.assert_array_equal(seen[100 * i : 100 * i + 100][order], X[np.lexsort(X.T)])
    assert not np.array_equal(orders[0], orders[1])


def test_the_same_seed_gives_the_same_network_bit_for_bit_on_any_number_of_threads():
    X, y = data(1000, np.float32)
    options = {"batch_size": 300, "augment": lambda images, rng: images + rng.normal(0, 0.01, images.shape)}
    alone = nnlib.pack(train(X, y, n_threads=1, **options).thetas)
    for n_threads in (2, 3):
        np.testing.assert_array_equal(nnlib.pack(train(X, y, n_threads=n_threads, **options).thetas), alone)
    assert not np.array_equal(nnlib.pack(train(X, y, seed=1, **options).thetas), alone)


def test_the_history_has_an_entry_for_each_epoch():
    X, y = data()
    seen = []
    result = train(X, y, validation=data(50, seed=1), callback=lambda history: seen.append(len(history["cost"])))
    assert {len(values) for values in result.history.values()} == {5}
    assert set(result.history) == {"cost", "gradient_norm", "seconds", "validation_accuracy"}
    assert seen == [1, 2, 3, 4, 5]
    X_val, y_val = data(50, seed=1)
    last = np.mean(nnlib.predict(result.thetas, X_val, activation="relu") == y_val)
    assert result.history["cost"][-1] == result.cost  # the lowest is the last one here
    assert result.history["validation_accuracy"][-1] == last
    assert (result.n_iterations, result.n_evaluations) == (5, 50)


def test_an_interrupt_returns_the_best_network_so_far():
    X, y = data()

    def stop(history):
        if len(history["cost"]) == 3:
            raise KeyboardInterrupt

    result = train(X, y, epochs=50, callback=stop)
    assert result.n_iterations == 3
    assert "Interrupted after 3 epochs" in result.message
    assert result.cost == min(result.history["cost"])


def test_an_interrupt_within_the_first_epoch_returns_what_there_is():
    X, y = data()

    def stop(images, rng):
        raise KeyboardInterrupt

    thetas = nnlib.init_thetas(SIZES, seed=2)
    result = train(X, y, thetas=thetas, augment=stop)
    np.testing.assert_array_equal(nnlib.pack(result.thetas), nnlib.pack(thetas))
    assert result.n_iterations == 0


def test_a_rate_that_is_far_too_high_is_told():
    X, y = data(dtype=np.float32)
    with pytest.raises(ValueError, match="overflows"):
        train(X, y, epochs=40, learning_rate=1e38)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"epochs": 0}, ValueError, "epochs is 0"),
        ({"batch_size": 2.5}, TypeError, "batch_size is 2.5"),
        ({"learning_rate": -1}, ValueError, "learning_rate is -1"),
        ({"weight_decay": -1}, ValueError, "weight_decay is -1"),
        ({"augment": 3}, TypeError, "augment is 3"),
        ({"augment": lambda images, rng: images[:2]}, ValueError, "augment returns 2 images"),
        ({"activation": "step"}, ValueError, "activation is 'step'"),
    ],
)
def test_bad_arguments_are_refused(options, error, words):
    with pytest.raises(error, match=words):
        train(*data(), **options)


def test_the_data_are_not_written_to():
    X, y = data()
    X.flags.writeable = y.flags.writeable = False
    train(X, y)
