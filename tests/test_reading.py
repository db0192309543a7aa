"""Which strokes make up which digit of a number, and what stands there."""

import itertools

import numpy as np
import pytest

import nnlib
from nnlib import Network, recognise, recognise_number, split_digits

DRAWINGS = {example.label: example.strokes for example in nnlib.load_examples()}


def stroke(*points):
    return np.array(points, dtype=float)


def arc(x, y, width, height, start, end):
    """Return a stroke along an ellipse around (x, y), from one angle to another, in degrees; 0 is on the right."""
    angles = np.radians(np.linspace(start, end, 30))
    return np.stack([x + width / 2 * np.cos(angles), y + height / 2 * np.sin(angles)], axis=1)


def upright(x, top=0.0, bottom=100.0):
    return stroke((x, top), (x, bottom))


FIVE = np.concatenate([stroke((10, 0), (8, 45)), arc(25, 68, 50, 60, -120, 150)])
TWO = np.concatenate([arc(25, 25, 50, 50, -160, 40), stroke((0, 100), (55, 98))])


def moved(strokes, dx, dy=0.0, factor=1.0):
    return [points * factor + (dx, dy) for points in strokes]


def number(labels, gap, heights=(1.0,)):
    """Return the shipped drawings of these digits side by side, a list of strokes each; a gap and heights in units."""
    digits, right = [], 0.0
    for label, height in zip(labels, itertools.cycle(heights)):
        points = np.concatenate(DRAWINGS[label])
        factor = height / np.ptp(points[:, 1])
        digit = moved(DRAWINGS[label], 0, factor=factor)
        digits.append(moved(digit, right - factor * points[:, 0].min()))
        right += factor * np.ptp(points[:, 0]) + gap
    return digits


def together(digits):
    return [points for digit in digits for points in digit]


def assert_same(found, expected):
    """Both are the same lists of strokes, in the same order."""
    assert [len(digit) for digit in found] == [len(digit) for digit in expected]
    for a, b in zip(together(found), together(expected), strict=True):
        np.testing.assert_array_equal(a, b)


def read(strokes):
    return [digit for digit, _ in recognise_number(strokes)]


@pytest.mark.parametrize("labels", list(itertools.product(range(10), repeat=2)))
def test_all_pairs_of_the_drawings_are_read(labels):
    digits = number(labels, gap=0.25, heights=(1.0, 1.25))
    assert_same(split_digits(together(digits)), digits)
    assert read(together(digits)) == list(labels)


def test_a_long_number():
    digits = number([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5], gap=0.2)
    assert_same(split_digits(together(digits)), digits)
    assert read(together(digits)) == [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]


ONE_DIGIT = {
    "a 1 whose upstroke is a stroke of its own, and with a foot": (
        1,
        [stroke((0, 30), (25, 0)), upright(25), stroke((5, 100), (45, 100))],
    ),
    "a 1 drawn over once more": (1, [upright(0), stroke((1, 2), (1, 99))]),
    "a 1 with a dot, like an i": (1, [upright(0, 25), stroke((4, 0), (5, 1))]),
    "a 2 with a foot": (2, [TWO[:-1], TWO[-2:]]),
    "a 4 whose strokes cross": (4, [stroke((20, 0), (0, 60), (60, 60)), upright(45, 30)]),
    "a 4 whose upright touches": (4, [stroke((0, 0), (0, 55), (45, 55)), upright(45)]),
    "a 4 whose upright stands apart": (4, [stroke((20, 0), (0, 60), (45, 60)), upright(53, 10)]),
    "a 4 of three strokes": (4, [stroke((20, 0), (0, 60)), stroke((0, 60), (60, 60)), upright(45, 30)]),
    "a 5 with a bar": (5, [FIVE, stroke((10, 0), (55, -2))]),
    "a 5 whose bar floats to the right": (5, [FIVE, stroke((57, -3), (90, -6))]),
    "a 6 of a stem and a circle": (6, [upright(0), arc(25, 75, 50, 50, 0, 360)]),
    "a 7 with a crossbar": (7, [stroke((0, 0), (60, 0), (25, 100)), stroke((20, 50), (60, 48))]),
    "a 7 whose crossbar lies on the right": (7, [stroke((0, 0), (60, 0), (25, 100)), stroke((38, 50), (62, 48))]),
    "an 8 of two circles": (8, [arc(25, 25, 44, 50, 0, 360), arc(25, 75, 50, 50, 0, 360)]),
    "a 9 of a circle and a stem": (9, [arc(25, 25, 50, 50, 0, 360), upright(52)]),
    "a 0 of two halves": (0, [arc(30, 50, 60, 100, 90, 270), arc(30, 50, 60, 100, -90, 90)]),
}


