"""Strokes become images as MNIST's were made: the ink's box, its mass, its grey, and everything that may be drawn."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import nnlib
from nnlib import drawing

SEVEN = [np.array([[10.0, 10], [90, 10], [40, 120]]), np.array([[40.0, 60], [80, 60]])]
strokes_of_any_shape = st.lists(
    st.integers(1, 12).flatmap(lambda k: arrays(float, (k, 2), elements=st.floats(-100, 100, width=32))),
    min_size=1,
    max_size=4,
)


def ink_box(image):
    """Return the height and width of what is inked, counting grey edges by their share."""
    return image.max(axis=1).sum(), image.max(axis=0).sum()


def test_longer_side_is_twenty_pixels_and_the_aspect_ratio_is_kept():
    frame = [np.array([[0.0, 0], [40, 0], [40, 80], [0, 80], [0, 0]])]
    height, width = ink_box(drawing.strokes_to_image(frame, pen_width=2.0))
    assert height == pytest.approx(20, abs=0.1)
    # Between the middles of the lines 18 pixels high, so 9 wide; the pen adds 2.
    assert width == pytest.approx(11, abs=0.1)


def test_centre_of_mass_is_in_the_middle():
    image = drawing.strokes_to_image(SEVEN)
    np.testing.assert_allclose(drawing.centre_of_mass(image), [13.5, 13.5], atol=0.05)


def test_without_centring_the_box_is_in_the_middle():
    image = drawing.strokes_to_image(SEVEN, centre=False)
    inked = image > 0.01
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    assert rows[0] + rows[-1] == columns[0] + columns[-1] == 27
    assert np.abs(drawing.centre_of_mass(image) - 13.5).max() > 0.5


def test_without_scaling_the_strokes_are_in_pixels():
    image = drawing.strokes_to_image([np.array([[5.0, 3], [5, 8]])], pen_width=1, scale=False, centre=False)
    expected = np.zeros((28, 28))
    expected[3:9, 5] = 1
    np.testing.assert_allclose(image, expected, atol=1e-12)


def test_without_smoothing_pixels_are_black_or_white():
    assert set(np.unique(drawing.strokes_to_image(SEVEN, smooth=False))) == {0, 1}
    assert len(np.unique(drawing.strokes_to_image(SEVEN))) > 10


@pytest.mark.parametrize("pen_width", [1.0, 2.0, 3.5])
def test_ink_of_a_dot_is_on_average_the_volume_of_a_disc_with_a_soft_edge(pen_width):
    # The edge falls from 1 to 0 between r - 1/2 and r + 1/2: the volume is pi (r² + 1/12). The grid sees it
    # differently from each place within a pixel, and rightly on average over them.
    within = (np.arange(8) + 0.5) / 8
    volumes = [
        drawing.rasterise([np.array([[13 + x, 13 + y]])], pen_width=pen_width).sum() for x in within for y in within
    ]
    assert np.mean(volumes) == pytest.approx(np.pi * ((pen_width / 2) ** 2 + 1 / 12), rel=0.01)


def test_ink_of_a_line_is_its_length_times_the_pen():
    short, long = (
        drawing.rasterise([np.array([[5.3, 9.7], [5.3 + length, 9.7]])], pen_width=2.0).sum() for length in (4, 14)
    )
    assert long - short == pytest.approx(10 * 2.0, abs=0.05)


def test_image_is_the_same_pixel_by_pixel_as_by_brute_force():
    rng = np.random.default_rng(0)
    strokes = [rng.uniform(2, 25, (6, 2)), rng.uniform(2, 25, (1, 2)), rng.uniform(2, 25, (3, 2))]
    image = drawing.rasterise(strokes, pen_width=2.5)
    for row, column in np.ndindex(28, 28):
        nearest = np.inf
        for stroke in strokes:
            for a, b in pairwise(stroke) if len(stroke) > 1 else [(stroke[0], stroke[0])]:
                pixel, along = np.array([column, row]), b - a
                t = np.clip((pixel - a) @ along / max(along @ along, 1e-300), 0, 1)
                nearest = min(nearest, np.linalg.norm(pixel - a - t * along))
        assert image[row, column] == pytest.approx(np.clip(1.25 + 0.5 - nearest, 0, 1), abs=1e-9)


@settings(max_examples=60)
@given(
    strokes=strokes_of_any_shape,
    unit=st.floats(1e-3, 1e3),
    move=st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
)
def test_unit_and_position_do_not_matter(strokes, unit, move):
    spread = np.ptp(np.concatenate(strokes), axis=0).max()
    if 0 < spread < 1e-2:  # the numbers themselves would lose the drawing's digits when moved
        return
    image = drawing.strokes_to_image(strokes)
    other = drawing.strokes_to_image([stroke * unit + np.array(move) * unit for stroke in strokes])
    np.testing.assert_allclose(other, image, atol=1e-6)


@settings(max_examples=60)
@given(strokes=strokes_of_any_shape)
def test_any_drawing_gives_an_image(strokes):
    image = drawing.strokes_to_image(strokes)
    assert image.shape == (28, 28)
    assert image.min() >= 0
    assert 0.5 < image.max() <= 1


@pytest.mark.parametrize(
    "strokes",
    {
        "a dot": [[[5, 5]]],
        "a dot twice": [[[5, 5], [5, 5]]],
        "a level line": [[[0, 5], [100, 5]]],
        "an upright line": [[[5, 0], [5, 100]]],
        "integers": [np.array([[0, 0], [3, 9]])],
        "thousands of points": [np.cumsum(np.random.default_rng(0).normal(size=(5000, 2)), axis=0)],
        "repeated points": [np.repeat([[0.0, 0], [1, 1]], 500, axis=0)],
        "an empty stroke among others": [np.zeros((0, 2)), [[0, 0], [1, 2]], []],
    }.items(),
    ids=lambda item: item[0],
)
def test_unusual_drawings_give_an_image(strokes):
    image = drawing.strokes_to_image(strokes[1])
    assert image.shape == (28, 28)
    assert image.sum() > 1


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        ([], "no ink"),
        ([[]], "no ink"),
        ([np.zeros((0, 2))], "no ink"),
        ([[[0, np.nan]]], r"strokes\[0\] .*NaN"),
        ([[[0, 0], [1, np.inf]]], r"strokes\[0\] .*infinite"),
        ([[[0, 0]], [[0, 0, 0]]], r"strokes\[1\] has shape \(1, 3\)"),
        ([[1, 2]], r"strokes\[0\] has shape \(2,\)"),
        ([[["a", "b"]]], r"strokes\[0\] has dtype"),
        (None, "strokes is a NoneType"),
        (3, "strokes is a int"),
    ],
)
def test_what_is_no_drawing_is_refused(strokes, words):
    with pytest.raises((ValueError, TypeError), match=words):
        drawing.strokes_to_image(strokes)


@pytest.mark.parametrize("pen_width", [0, -1, np.nan, "2"])
def test_a_bad_pen_is_refused(pen_width):
    with pytest.raises((ValueError, TypeError), match="pen_width"):
        drawing.strokes_to_image(SEVEN, pen_width=pen_width)


def test_strokes_are_not_written_to():
    strokes = [stroke.copy() for stroke in SEVEN]
    for stroke in strokes:
        stroke.setflags(write=False)
    drawing.strokes_to_image(strokes)


def test_recognise_reads_plain_digits():
    angle = np.linspace(0, 2 * np.pi, 40)
    circle = np.column_stack([60 * np.sin(angle), -100 * np.cos(angle)])
    assert nnlib.recognise([circle])[0] == 0
    assert nnlib.recognise([np.array([[0.0, 0], [0, 100]])])[0] == 1
    assert nnlib.recognise([np.array([[0.0, 0], [60, 0], [25, 100]])])[0] == 7


def test_recognise_gives_the_scores_of_the_networks_own_preparation():
    network = nnlib.Network(nnlib.init_thetas((784, 5, 10), seed=0), "deskew")
    digit, scores = nnlib.recognise(SEVEN, network)
    image = drawing.strokes_to_image(SEVEN).reshape(1, -1)
    np.testing.assert_array_equal(scores, network.predict_scores(image)[0])
    assert scores.shape == (10,)
    assert digit == scores.argmax()
    assert isinstance(digit, int)


def test_recognise_needs_ink():
    with pytest.raises(ValueError, match="no ink"):
        nnlib.recognise([])


@pytest.mark.parametrize(
    ("strokes", "options", "message"),
    [
        (SEVEN, {"pen_width": 20}, "pen_width is 20.0; expected less than 20"),
        ([stroke + 1000 for stroke in SEVEN], {"scale": False}, "no ink within the 28 x 28"),
        ([np.array([[0, 0], [1e300, 0]])], {}, "reaches 1e.300"),
    ],
)
def test_what_cannot_be_drawn(strokes, options, message):
    with pytest.raises(ValueError, match=message):
        nnlib.strokes_to_image(strokes, **options)


# ---- drawings that are far larger than the field, or have far more points


def ink_by_definition(strokes, pen_width):
    """Return the image from each pixel's distance to each whole segment, without pieces, windows or clipping."""
    y, x = np.indices((28, 28))
    nearest = np.full((28, 28), np.inf)
    for stroke in strokes:
        for (x0, y0), (x1, y1) in pairwise(stroke.tolist()):
            length = (x1 - x0) ** 2 + (y1 - y0) ** 2
            share = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / (length or 1), 0, 1)
            nearest = np.minimum(nearest, np.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0)))
    return np.clip(pen_width / 2 + 0.5 - nearest, 0, 1)


