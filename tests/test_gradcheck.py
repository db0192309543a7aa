"""The judge is judged: right gradients pass, wrong ones are found, and the report says where."""

import re
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse
import threadpoolctl
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_expit

import nnlib
from nnlib.gradcheck import step_size_sweep, taylor_slope

SIZES = (4, 3, 3, 2)  # the second layer's weights are square: a transposed product there raises no error
LAM = 0.5


def network(layer_sizes=SIZES, m=12, seed=0):
    rng = np.random.default_rng(seed)
    n_params = sum((1 + layer_sizes[i]) * layer_sizes[i + 1] for i in range(len(layer_sizes) - 1))
    return rng.normal(size=n_params), rng.random((m, layer_sizes[0])), rng.integers(0, layer_sizes[-1], m)


def learners_function(bug=None, m=12):
    """Return a cost and gradient like a learner's own, with one bug planted in it."""
    _, X, y = network(m=m)
    Y = np.eye(SIZES[-1])[y]

    def function(params):
        thetas, start = [], 0
        for n_in, n_out in pairwise(SIZES):
            thetas.append(params[start : start + n_out * (1 + n_in)].reshape(n_out, 1 + n_in))
            start += n_out * (1 + n_in)
        activations = [X]
        for theta in thetas:
            z = theta[:, 0] + activations[-1] @ theta[:, 1:].T
            activations.append(expit(z))
        cost = -np.sum(Y * log_expit(z) + (1 - Y) * log_expit(-z)) / m
        cost += LAM / (2 * m) * sum(np.sum(theta[:, 1:] ** 2) for theta in thetas)

        delta = activations[-1] - Y
        gradients = []
        for layer in (2, 1, 0):
            a = activations[layer]
            weights_gradient = delta.T @ a
            if bug == "transposed weights gradient" and layer == 1:
                weights_gradient = a.T @ delta
            gradients.insert(0, np.column_stack([delta.sum(axis=0), weights_gradient]))
            weights = thetas[layer][:, 1:]
            if bug == "transposed weights" and layer == 1:
                weights = weights.T
            delta = delta @ weights
            if bug != "lost sigmoid derivative":
                delta = delta * a * (1 - a)
        if bug != "missing 1/m":
            gradients = [gradient / m for gradient in gradients]
        for theta, gradient in zip(thetas, gradients, strict=True):
            if bug == "changes params":
                theta[:, 0] = 0  # to keep the biases out of the regularisation
            if bug in ("changes params", "regularised bias"):
                gradient += LAM / m * theta
            else:
                gradient[:, 1:] += LAM / m * theta[:, 1:]
        return cost, np.concatenate([gradient.ravel() for gradient in gradients])

    return function


BLOCKS = [f"layer {layer} {kind}" for layer in (1, 2, 3) for kind in ("biases", "weights")]


def wrong_blocks(report):
    return {block.name for block in report.blocks if not block.error <= report.tolerance}


# ---- check_gradient


@pytest.mark.parametrize("n_directions", [None, 3])
@pytest.mark.parametrize("layer_sizes", [(5, 3), (6, 4, 3), (4, 5, 3, 2), (3, 4, 2, 3, 4)])
def test_the_gradient_of_the_library_passes(layer_sizes, n_directions):
    params, X, y = network(layer_sizes)
    report = nnlib.check_gradient(
        lambda p: nnlib.cost_and_gradient(p, layer_sizes, X, y, 0.3), params, layer_sizes, n_directions=n_directions
    )
    assert report.ok
    assert report.error < 1e-7
    assert not report.params_changed
    assert [block.n_params for block in report.blocks] == [
        n for n_in, n_out in pairwise(layer_sizes) for n in (n_out, n_out * n_in)
    ]
    for block in report.blocks:
        assert block.ratio == pytest.approx(1, abs=1e-6)
        assert block.angle == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("n_directions", [None, 3])
def test_a_right_gradient_passes(n_directions):
    report = nnlib.check_gradient(learners_function(), network()[0], SIZES, n_directions=n_directions)
    assert report.ok
    assert wrong_blocks(report) == set()
    assert [block.name for block in report.blocks] == BLOCKS


