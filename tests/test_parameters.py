"""Initial weights, and the two forms of the parameters."""

import numpy as np
import pytest
import scipy.sparse
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import nnlib
from nnlib.parameters import sizes_of, theta_shapes

ANY_SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=5)


def n_params_of(layer_sizes):
    return sum(layer_sizes[i + 1] * (1 + layer_sizes[i]) for i in range(len(layer_sizes) - 1))


# ---- init_thetas


@pytest.mark.parametrize("layer_sizes", [(3, 2), (784, 100, 10), [5, 4, 3, 2], (2, 6, 5, 4, 3), np.array([4, 3, 2])])
def test_init_thetas_gives_one_float64_array_a_layer(layer_sizes):
    thetas = nnlib.init_thetas(layer_sizes, seed=0)
    assert isinstance(thetas, list)
    assert [theta.shape for theta in thetas] == [
        (layer_sizes[i + 1], 1 + layer_sizes[i]) for i in range(len(layer_sizes) - 1)
    ]
    assert all(theta.dtype == np.float64 for theta in thetas)


@pytest.mark.parametrize("epsilon", [None, 0.01, 2])
def test_init_thetas_is_uniform_between_minus_and_plus_epsilon(epsilon):
    options = {} if epsilon is None else {"epsilon": epsilon}
    width = 0.15 if epsilon is None else epsilon
    for theta in nnlib.init_thetas((200, 100, 60), seed=1, **options):
        values = theta.ravel()
        assert np.abs(values).max() <= width
        uniform = scipy.stats.uniform(loc=-width, scale=2 * width)
        assert scipy.stats.kstest(values, uniform.cdf).pvalue > 1e-3


def test_biases_are_random_too():
    theta = nnlib.init_thetas((5, 50), seed=0)[0]
    assert len(np.unique(theta[:, 0])) == 50


def test_same_seed_gives_the_same_network_bit_for_bit():
    for first, second in zip(nnlib.init_thetas((9, 7, 5), seed=3), nnlib.init_thetas((9, 7, 5), seed=3), strict=True):
        np.testing.assert_array_equal(first, second)


def test_other_seeds_and_no_seed_give_other_networks():
    flat = [nnlib.pack(nnlib.init_thetas((9, 7, 5), seed=seed)) for seed in (0, 1, None, None)]
    for i in range(len(flat)):
        for other in flat[i + 1 :]:
            assert not np.any(flat[i] == other)


def test_layers_of_equal_shape_differ():
    first, second = nnlib.init_thetas((6, 6, 6), seed=0)
    assert not np.any(first == second)


def test_a_generator_as_seed_is_drawn_from():
    rng = np.random.default_rng(5)
    first = nnlib.pack(nnlib.init_thetas((4, 3), seed=rng))
    second = nnlib.pack(nnlib.init_thetas((4, 3), seed=rng))
    np.testing.assert_array_equal(first, nnlib.pack(nnlib.init_thetas((4, 3), seed=5)))
    assert not np.any(first == second)


# ---- pack and unpack


def test_pack_goes_layer_by_layer_and_row_by_row():
    thetas = [np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[7.0, 8, 9]])]
    np.testing.assert_array_equal(nnlib.pack(thetas), [1, 2, 3, 4, 5, 6, 7, 8, 9])


def test_unpack_cuts_layer_by_layer_and_row_by_row():
    theta1, theta2 = nnlib.unpack(np.arange(1.0, 10), (2, 2, 1))
    np.testing.assert_array_equal(theta1, [[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(theta2, [[7, 8, 9]])


def test_pack_reads_the_logical_order_of_transposed_and_fortran_arrays():
    np.testing.assert_array_equal(nnlib.pack([np.array([[1.0, 4], [2, 5], [3, 6]]).T]), [1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(nnlib.pack([np.asfortranarray([[1.0, 2, 3], [4, 5, 6]])]), [1, 2, 3, 4, 5, 6])


@given(layer_sizes=ANY_SIZES, seed=st.integers(0, 999))
def test_unpack_undoes_pack_and_pack_undoes_unpack(layer_sizes, seed):
    params = np.random.default_rng(seed).normal(size=n_params_of(layer_sizes))
    thetas = nnlib.unpack(params, layer_sizes)
    assert [theta.shape for theta in thetas] == theta_shapes(layer_sizes)
    assert sizes_of(thetas) == tuple(layer_sizes)
    np.testing.assert_array_equal(nnlib.pack(thetas), params)
    for theta, again in zip(thetas, nnlib.unpack(nnlib.pack(thetas), layer_sizes), strict=True):
        np.testing.assert_array_equal(theta, again)


@given(layer_sizes=ANY_SIZES)
def test_unpack_gives_views_and_pack_a_copy(layer_sizes):
    params = np.zeros(n_params_of(layer_sizes))
    thetas = nnlib.unpack(params, layer_sizes)
    for i, theta in enumerate(thetas, start=1):
        theta[...] = i
    expected = np.repeat(np.arange(1.0, len(layer_sizes)), [theta.size for theta in thetas])
    np.testing.assert_array_equal(params, expected)
    packed = nnlib.pack(thetas)
    assert not np.shares_memory(packed, params)
    packed[:] = -1
    np.testing.assert_array_equal(params, expected)


def test_pack_of_a_single_layer_is_a_copy_too():
    theta = np.ones((2, 3))
    nnlib.pack([theta])[:] = 7
    np.testing.assert_array_equal(theta, np.ones((2, 3)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pack_and_unpack_keep_the_dtype(dtype):
    thetas = nnlib.unpack(np.arange(9, dtype=dtype), (2, 2, 1))
    assert [theta.dtype for theta in thetas] == [dtype, dtype]
    assert nnlib.pack(thetas).dtype == dtype


def test_unpack_and_pack_take_read_only_arrays():
    params = np.arange(9.0)
    params.setflags(write=False)
    np.testing.assert_array_equal(nnlib.pack(nnlib.unpack(params, (2, 2, 1))), params)
