"""Training: the way down, its history, its ends, and its interruptions."""

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse
import threadpoolctl
from sklearn.neural_network import MLPClassifier

import nnlib
import nnlib.training

SIZES = (8, 6, 3)
HISTORY = {"cost", "gradient_norm", "seconds"}


def data(m=60, dtype=np.float64, seed=0):
    """Make three noisy clouds of points, which a small network can only partly tell apart."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, m)
    X = np.clip(0.5 + 0.2 * rng.normal(size=(m, 8)) + 0.15 * np.eye(3, 8)[y], 0, 1)
    return X.astype(dtype), y


def train(X, y, **options):
    return nnlib.train(X, y, **{"layer_sizes": SIZES, "max_iter": 12, "seed": 0, "progress": False} | options)


def sklearn_function(layer_sizes, X, y, lam):
    """Return scikit-learn's cost and gradient as a function of our flat parameters."""
    mlp = MLPClassifier(activation="logistic", alpha=lam)
    n_layers = len(layer_sizes) - 1
    mlp.n_layers_, mlp.out_activation_ = n_layers + 1, "logistic"
    X, Y = X.astype(np.float64), np.eye(layer_sizes[-1])[y]

    def function(params):
        mlp.coefs_, mlp.intercepts_, start = [], [], 0
        for n_in, n_out in pairwise(layer_sizes):
            theta = params[start : start + n_out * (1 + n_in)].reshape(n_out, 1 + n_in)
            mlp.coefs_.append(theta[:, 1:].T)
            mlp.intercepts_.append(theta[:, 0])
            start += theta.size
        activations = [X] + [None] * n_layers
        cost, weights, biases = mlp._backprop(X, Y, None, activations, *([None] * n_layers for _ in range(3)))
        return cost, np.concatenate([np.column_stack([b, w.T]).ravel() for b, w in zip(biases, weights, strict=True)])

    return function


def flat(thetas):
    return np.concatenate([theta.ravel() for theta in thetas])


# ---- the result