BUGS = {
    "regularised bias": {"layer 1 biases", "layer 2 biases", "layer 3 biases"},
    "missing 1/m": set(BLOCKS),
    "lost sigmoid derivative": set(BLOCKS[:4]),
    "transposed weights gradient": {"layer 2 weights"},
    "transposed weights": set(BLOCKS[:2]),
}


@pytest.mark.parametrize("n_directions", [None, 5], ids=["every parameter", "random directions"])
@pytest.mark.parametrize(("bug", "where"), BUGS.items(), ids=BUGS)
def test_a_planted_bug_is_found_and_localised(bug, where, n_directions):
    report = nnlib.check_gradient(learners_function(bug), network()[0], SIZES, n_directions=n_directions)
    assert not report.ok
    assert report.error > 1e-3
    assert wrong_blocks(report) == where
    assert not report.params_changed
    # The printed table says the same.
    lines = str(report).splitlines()
    for name in BLOCKS:
        (line,) = (line for line in lines if line.startswith(name))
        assert line.endswith("WRONG" if name in where else "  ok")
    assert re.search("gradient is WRONG", lines[-1])


def test_a_missing_1_over_m_shows_as_the_ratio():
    # Without the regularisation, which does not get the 1/m either, the ratio is m in all blocks.
    m = 12
    right = learners_function(m=m)

    def m_times_too_large(params):
        cost, gradient = right(params)
        return cost, m * gradient

    for block in nnlib.check_gradient(m_times_too_large, network()[0], SIZES).blocks:
        assert block.ratio == pytest.approx(m, rel=1e-6)
        assert block.angle == pytest.approx(0, abs=1e-3)
        assert block.error == pytest.approx((m - 1) / (m + 1), rel=1e-6)


def test_a_turned_gradient_shows_as_the_angle():
    def function(params):  # the gradient of p'p is 2 p; (p1, p0) in its place is turned by a known angle
        return params @ params, 2 * params[::-1]

    params = np.array([np.cos(0.3), np.sin(0.3)])
    report = nnlib.check_gradient(function, params)
    (block,) = report.blocks
    assert block.n_params == 2
    assert block.ratio == pytest.approx(1, rel=1e-6)
    assert block.angle == pytest.approx(90 - 2 * np.degrees(0.3), rel=1e-6)
    assert not report.ok


@pytest.mark.parametrize("n_directions", [None, 5])
def test_params_changed_in_place_are_found_and_not_blamed_on_the_gradient(n_directions):
    params = network()[0]
    # The function works out its cost before it spoils the biases, so the gradient itself is right.
    report = nnlib.check_gradient(learners_function("changes params"), params, SIZES, n_directions=n_directions)
    assert not report.ok
    assert report.params_changed
    assert wrong_blocks(report) == set()
    assert "changed the parameters" in str(report)
    np.testing.assert_array_equal(params, network()[0])


def test_the_table_says_that_a_right_gradient_is_right():
    report = nnlib.check_gradient(learners_function(), network()[0], SIZES)
    assert "WRONG" not in str(report)
    assert "The gradient is right" in str(report)
    assert repr(report) == str(report)


def test_in_a_notebook_the_same_words_are_a_table_with_what_is_wrong_marked():
    report = nnlib.check_gradient(learners_function("regularised bias"), network()[0], SIZES)
    html = report._repr_html_()
    assert html.count("<tr>") == 1 + len(BLOCKS)
    assert len(re.findall(r"<b [^>]*>WRONG</b>", html)) == html.count("WRONG") == str(report).count("WRONG")
    shown, printed = (sorted(re.findall(r"[\w.°-]+", text)) for text in (re.sub("<[^>]+>", " ", html), str(report)))
    assert shown == printed


def test_without_layer_sizes_all_parameters_are_one_block():
    right = nnlib.check_gradient(learners_function(), network()[0])
    assert [block.n_params for block in right.blocks] == [len(network()[0])]
    assert right.ok
    assert not nnlib.check_gradient(learners_function("regularised bias"), network()[0]).ok