@settings(max_examples=200)
@given(arrays(float, (4, 2), elements=st.floats(-60, 90, width=32)), st.sampled_from([0.5, 2.2, 7.0]))
def test_what_lies_outside_the_field_is_cut_off_and_nothing_else(stroke, pen_width):
    expected = ink_by_definition([stroke], pen_width)
    np.testing.assert_allclose(drawing.rasterise([stroke], pen_width), expected, atol=1e-9)


@pytest.mark.parametrize("far", [1e3, 1e6, 1e9])
def test_a_line_from_far_away(far):
    tracemalloc.start()
    found = drawing.strokes_to_image([np.array([[-far, -far / 2], [far, far / 2]])], scale=False, centre=False)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000  # it was gigabytes
    tracemalloc.stop()
    near = drawing.strokes_to_image([np.array([[-50.0, -25], [50, 25]])], scale=False, centre=False)
    np.testing.assert_allclose(found, near, atol=1e-5)


def test_farther_than_floats_can_tell_pixels_apart():
    strokes = [np.array([[-1e10, 5], [1e10, 5]])]
    with pytest.raises(ValueError, match=r"strokes reach 1e\+10 pixels; expected 1e\+09 at most"):
        drawing.strokes_to_image(strokes, scale=False)
    assert drawing.strokes_to_image(strokes).any()


def test_many_points_take_no_more_memory_than_few():
    scribble = np.random.default_rng(0).random((10_000, 2))
    tracemalloc.start()
    drawing.strokes_to_image([scribble])
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_too_many_points():
    with pytest.raises(ValueError, match="strokes holds 10,001 points; expected 10,000 at most"):
        drawing.check_strokes([np.zeros((5000, 2)), np.zeros((5001, 2))])
