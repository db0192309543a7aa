"""Varied digits are still the same digits, and vary as they should."""

import numpy as np
import pytest
from scipy import ndimage

import nnlib
from nnlib.augment import _sample, _thicken


@pytest.fixture(scope="module")
def digits(mnist):
    return mnist.X_test[::20], mnist.y_test[::20]


def test_a_network_reads_varied_digits_nearly_as_well(digits):
    X, y = digits
    network = nnlib.load_network()
    varied = np.mean(network.predict(nnlib.augment(X, 0)) == y)
    assert varied > np.mean(network.predict(X) == y) - 0.05


def test_every_image_varies_in_its_own_way_and_values_stay_between_0_and_1(digits):
    one = digits[0][:1]
    varied = nnlib.augment(np.repeat(one, 600, axis=0), 1)
    assert varied.min() >= 0
    assert varied.max() <= 1
    assert len(np.unique(varied, axis=0)) == 600
    ink = varied.sum(axis=1) / one.sum()
    assert 0.9 < np.median(ink) < 1.15  # neither thicker nor thinner on the whole
    assert ink.std() > 0.1


def test_digits_turn_slant_and_move_to_both_sides_alike():
    bar = np.zeros((28, 28))
    bar[4:24, 13:15] = 1
    varied = nnlib.augment(np.repeat(bar.reshape(1, -1), 2000, axis=0), 2).reshape(-1, 28, 28)
    rows, columns = np.indices((28, 28)) - 13.5
    ink = varied.sum(axis=(1, 2))
    x, y = ((varied * place).sum(axis=(1, 2)) / ink for place in (columns, rows))
    slope = (varied * columns * rows).sum(axis=(1, 2)) / (varied * rows**2).sum(axis=(1, 2))
    for moved in (x, y, slope):
        assert abs(np.median(moved)) < 4 * moved.std() / np.sqrt(2000)
        assert moved.std() > 0.05


def test_without_strength_nothing_changes(digits):
    np.testing.assert_allclose(nnlib.augment(digits[0], 0, strength=0), digits[0], atol=1e-6)


def test_the_same_seed_gives_the_same_images_on_any_number_of_threads(digits):
    X = digits[0]
    alone = nnlib.augment(X, 3, n_threads=1)
    np.testing.assert_array_equal(nnlib.augment(X, 3, n_threads=2), alone)
    np.testing.assert_array_equal(nnlib.augment(X, np.random.default_rng(3), n_threads=3), alone)
    assert not np.array_equal(nnlib.augment(X, 4), alone)


def test_the_images_are_not_written_to_and_keep_their_dtype(digits):
    for dtype in (np.float32, np.float64):
        X = digits[0][:7].astype(dtype)
        X.flags.writeable = False
        assert nnlib.augment(X, 0).dtype == dtype


def test_between_pixels_the_ink_is_that_of_scipy():
    rng = np.random.default_rng(0)
    images = rng.random((3, 784))
    x, y = rng.uniform(-3, 31, (2, 3, 28, 28))
    expected = [
        ndimage.map_coordinates(np.pad(image.reshape(28, 28), 5), [rows + 5, columns + 5], order=1)
        for image, rows, columns in zip(images, y, x, strict=True)
    ]
    np.testing.assert_allclose(_sample(images, x.copy(), y.copy()), expected, atol=1e-3)


@pytest.mark.parametrize(("change", "filtered"), [(1.0, ndimage.grey_dilation), (-1.0, ndimage.grey_erosion)])
def test_thickening_as_far_as_it_goes_is_that_of_scipy(change, filtered):
    images = np.random.default_rng(0).random((2, 28, 28))
    images[:, 0] = images[:, -1] = images[:, :, 0] = images[:, :, -1] = 0  # SciPy sees another world beyond the edge
    cross = ndimage.generate_binary_structure(2, 1)
    expected = [filtered(image, footprint=cross) for image in images]
    np.testing.assert_allclose(_thicken(images, np.full((2, 1, 1), change)), expected)


def test_what_is_no_image_is_refused():
    with pytest.raises(ValueError, match="images has shape"):
        nnlib.augment(np.zeros((3, 100)))
    with pytest.raises(ValueError, match="strength is -1"):
        nnlib.augment(np.zeros((3, 784)), strength=-1)