@pytest.mark.parametrize("wrong", range(len(network()[0])))
def test_every_single_wrong_parameter_is_found(wrong):
    function = learners_function()

    def one_wrong(params):
        cost, gradient = function(params)
        gradient[wrong] += 1e-4
        return cost, gradient

    report = nnlib.check_gradient(one_wrong, network()[0], SIZES)
    assert not report.ok
    assert len(wrong_blocks(report)) == 1


def test_the_tolerance_decides():
    def slightly_wrong(params):
        return params @ params, 2 * params * (1 + 2e-4)  # relative error 1e-4

    params = np.array([1.0, 2.0, 3.0])
    assert not nnlib.check_gradient(slightly_wrong, params, tolerance=0.9e-4).ok
    assert nnlib.check_gradient(slightly_wrong, params, tolerance=1.1e-4).ok


def test_a_zero_gradient_of_a_constant_cost_is_right_and_of_another_wrong():
    assert nnlib.check_gradient(lambda p: (3.0, np.zeros(4)), np.ones(4)).ok
    assert not nnlib.check_gradient(lambda p: (p @ p, np.zeros(4)), np.ones(4)).ok
    assert not nnlib.check_gradient(lambda p: (3.0, np.ones(4)), np.ones(4)).ok


@pytest.mark.parametrize("n_directions", [None, 5])
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("index", [0, -1], ids=["first", "last"])
def test_a_gradient_that_is_not_finite_is_wrong_in_its_own_block_only(index, value, n_directions):
    function = learners_function()

    def not_finite(params):
        cost, gradient = function(params)
        gradient[index] = value
        return cost, gradient

    with np.errstate(invalid="ignore"):
        report = nnlib.check_gradient(not_finite, network()[0], SIZES, n_directions=n_directions)
    assert not report.ok
    assert wrong_blocks(report) == {BLOCKS[0] if index == 0 else BLOCKS[-1]}


def test_a_cost_that_turns_nan_near_the_params_does_not_pass():
    params = network()[0]
    function = learners_function()

    def nan_where_the_last_weight_moves(p):
        cost, gradient = function(p)
        return (cost if p[-1] == params[-1] else np.nan), gradient

    report = nnlib.check_gradient(nan_where_the_last_weight_moves, params, SIZES)
    assert not report.ok
    assert wrong_blocks(report) == {"layer 3 weights"}


def test_the_same_seed_gives_the_same_report_and_another_seed_other_directions():
    errors = [
        nnlib.check_gradient(learners_function(), network()[0], SIZES, n_directions=3, seed=seed).error
        for seed in (1, 1, 2)
    ]
    assert errors[0] == errors[1] != errors[2]


# ---- large networks

LARGE = (784, 100, 10)
N_LARGE = 100 * 785 + 10 * 101  # 79,510


@pytest.fixture
def one_blas_thread():
    # With arrays this small, several threads only wait for one another, for seconds where other programs run too.
    with threadpoolctl.threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.mark.usefixtures("one_blas_thread")