@pytest.mark.parametrize(("label", "strokes"), ONE_DIGIT.values(), ids=ONE_DIGIT)
def test_one_digit_of_several_strokes_stays_one(label, strokes):
    for order in itertools.permutations(strokes):
        assert_same(split_digits(order), [list(order)])
    assert read(strokes) == [label]


@pytest.mark.parametrize(
    ("labels", "digits"),
    [
        ([1, 1], [[upright(0)], [upright(30)]]),
        ([1, 1], [[upright(0)], [upright(12)]]),
        ([1, 0], [[upright(0)], [arc(45, 50, 50, 100, 0, 360)]]),
        ([0, 1], [[arc(25, 50, 50, 100, 0, 360)], [upright(65)]]),
        ([0, 0], [[arc(25, 50, 50, 100, 0, 360)], [arc(85, 50, 50, 100, 0, 360)]]),
        ([7, 1], [[stroke((0, 0), (60, 0), (25, 100))], [upright(58, 20)]]),
        ([5, 1], [[FIVE, stroke((10, 0), (60, -2))], [upright(75)]]),
        ([4, 1], [[stroke((20, 0), (0, 60), (45, 60)), upright(53, 10)], [upright(75)]]),
        ([1, 4], [[upright(-15)], [stroke((20, 0), (0, 60), (45, 60)), upright(53, 10)]]),
    ],
)
def test_two_digits_close_together_are_two(labels, digits):
    for order in itertools.permutations(digits):
        assert_same(split_digits(together(order)), digits)
    assert read(together(digits)) == labels


@pytest.mark.parametrize("digits", [number([1, 2], 0.3), number([4, 7, 5], 0.15), number([8], 0)], ids=len)
def test_neither_position_nor_unit_matters(digits):
    for factor in (1e-6, 7.0, 1e9):
        for dx, dy in ((0, 0), (-3 * factor, 5 * factor)):
            changed = [moved(digit, dx, dy, factor) for digit in digits]
            assert_same(split_digits(together(changed)), changed)


def test_the_order_of_strokes_does_not_matter():
    digits = [[FIVE, stroke((10, 0), (55, -2))], moved([stroke((20, 0), (0, 60), (60, 60)), upright(45, 30)], 80)]
    for order in itertools.permutations(range(4)):
        strokes = [together(digits)[i] for i in order]
        expected = [[together(digits)[i] for i in order if i < 2], [together(digits)[i] for i in order if i >= 2]]
        assert_same(split_digits(strokes), expected)


def scores(monkeypatch, **best):
    """Let a network give these best scores to drawings of one stroke, of two and so on; return how many it sees."""
    seen = []
    monkeypatch.setattr("nnlib.reading.strokes_to_image", lambda strokes: np.array([len(strokes)]))

    def predict_scores(network, X):
        seen.append(len(X))
        return np.array([[best[f"of_{n}"], 0.1] for n in X[:, 0]])

    monkeypatch.setattr(Network, "predict_scores", predict_scores)
    return seen


@pytest.mark.parametrize(
    ("best", "sizes"),
    [
        ({"of_1": 0.5, "of_2": 0.9}, [2]),
        ({"of_1": 0.9, "of_2": 0.5}, [1, 1]),
        ({"of_1": 0.9, "of_2": 0.8}, [2]),  # one digit has the benefit of the doubt
    ],
)
@pytest.mark.parametrize("gap", [-0.15, 0.0, 0.08])
def test_where_boxes_nearly_touch_the_scores_decide(monkeypatch, gap, best, sizes):
    seen = scores(monkeypatch, **best)
    digits = split_digits([stroke((0, 0), (1, 1)), stroke((1 + gap, 1), (2 + gap, 0))])
    assert [len(digit) for digit in digits] == sizes
    assert seen == [3]