@pytest.mark.parametrize("layer_sizes", [(8, 3), (8, 6, 3), (8, 6, 5, 3), (8, 5, 4, 4, 3)])
@pytest.mark.parametrize("lam", [0, 0.5])
def test_the_cost_is_that_of_the_thetas_and_below_the_start(layer_sizes, lam):
    X, y = data()
    result = train(X, y, layer_sizes=layer_sizes, lam=lam)
    assert [theta.shape for theta in result.thetas] == [(n_out, 1 + n_in) for n_in, n_out in pairwise(layer_sizes)]
    assert all(theta.dtype == np.float64 for theta in result.thetas)
    function = sklearn_function(layer_sizes, X, y, lam)
    assert type(result.cost) is float
    assert result.cost == pytest.approx(function(flat(result.thetas))[0], rel=1e-10)
    start = flat(nnlib.init_thetas(layer_sizes, seed=0))
    assert result.cost < function(start)[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_cost_falls_with_each_iteration(dtype):
    X, y = data(dtype=dtype)
    result = train(X, y, max_iter=30)
    cost = result.history["cost"]
    assert len(cost) == 30
    assert all(later < earlier for earlier, later in pairwise(cost))
    assert result.cost == min(cost)


@pytest.mark.parametrize("lam", [0.1, 5.0])
def test_history_is_that_of_scipy_with_the_cost_of_scikit_learn(lam):
    X, y = data()
    function = sklearn_function(SIZES, X, y, lam)
    expected = []
    outcome = scipy.optimize.minimize(
        function,
        flat(nnlib.init_thetas(SIZES, seed=0)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 12},
        callback=lambda intermediate_result: expected.append(function(intermediate_result.x)),
    )
    result = train(X, y, lam=lam)
    assert result.n_iterations == outcome.nit
    assert result.n_evaluations == outcome.nfev
    # Rounding sets the two paths apart a little more at each step.
    np.testing.assert_allclose(result.history["cost"], [cost for cost, _ in expected], rtol=1e-6)
    norms = [np.sqrt(np.sum(gradient**2)) for _, gradient in expected]
    np.testing.assert_allclose(result.history["gradient_norm"], norms, rtol=1e-3)


@pytest.mark.parametrize("validation", [False, True])
@pytest.mark.parametrize(("max_iter", "lam"), [(1, 0.1), (7, 0.1), (500, 3.0)])
def test_every_history_has_one_entry_an_iteration(max_iter, lam, validation):
    X, y = data()
    result = train(X, y, max_iter=max_iter, lam=lam, validation=data(20, seed=1) if validation else None)
    assert set(result.history) == HISTORY | ({"validation_accuracy"} if validation else set())
    assert {len(entries) for entries in result.history.values()} == {result.n_iterations}
    assert 1 <= result.n_iterations <= max_iter
    assert result.n_evaluations >= result.n_iterations + 1
    seconds = [0.0, *result.history["seconds"], result.seconds]
    assert seconds == sorted(seconds)
    json.dumps(result.history)  # plain numbers, ready to be kept


def test_the_network_defaults_to_784_100_10_and_max_iter_to_70():
    def interrupt(history):
        raise KeyboardInterrupt

    X = np.random.default_rng(0).random((10, 784)).astype(np.float32)
    result = nnlib.train(X, np.arange(10), seed=0, progress=False, callback=interrupt)
    assert [theta.shape for theta in result.thetas] == [(100, 785), (10, 101)]
    assert nnlib.train(*data(), layer_sizes=SIZES, lam=0, seed=0, progress=False).n_iterations == 70


def test_validation_accuracy_is_the_share_of_right_answers_after_each_iteration():
    X, y = data()
    X_validation, y_validation = data(37, np.float32, seed=1)
    result = train(X, y, max_iter=9, validation=(X_validation, y_validation))
    found = result.history["validation_accuracy"]
    assert len(set(found)) > 2  # a constant would prove little
    for n_iterations, accuracy in enumerate(found, start=1):
        a = X_validation.astype(np.float64)
        for theta in train(X, y, max_iter=n_iterations).thetas:
            a = 1 / (1 + np.exp(-theta[:, 0] - a @ theta[:, 1:].T))
        right = sum(int(np.argmax(scores)) == label for scores, label in zip(a, y_validation, strict=True))
        assert accuracy == right / 37


def test_validation_data_are_not_trained_on():
    X, y = data()
    plain, validated = train(X, y), train(X, y, validation=data(20, seed=1))
    np.testing.assert_array_equal(flat(plain.thetas), flat(validated.thetas))


def test_repr_tells_the_outcome_without_the_arrays():
    X, y = data()
    result = train(X, y)
    assert f"cost={result.cost:.6g}" in repr(result)
    assert "n_iterations=12" in repr(result)
    assert result.message in repr(result)
    assert "array" not in repr(result)


# ---- a seed, a warm start


@pytest.mark.parametrize("m", [60, 2500])
def test_a_seed_repeats_bit_for_bit_on_any_number_of_threads(m):
    X, y = data(m, np.float32)
    first = train(X, y, seed=4)
    for n_threads in (None, 1, 2, 3):
        again = train(X, y, seed=4, n_threads=n_threads)
        assert flat(again.thetas).tobytes() == flat(first.thetas).tobytes()
        assert again.history["cost"] == first.history["cost"]
        assert again.message == first.message


def test_other_seeds_and_no_seed_give_other_networks():
    X, y = data()
    networks = [flat(train(X, y, seed=seed).thetas).tobytes() for seed in (0, 1, None, None)]
    assert len(set(networks)) == 4


def start_of(monkeypatch, **options):
    """Train, with an optimiser that evaluates its starting point and then is interrupted: what does it start from?"""

    def evaluate_once(function, x0, **_):
        function(x0)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(scipy.optimize, "minimize", evaluate_once)
        return train(*data(), **options)


def test_training_starts_from_init_thetas_with_its_seed_and_epsilon(monkeypatch):
    start = start_of(monkeypatch, seed=3, epsilon=0.02)
    np.testing.assert_array_equal(flat(start.thetas), flat(nnlib.init_thetas(SIZES, seed=3, epsilon=0.02)))


def test_a_warm_start_goes_on_where_the_last_training_ended(monkeypatch):
    X, y = data()
    first = train(X, y, max_iter=5)
    start = start_of(monkeypatch, thetas=first.thetas, layer_sizes=(1, 2), seed=77)
    assert start.cost == first.cost
    np.testing.assert_array_equal(flat(start.thetas), flat(first.thetas))
    second = train(X, y, thetas=first.thetas, max_iter=5)
    assert all(cost < first.cost for cost in second.history["cost"])
    assert second.cost < first.cost


def test_a_warm_start_from_a_minimum_stays_there():
    X, y = data()
    first = train(X, y, max_iter=1000, lam=3)
    again = train(X, y, max_iter=1000, lam=3, thetas=first.thetas)
    assert again.cost == pytest.approx(first.cost, rel=1e-6)
    assert again.n_iterations <= 3
    assert {len(entries) for entries in again.history.values()} == {again.n_iterations}


def test_a_warm_start_takes_float32_thetas_and_works_on_in_float64():
    X, y = data()
    thetas = [theta.astype(np.float32) for theta in nnlib.init_thetas(SIZES, seed=0)]
    result = train(X, y, thetas=thetas)
    assert {theta.dtype for theta in result.thetas} == {np.dtype(np.float64)}
    assert result.cost < sklearn_function(SIZES, X, y, 0.1)(flat(thetas).astype(np.float64))[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arguments_are_never_written_to(dtype):
    X, y = data(dtype=dtype)
    X_validation, y_validation = data(20, dtype, seed=1)
    thetas = nnlib.init_thetas(SIZES, seed=0)
    arrays = [X, y, X_validation, y_validation, *thetas]
    copies = [array.copy() for array in arrays]
    for array in arrays:
        array.setflags(write=False)
    result = train(X, y, thetas=thetas, validation=(X_validation, y_validation))
    for array, copy in zip(arrays, copies, strict=True):
        assert array.tobytes() == copy.tobytes()
    assert all(theta.flags.writeable for theta in result.thetas)


# ---- why it stopped


def test_the_message_names_the_limit_of_iterations():
    X, y = data()
    message = train(X, y, max_iter=3).message
    assert "limit of 3 iterations" in message
    assert "max_iter" in message
    assert "Converged" not in message


@pytest.mark.parametrize("lam", [1, 3, 5, 10, 30])
def test_the_message_says_why_it_converged(lam):
    X, y = data()
    result = train(X, y, max_iter=1000, lam=lam)
    assert result.n_iterations < 1000
    assert result.message.startswith(f"Converged after {result.n_iterations} iterations")
    # SciPy's two conditions: no derivative above 1e-5, or the cost falls by less than 2.2e-9 of itself.
    _, gradient = sklearn_function(SIZES, X, y, lam)(flat(result.thetas))
    if "gradient is as good as zero" in result.message:
        assert np.abs(gradient).max() < 1.001e-5
    else:
        assert "cost no longer falls" in result.message
        assert np.abs(gradient).max() > 0.999e-5
        before_last, last = result.history["cost"][-2:]
        assert (before_last - last) / max(last, 1) < 2.3e-9


def test_a_start_at_the_minimum_converges_at_once():
    # One weightless output for one class, X all zero: only the bias matters, and at 60 its gradient is gone.
    result = nnlib.train(
        np.zeros((4, 1)), np.zeros(4, dtype=int), thetas=[np.array([[60.0, 0.0]])], lam=0, progress=False
    )
    assert result.n_iterations == 0
    assert result.history == {"cost": [], "gradient_norm": [], "seconds": []}
    assert "Converged" in result.message
    assert "gradient is as good as zero" in result.message
    np.testing.assert_array_equal(result.thetas[0], [[60.0, 0.0]])


def test_a_callback_that_raises_stop_iteration_is_named_as_the_reason():
    def stop_after_two(history):
        if len(history["cost"]) == 2:
            raise StopIteration  # which SciPy takes as a wish to stop

    X, y = data()
    result = train(X, y, callback=stop_after_two)
    assert result.n_iterations == 2
    assert "callback" in result.message.lower()
    assert "no step lowers the cost" not in result.message


def test_the_thetas_of_each_iteration_are_those_of_a_training_that_ends_there():
    X, y = data()
    seen = []
    train(X, y, seed=0, max_iter=4, thetas_callback=seen.append)
    assert len(seen) == 4
    for n, thetas in enumerate(seen, start=1):
        expected = train(X, y, seed=0, max_iter=n).thetas
        for theta, expected_theta in zip(thetas, expected, strict=True):
            np.testing.assert_array_equal(theta, expected_theta)


# ---- interruptions


@pytest.mark.parametrize("n_iterations", [1, 4])
def test_an_interrupt_returns_the_best_network_so_far(n_iterations):
    def interrupt(history):
        if len(history["cost"]) == n_iterations:
            raise KeyboardInterrupt

    X, y = data()
    result = train(X, y, max_iter=50, callback=interrupt, validation=data(20, seed=1))
    assert "Interrupted" in result.message
    assert f"after {n_iterations} iteration" in result.message
    assert "best" in result.message
    assert result.n_iterations == n_iterations
    assert {len(entries) for entries in result.history.values()} == {n_iterations}
    assert result.cost == min(result.history["cost"])
    # The same as if that number of iterations had been asked for.
    np.testing.assert_array_equal(flat(result.thetas), flat(train(X, y, max_iter=n_iterations).thetas))


def test_an_interrupt_within_a_line_search_keeps_the_lowest_cost_seen(monkeypatch):
    def wander(function, x0, **_):
        x = x0.copy()  # one array for all points, as an optimiser may well have
        for step in (0.5, 0.1, -0.1, 0.3):
            x[:] = x0 + step
            function(x)
        raise KeyboardInterrupt

    monkeypatch.setattr(scipy.optimize, "minimize", wander)
    X, y = data()
    result = train(X, y)
    function = sklearn_function(SIZES, X, y, 0.1)
    start = flat(nnlib.init_thetas(SIZES, seed=0))
    # The best is neither the first nor the last of them.
    best = min((0.5, 0.1, -0.1, 0.3), key=lambda step: function(start + step)[0])
    np.testing.assert_array_equal(flat(result.thetas), start + best)
    assert result.cost == pytest.approx(function(start + best)[0], rel=1e-10)
    assert (result.n_iterations, result.n_evaluations) == (0, 4)


def test_an_interrupt_before_the_first_evaluation_returns_the_start(monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(scipy.optimize, "minimize", interrupted)
    X, y = data()
    result = train(X, y)
    start = flat(nnlib.init_thetas(SIZES, seed=0))
    np.testing.assert_array_equal(flat(result.thetas), start)
    assert result.cost == pytest.approx(sklearn_function(SIZES, X, y, 0.1)(start)[0], rel=1e-10)
    assert result.n_iterations == 0
    assert "Interrupted" in result.message


def test_an_interrupt_while_validating_leaves_all_histories_of_one_length(monkeypatch):
    calls = 0
    output_z = nnlib.training.output_z

    def interrupted_the_third_time(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return output_z(*arguments, **options)

    monkeypatch.setattr(nnlib.training, "output_z", interrupted_the_third_time)
    result = train(*data(), validation=data(20, seed=1))
    assert "Interrupted" in result.message
    assert {len(entries) for entries in result.history.values()} == {result.n_iterations}


def test_blas_keeps_its_threads_after_an_interrupt():
    def interrupt(history):
        raise KeyboardInterrupt

    X, y = data(2500)
    with threadpoolctl.threadpool_limits(limits=2, user_api="blas"):
        before = threadpoolctl.threadpool_info()
        train(X, y, callback=interrupt)
        assert threadpoolctl.threadpool_info() == before


REAL_INTERRUPT = """
import json, os, signal, sys, threading, time
import numpy as np, scipy.optimize, threadpoolctl, nnlib

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would ignore it
interrupt = {"raise_signal": lambda: signal.raise_signal(signal.SIGINT),
             "os.kill": lambda: os.kill(os.getpid(), signal.SIGINT)}[sys.argv[1]]

def interrupt_soon(history):
    if len(history["cost"]) == 3:
        timer.start()

timer = threading.Timer(0.05, interrupt)
rng = np.random.default_rng(0)
X, y = rng.random((3500, 50)), rng.integers(0, 10, 3500)  # nothing to learn, so it goes on for long
before = threadpoolctl.threadpool_info()
result = nnlib.train(X, y, layer_sizes=(50, 30, 10), lam=0, max_iter=100_000, seed=0, progress=False,
                     callback=interrupt_soon, validation=(X[:1500], y[:1500]), n_threads=2)
timer.join()

def pool_threads():
    return [thread.name for thread in threading.enumerate() if "ThreadPool" in thread.name]

deadline = time.monotonic() + 10
while pool_threads() and time.monotonic() < deadline:  # an interrupt may come while they end
    time.sleep(0.01)
print(json.dumps({
    "message": result.message, "cost": result.cost, "n_iterations": result.n_iterations, "history": result.history,
    "thetas": [theta.tolist() for theta in result.thetas],
    "threads_restored": threadpoolctl.threadpool_info() == before,
    "pool_threads": pool_threads(),
}))
"""


@pytest.mark.parametrize(
    "how",
    [
        "raise_signal",
        pytest.param("os.kill", marks=pytest.mark.skipif(sys.platform == "win32", reason="would end the process")),
    ],
)
def test_a_real_interrupt_signal_returns_the_best_network_so_far(how):
    run = subprocess.run([sys.executable, "-c", REAL_INTERRUPT, how], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    result = json.loads(run.stdout)
    assert "Interrupted" in result["message"]
    assert 3 <= result["n_iterations"] < 100_000
    assert {len(entries) for entries in result["history"].values()} == {result["n_iterations"]}
    assert result["cost"] <= min(result["history"]["cost"])
    rng = np.random.default_rng(0)
    X, y = rng.random((3500, 50)), rng.integers(0, 10, 3500)
    cost, _ = sklearn_function((50, 30, 10), X, y, 0)(flat([np.array(theta) for theta in result["thetas"]]))
    assert result["cost"] == pytest.approx(cost, rel=1e-10)
    assert result["threads_restored"]
    assert result["pool_threads"] == []


# ---- callback and progress


def test_the_callback_sees_the_history_grow():
    lengths, costs = [], []

    def look(history):
        lengths.append({name: len(entries) for name, entries in history.items()})
        costs.append(history["cost"][-1])

    X, y = data()
    result = train(X, y, callback=look, validation=data(20, seed=1))
    names = HISTORY | {"validation_accuracy"}
    assert lengths == [dict.fromkeys(names, n) for n in range(1, 13)]
    assert costs == result.history["cost"]


@pytest.mark.parametrize("error", [RuntimeError, ValueError, ZeroDivisionError, SystemExit, AssertionError])
@pytest.mark.parametrize("progress", [False, True])
def test_an_error_in_the_callback_reaches_the_caller(error, progress, capsys):
    def fail(history):
        if len(history["cost"]) == 2:
            raise error("out of the callback")

    with pytest.raises(error, match="out of the callback"):
        train(*data(), callback=fail, progress=progress)


def test_without_progress_nothing_is_printed(capfd):
    train(*data(), progress=False, validation=data(20, seed=1))
    assert capfd.readouterr() == ("", "")


def test_the_progress_bar_shows_iterations_and_cost(capfd):
    result = train(*data(), progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    last = err.strip().split("\r")[-1]
    assert "12/12" in last
    assert f"cost {result.history['cost'][-1]:.4f}" in last


def test_progress_is_on_unless_switched_off(capfd):
    nnlib.train(*data(), layer_sizes=SIZES, max_iter=2, seed=0)
    assert "cost" in capfd.readouterr().err


# ---- real digits


@pytest.fixture(scope="module")
def digits():
    mnist = nnlib.load_mnist()  # sorted by digit, so a stride takes some of each
    return mnist.X_train[::60], mnist.y_train[::60], mnist.X_test[::20], mnist.y_test[::20]


@pytest.fixture(scope="module")
def one_blas_thread():
    # With arrays this small, several threads only wait for one another, for seconds where other programs run too.
    with threadpoolctl.threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.fixture(scope="module")
def reference(digits, one_blas_thread):
    """What SciPy finds with scikit-learn's cost and gradient."""
    X, y, *_ = digits
    return scipy.optimize.minimize(
        sklearn_function((784, 25, 10), X, y, 0.1),
        flat(nnlib.init_thetas((784, 25, 10), seed=5)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 30},
    )


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-6), (np.float32, 1e-2)])
def test_digits_are_learnt_as_well_as_by_scipy_with_the_cost_of_scikit_learn(digits, reference, dtype, tolerance):
    X, y, X_test, y_test = digits
    assert reference.nit == 30
    result = nnlib.train(X.astype(dtype), y, layer_sizes=(784, 25, 10), lam=0.1, max_iter=30, seed=5, progress=False)
    assert result.n_iterations == 30
    assert result.cost == pytest.approx(reference.fun, rel=tolerance)
    assert np.mean(nnlib.predict(result.thetas, X_test) == y_test) > 0.8


# ---- errors: test_checks.py has those of single arguments

X_OK, Y_OK = data(12)


@pytest.mark.parametrize("name", ["callback", "thetas_callback"])
@pytest.mark.parametrize("callback", [3, "print"])
def test_a_callback_that_cannot_be_called_is_refused(name, callback):
    with pytest.raises(TypeError, match=f"^{name} is"):
        train(X_OK, Y_OK, **{name: callback})


def test_starting_thetas_for_other_images_or_classes_are_refused():
    with pytest.raises(ValueError, match=r"X has shape \(12, 8\)"):
        train(X_OK, Y_OK, thetas=nnlib.init_thetas((9, 3)))
    with pytest.raises(ValueError, match="y holds labels from 0 to 2"):
        train(X_OK, Y_OK, thetas=nnlib.init_thetas((8, 2)))


BAD_PAIRS = {
    "a number": 3,
    "text": "Xy",
    "X alone": (X_OK,),
    "three": (X_OK, Y_OK, Y_OK),
    "X without a tuple": X_OK,
    "swapped": (Y_OK, X_OK),
    "a column short": (X_OK[:, 1:], Y_OK),
    "NaN": (np.full_like(X_OK, np.nan), Y_OK),
    "uint8": ((255 * X_OK).astype(np.uint8), Y_OK),
    "one label short": (X_OK, Y_OK[1:]),
    "class 3 of 0 to 2": (X_OK, np.full_like(Y_OK, 3)),
    "no labels": (X_OK, None),
}


@pytest.mark.parametrize("validation", BAD_PAIRS.values(), ids=BAD_PAIRS)
def test_a_bad_validation_pair_is_refused(validation):
    with pytest.raises((ValueError, TypeError), match="validation"):
        train(X_OK, Y_OK, validation=validation)