@pytest.mark.parametrize("wrong", [None, *range(4)])
def test_random_directions_find_the_one_wrong_block_of_a_large_network(wrong):
    params, X, y = network(LARGE, m=20)
    params *= 0.1
    assert params.size == N_LARGE
    ends = [slice(None, 78_500), slice(78_500, None)]
    calls = 0

    def function(p):
        nonlocal calls
        calls += 1
        cost, gradient = nnlib.cost_and_gradient(p, LARGE, X, y, 0.1)
        if wrong is not None:
            theta = gradient[ends[wrong // 2]].reshape((100, 785) if wrong < 2 else (10, 101))
            block = theta[:, :1] if wrong % 2 == 0 else theta[:, 1:]
            block *= 1.001
        return cost, gradient

    report = nnlib.check_gradient(function, params, LARGE)
    names = ["layer 1 biases", "layer 1 weights", "layer 2 biases", "layer 2 weights"]
    assert [(block.name, block.n_params) for block in report.blocks] == list(
        zip(names, (100, 78_400, 10, 1_000), strict=True)
    )
    assert wrong_blocks(report) == (set() if wrong is None else {names[wrong]})
    assert report.ok == (wrong is None)
    assert calls <= 1 + 4 * 5 * 2  # not two for each of the parameters


def peak_memory(function):
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def half_square(p):
    return 0.5 * (p @ p), p.copy()


@pytest.mark.parametrize("layer_sizes", [LARGE, None])
def test_a_large_check_takes_memory_for_a_few_vectors_only(layer_sizes):
    params = np.linspace(-1, 1, N_LARGE)
    peak = peak_memory(lambda: nnlib.check_gradient(half_square, params, layer_sizes))
    assert peak < 30 * params.nbytes  # a matrix of all directions would take 79,510 of them


@pytest.mark.parametrize("kind", ["central", "forward"])
def test_numerical_gradient_takes_memory_for_a_few_vectors_only(kind):
    params = np.linspace(-1, 1, 2500)
    peak = peak_memory(lambda: nnlib.numerical_gradient(half_square, params, kind=kind))
    assert peak < 30 * params.nbytes + 2500 * 64  # plus one Python number for each quotient


# ---- numerical_gradient

# f(p) = sum of c p^3 + d p^2, so with h the step
#   central   f' + c h^2
#   forward   f' + (3 c p + d) h + c h^2
C, D = np.array([1.0, -2.0, 0.5, 0.0]), np.array([3.0, 1.0, 0.0, -1.0])
P = np.array([0.3, -1.2, 2.0, 0.7])
EXACT = 3 * C * P**2 + 2 * D * P


def polynomial(p):
    return np.sum(C * p**3 + D * p**2)


@pytest.mark.parametrize("h", [1e-1, 1e-2, 1e-3])
def test_differences_of_a_polynomial_have_exactly_the_error_of_their_order(h):
    central = nnlib.numerical_gradient(polynomial, P, step=h)
    np.testing.assert_allclose(central, EXACT + C * h**2, rtol=0, atol=1e-11)
    forward = nnlib.numerical_gradient(polynomial, P, step=h, kind="forward")
    np.testing.assert_allclose(forward, EXACT + (3 * C * P + D) * h + C * h**2, rtol=0, atol=1e-11)
    assert central.dtype == forward.dtype == np.float64


def test_central_differences_with_the_default_step_are_right_to_nine_digits():
    np.testing.assert_allclose(nnlib.numerical_gradient(polynomial, P), EXACT, rtol=1e-9)


@settings(max_examples=40)
@given(coefficients=st.lists(st.integers(-9, 9), min_size=1, max_size=8), kind=st.sampled_from(["central", "forward"]))
def test_differences_of_a_plane_are_its_slopes(coefficients, kind):
    slopes = np.array(coefficients, dtype=float)
    found = nnlib.numerical_gradient(lambda p: slopes @ p, np.zeros(len(slopes)), step=0.5, kind=kind)
    np.testing.assert_array_equal(found, slopes)


def test_of_a_pair_the_cost_is_taken():
    np.testing.assert_array_equal(
        nnlib.numerical_gradient(lambda p: (polynomial(p), "not looked at"), P),
        nnlib.numerical_gradient(polynomial, P),
    )


def test_a_function_that_writes_to_its_input_spoils_nothing():
    def writes(p):
        value = polynomial(p)
        p[:] = 99
        return value

    params = P.copy()
    params.setflags(write=False)
    for kind in ("central", "forward"):
        found = nnlib.numerical_gradient(writes, params, kind=kind)
        np.testing.assert_array_equal(found, nnlib.numerical_gradient(polynomial, P, kind=kind))
    np.testing.assert_array_equal(params, P)


@pytest.mark.parametrize(
    "params", [P.astype(np.float32), P.tolist(), np.array([1, 2, 3, 4])], ids=["float32", "list", "integers"]
)
def test_differences_are_taken_in_float64_whatever_the_params(params):
    p = np.asarray(params, dtype=np.float64)
    np.testing.assert_allclose(nnlib.numerical_gradient(polynomial, params), 3 * C * p**2 + 2 * D * p, rtol=1e-8)


# ---- step_size_sweep and taylor_slope


def float64_network(seed):
    layer_sizes = (5, 4, 3)
    params, X, y = network(layer_sizes, seed=seed)
    return lambda p: nnlib.cost_and_gradient(p, layer_sizes, X, y, 0.5), params


def slope(steps, errors):
    return np.polyfit(np.log10(steps), np.log10(errors), 1)[0]


def test_the_step_sweep_has_the_shape_of_a_v():
    sweeps = [step_size_sweep(*float64_network(seed), seed=seed) for seed in range(8)]
    steps = sweeps[0].steps
    assert steps.shape == (37,)
    assert (steps[0], steps[-1]) == (pytest.approx(1e-12), pytest.approx(1))
    # The rounding error is random: its mean over several networks is smooth.
    forward = np.exp(np.mean([np.log(sweep.forward + 1e-16) for sweep in sweeps], axis=0))
    central = np.exp(np.mean([np.log(sweep.central + 1e-16) for sweep in sweeps], axis=0))

    # Theory: the best steps are about the square and the cube root of the rounding unit, 1e-8 and 6e-6.
    assert 2e-9 < steps[forward.argmin()] < 3e-7
    assert 1e-6 < steps[central.argmin()] < 3e-4
    assert central.min() < forward.min() / 100
    # Right arm: truncation, which grows with h and with h squared. Left arm: rounding, which grows with 1/h.
    right, left = steps > 0.9e-3, steps < 1.1e-9
    assert slope(steps[right][:-3], forward[right][:-3]) == pytest.approx(1, abs=0.1)
    assert slope(steps[right][:-3], central[right][:-3]) == pytest.approx(2, abs=0.1)
    assert slope(steps[left], forward[left]) == pytest.approx(-1, abs=0.3)
    assert slope(steps[left], central[left]) == pytest.approx(-1, abs=0.3)


def test_the_step_sweep_takes_the_steps_it_is_given():
    # (p0)^2: forward differences along the only direction there is err by h, relative to 2 p0.
    sweep = step_size_sweep(lambda p: (p[0] ** 2, 2 * p), np.array([2.0]), steps=[0.5, 0.25])
    np.testing.assert_array_equal(sweep.steps, [0.5, 0.25])
    np.testing.assert_allclose(sweep.forward, [0.5 / 4, 0.25 / 4], rtol=1e-12)
    np.testing.assert_allclose(sweep.central, [0, 0], atol=1e-12)


def test_a_wrong_gradient_shows_in_the_step_sweep_as_a_floor():
    function, params = float64_network(0)
    steps = np.logspace(-6, -4, 7)  # where central differences are at their best
    sweep = step_size_sweep(lambda p: (function(p)[0], 1.01 * function(p)[1]), params, steps=steps)
    np.testing.assert_allclose(sweep.central, 0.01 / 1.01, rtol=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_taylor_slope_is_2_for_a_right_gradient_and_1_for_a_wrong_one(seed):
    function, params = float64_network(seed)
    assert taylor_slope(function, params, seed=seed).slope == pytest.approx(2, abs=0.1)
    wrong = taylor_slope(lambda p: (function(p)[0], 1.01 * function(p)[1]), params, seed=seed)
    assert wrong.slope == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("bug", BUGS)
def test_the_taylor_slope_finds_the_planted_bugs(bug):
    assert taylor_slope(learners_function(bug), network()[0]).slope == pytest.approx(1, abs=0.1)
    assert taylor_slope(learners_function(), network()[0]).slope == pytest.approx(2, abs=0.1)


def test_the_taylor_remainders_of_a_parabola_are_its_second_derivative():
    # f(p + h v) - f(p) - h v.f' = h^2 for f = p.p and v of length 1.
    result = taylor_slope(lambda p: (p @ p, 2 * p), np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(result.remainders, result.steps**2, rtol=1e-3)
    assert len(result.steps) >= 6


# ---- nothing is written to, and errors


def test_params_are_never_written_to():
    function, params = float64_network(0)
    copy = params.copy()
    params.setflags(write=False)
    nnlib.check_gradient(function, params, (5, 4, 3))
    nnlib.check_gradient(function, params, (5, 4, 3), n_directions=2)
    step_size_sweep(function, params)
    taylor_slope(function, params)
    assert params.tobytes() == copy.tobytes()


ERRORS = (ValueError, TypeError)
ALL = pytest.mark.parametrize("call", [nnlib.check_gradient, nnlib.numerical_gradient, step_size_sweep, taylor_slope])
BAD_PARAMS = {
    "2-D": np.ones((2, 2)),
    "scalar": np.float64(1),
    "empty": np.zeros(0),
    "NaN": np.array([1, np.nan]),
    "inf": np.array([-np.inf, 1]),
    "object": np.ones(3, dtype=object),
    "text": np.array(["1", "2"]),
    "complex": np.ones(3, dtype=complex),
    "sparse": scipy.sparse.csr_array(np.ones((1, 3))),
    "ragged": [[1.0], [1.0, 2.0]],
    "None": None,
}


@ALL
@pytest.mark.parametrize("params", BAD_PARAMS.values(), ids=BAD_PARAMS)
def test_bad_params_are_refused(call, params):
    with pytest.raises(ERRORS, match="params"):
        call(half_square, params)


@pytest.mark.parametrize("step", [0, -1e-5, np.nan, np.inf, "1e-5", None])
def test_a_bad_step_is_refused(step):
    with pytest.raises(ERRORS, match="step"):
        nnlib.numerical_gradient(half_square, P, step=step)
    with pytest.raises(ERRORS, match="step"):
        nnlib.check_gradient(half_square, P, step=step)


@pytest.mark.parametrize("step", [0, -1e-5, np.nan, np.inf])
def test_a_bad_step_in_a_sweep_is_refused(step):
    with pytest.raises(ERRORS, match="step"):
        step_size_sweep(half_square, P, steps=[0.1, step])


@pytest.mark.parametrize("kind", ["backward", "", None, 1])
def test_a_bad_kind_of_difference_is_refused(kind):
    with pytest.raises(ERRORS, match="kind"):
        nnlib.numerical_gradient(half_square, P, kind=kind)


@pytest.mark.parametrize("n_directions", [0, -1, 2.5, "3"])
def test_a_bad_number_of_directions_is_refused(n_directions):
    with pytest.raises(ERRORS, match="n_directions"):
        nnlib.check_gradient(half_square, P, n_directions=n_directions)


@pytest.mark.parametrize("tolerance", [-1e-6, np.nan, "1e-6", None])
def test_a_bad_tolerance_is_refused(tolerance):
    with pytest.raises(ERRORS, match="tolerance"):
        nnlib.check_gradient(half_square, P, tolerance=tolerance)


@pytest.mark.parametrize("call", [nnlib.check_gradient, step_size_sweep, taylor_slope])
@pytest.mark.parametrize("seed", [-1, 1.5, "one"])
def test_a_bad_seed_is_refused(call, seed):
    with pytest.raises(ERRORS, match="seed"):
        call(half_square, P, seed=seed)


@pytest.mark.parametrize("layer_sizes", [(4, 3), (3,), (1, 0), (1.0, 2.0), 3], ids=repr)
def test_layer_sizes_that_do_not_fit_are_refused(layer_sizes):
    with pytest.raises(ERRORS, match="layer_sizes"):
        nnlib.check_gradient(half_square, P, layer_sizes)


@pytest.mark.parametrize("gradient", [np.ones(3), np.ones(5), np.ones((4, 1)), 1.0])
def test_a_gradient_of_another_shape_is_refused(gradient):
    with pytest.raises(ValueError, match="gradient of shape"):
        nnlib.check_gradient(lambda p: (1.0, gradient), P)


def test_a_function_that_gives_no_gradient_is_refused():
    with pytest.raises(ERRORS, match="function"):
        nnlib.check_gradient(lambda p: float(p @ p), P)
