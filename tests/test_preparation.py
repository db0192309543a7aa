"""Preparations do what they say by independent computations: upright, of one spread, with no ink lost."""

import numpy as np
import pytest
from scipy import ndimage

import nnlib
from nnlib import drawing
from nnlib.preparation import deskew, normalise, prepare


def moments(image):
    """Return the centre of mass and the slant (covariance of x and y over the variance of y) of an image."""
    y, x = np.indices(image.shape)
    ink = image.sum()
    mean_x, mean_y = np.sum(x * image) / ink, np.sum(y * image) / ink
    covariance = np.sum((x - mean_x) * (y - mean_y) * image) / ink
    return mean_x, mean_y, covariance / (np.sum((y - mean_y) ** 2 * image) / ink)


def slanted(slope):
    """Return a seven that leans, small enough that no deskewing pushes it out of the field."""
    seven = np.array([[-3.0, -5], [3, -5], [-1, 6]])
    seven[:, 0] += slope * seven[:, 1]
    return drawing.rasterise([seven + 13.5], 2.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_digits_stand_upright_in_the_middle_and_keep_their_ink(mnist, dtype):
    X = mnist.X_test[::50].astype(dtype)
    result = deskew(X)
    assert result.dtype == dtype
    assert result.shape == X.shape
    for before, after in zip(X.reshape(-1, 28, 28), result.reshape(-1, 28, 28), strict=True):
        mean_x, mean_y, slant = moments(after)
        assert abs(slant) < 0.05
        assert mean_x == pytest.approx(13.5, abs=0.15)
        assert mean_y == pytest.approx(moments(before)[1], abs=0.15)
        assert after.sum() == pytest.approx(before.sum(), rel=0.03)  # a little may leave at the sides


@pytest.mark.parametrize("slope", [-0.6, -0.2, 0, 0.3, 0.6])
def test_slant_does_not_matter(slope):
    upright, leaning = (deskew(image.reshape(1, -1)) for image in (slanted(0), slanted(slope)))
    assert np.abs(leaning - upright).mean() < 0.02


def test_it_is_the_shear_that_scipy_computes(mnist):
    images = mnist.X_test[::400].astype(np.float64)
    for image, result in zip(images.reshape(-1, 28, 28), deskew(images).reshape(-1, 28, 28), strict=True):
        mean_x, mean_y, slope = moments(image)
        # scipy: the value at (y, x) of the result comes from matrix @ (y, x) + offset of the image
        matrix = np.array([[1, 0], [slope, 1]])
        offset = [0, mean_x - 13.5 - slope * mean_y]
        expected = ndimage.affine_transform(image, matrix, offset, order=1, mode="grid-constant")
        np.testing.assert_allclose(result, expected, atol=1e-9)


def test_an_image_with_no_ink_stays_as_it_is():
    np.testing.assert_array_equal(deskew(np.zeros((2, 784))), np.zeros((2, 784)))


def test_a_level_line_and_a_dot_are_left_in_one_piece():
    for points in ([[8.0, 13.5], [19, 13.5]], [[13.5, 13.5]]):
        image = drawing.rasterise([np.array(points)], 2.0)
        np.testing.assert_allclose(deskew(image.reshape(1, -1))[0], image.ravel(), atol=1e-6)


def test_each_image_is_prepared_for_itself(mnist):
    X = mnist.X_test[:2500]  # several blocks
    np.testing.assert_array_equal(deskew(X)[[0, 999, 1000, 2499]], deskew(X[[0, 999, 1000, 2499]]))


def test_images_are_not_written_to(mnist):
    X = mnist.X_test[:3].copy()
    X.setflags(write=False)
    deskew(X)


def test_prepare_does_what_the_name_says(mnist):
    X = mnist.X_test[:3]
    np.testing.assert_array_equal(prepare(X, "deskew"), deskew(X))
    assert prepare(X) is X


@pytest.mark.parametrize("name", ["straighten", "", None, ["deskew"]])
def test_unknown_preparations_are_refused(mnist, name):
    with pytest.raises(ValueError, match=r"preparation is .* expected one of none, deskew"):
        prepare(mnist.X_test[:1], name)


@pytest.mark.parametrize("X", [np.zeros((1, 100)), np.zeros((0, 784)), np.full((1, 784), np.nan)])
def test_what_are_no_images_is_refused(X):
    with pytest.raises(ValueError, match="X"):
        deskew(X)


def test_a_saved_network_keeps_its_preparation(mnist, tmp_path):
    thetas = nnlib.init_thetas((784, 5, 10), seed=0)
    nnlib.save_thetas(tmp_path / "network.npz", thetas, preparation="deskew")
    network = nnlib.load_network(tmp_path / "network.npz")
    X = mnist.X_test[:20]
    np.testing.assert_array_equal(network.predict_scores(X), nnlib.predict_scores(thetas, deskew(X)))


# ---- normalise


def spreads(image):
    """Return the standard deviations of x and y, weighted by ink."""
    y, x = np.indices(image.shape)
    mean_x, mean_y, _ = moments(image)
    return [np.sqrt(np.sum(d**2 * image) / image.sum()) for d in (x - mean_x, y - mean_y)]


def test_digits_get_the_same_height_and_half_the_way_to_the_same_width(mnist):
    X = mnist.X_test[::50].astype(np.float64)
    ordinary = 0
    for before, after in zip(deskew(X).reshape(-1, 28, 28), normalise(X).reshape(-1, 28, 28), strict=True):
        mean_x, mean_y, slant = moments(after)
        assert (mean_x, mean_y) == pytest.approx((13.5, 13.5), abs=0.2)
        assert abs(slant) < 0.05
        width, height = spreads(before)
        if 0.65 < 5 / height < 1.5 and 0.65 < (3.5 / width) ** 0.5 < 1.5:  # no factor at its limit
            ordinary += 1
            # Sharing ink between two pixels spreads it a little.
            assert spreads(after) == pytest.approx(((3.5 * width) ** 0.5, 5), rel=0.04)
    assert ordinary > 150


def test_drawings_of_any_height_and_slant_become_alike():
    def seven(height, slope):
        points = np.array([[-3.0, -5], [3, -5], [-1, 6]]) * [1, height]
        points[:, 0] += slope * points[:, 1]
        return normalise(drawing.rasterise([points + 13.5], 2.0).reshape(1, -1))[0]

    expected = seven(1, 0)
    for height, slope in ((0.8, 0), (1.2, 0), (1, 0.4), (0.9, -0.3)):
        assert np.corrcoef(seven(height, slope), expected)[0, 1] > 0.93


def test_lengths_change_by_no_more_than_the_limits():
    dot = drawing.rasterise([np.array([[13.5, 13.5]])], 2.0)
    width, height = spreads(dot)
    after = normalise(dot.reshape(1, -1)).reshape(28, 28)
    assert spreads(after)[1] < 1.5 * height + 0.5
    assert spreads(after)[0] < 1.5 * width + 0.5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normalise_keeps_the_dtype_and_the_empty_image(mnist, dtype):
    assert normalise(mnist.X_test[:5].astype(dtype)).dtype == dtype
    np.testing.assert_array_equal(normalise(np.zeros((2, 784), dtype)), np.zeros((2, 784)))


def test_normalise_prepares_each_image_for_itself(mnist):
    X = mnist.X_test[:2500]
    np.testing.assert_array_equal(normalise(X)[[0, 999, 1000, 2499]], normalise(X[[0, 999, 1000, 2499]]))