@pytest.mark.parametrize(("gap", "sizes"), [(-0.3, [2]), (0.15, [1, 1]), (0.6, [1, 1])])
def test_elsewhere_the_positions_decide(monkeypatch, gap, sizes):
    seen = scores(monkeypatch)
    digits = split_digits([stroke((0, 0), (1, 1)), stroke((1 + gap, 1), (2 + gap, 0))])
    assert [len(digit) for digit in digits] == sizes
    assert seen == []


@pytest.mark.parametrize(
    ("best", "sizes"),
    [
        ({"of_1": 0.9, "of_2": 0.2, "of_3": 0.2}, [1, 1, 1]),
        ({"of_1": 0.2, "of_2": 0.2, "of_3": 0.9}, [3]),
        ({"of_1": 0.3, "of_2": 0.9, "of_3": 0.4}, [1, 2]),
    ],
)
def test_three_parts_are_tried_in_all_ways(monkeypatch, best, sizes):
    seen = scores(monkeypatch, **best)
    digits = split_digits([stroke((i, 0), (i + 1, 1)) for i in range(3)])
    assert sorted(len(digit) for digit in digits) == sizes
    assert seen == [6]


def test_each_digit_has_the_scores_that_recognise_gives():
    plain = nnlib.load_network(nnlib.data.DATA_FOLDER / "network-plain.npz")
    digits = number([5, 2, 4], 0.3)
    for network in (None, plain):
        result = recognise_number(together(digits), network)
        for (digit, scores), strokes in zip(result, digits, strict=True):
            expected_digit, expected_scores = recognise(strokes, network)
            assert digit == expected_digit
            assert isinstance(digit, int)
            np.testing.assert_allclose(scores, expected_scores, atol=1e-12)


@pytest.mark.parametrize(
    "strokes",
    [
        [upright(i) for i in range(300)],
        [upright(20 * i) for i in range(300)],
        [np.random.default_rng(i).uniform(0, 300, (2, 2)) for i in range(300)],
        [np.array([[7.0 * i, 0]]) for i in range(10_000)],
        [np.array([[0, 0], [i, 1000]]) for i in range(5_000)],
    ],
    ids=["hatching", "a long fence", "a scribble", "a row of dots", "a fan"],
)
def test_a_scribble_of_many_strokes_is_one_drawing(monkeypatch, strokes):
    seen = scores(monkeypatch)
    assert_same(split_digits(strokes), [strokes])
    assert seen == []


def test_few_images_are_made_of_a_crowd(monkeypatch):
    seen = scores(monkeypatch, **{f"of_{n}": 0.5 for n in range(1, 31)})
    split_digits([stroke((i + 0.2 * (i // 5), 0), (i + 1 + 0.2 * (i // 5), 1)) for i in range(30)])
    assert seen == [15] * 6


def test_dots_alone_and_level_lines_are_taken():
    assert len(split_digits([stroke((0, 0)), stroke((10, 0))])) == 2
    assert len(split_digits([stroke((0, 0)), stroke((0, 0))])) == 1
    assert len(split_digits([stroke((0, 0), (10, 0)), stroke((0, 5), (10, 5))])) == 1


def test_strokes_without_points_are_left_out():
    assert_same(split_digits([[], [[0, 0], [0, 10]], []]), [[upright(0, 0, 10)]])


@pytest.mark.parametrize("function", [recognise_number, split_digits])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "there is no ink"),
        (([[[0, np.nan]]],), "NaN"),
        ((7,), "strokes is a int"),
        (([upright(0)], "network.npz"), "network is a str"),
    ],
)
def test_errors_are_those_of_recognise(function, arguments, message):
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        function(*arguments)
    with pytest.raises(caught.type) as expected:
        recognise(*arguments)
    assert str(caught.value) == str(expected.value)
