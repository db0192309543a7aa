"""What is kept on a pad: no drawing twice with two labels, and one that was removed is still known."""

import numpy as np
import pytest

from nnlib.examples import Example, drawing_key
from nnlib.pad.kept import Kept

ONE, SEVEN = [np.array([[0.0, 0], [0, 100]])], [np.array([[0.0, 0], [60, 0], [25, 100]])]


@pytest.fixture
def kept():
    return Kept([Example(ONE, 1), Example(SEVEN, 7, "Ada")])


def labels(kept):
    return [example.label for example in kept.examples]


def test_keeping_says_what_was_kept_and_how_many_there_are(kept):
    assert kept.keep([2 * SEVEN[0]], 8, "Bob") == "Kept as an 8. Kept so far: 3."
    assert kept.examples[2] == Example([2 * SEVEN[0]], 8, "Bob")


def test_the_same_strokes_drawn_twice_are_two_drawings(kept):
    kept.keep(SEVEN, 1)
    assert labels(kept) == [1, 7, 1]
    kept.select(1)
    kept.remove()
    assert labels(kept) == [1, 1]


def test_a_drawing_is_found_again_after_it_was_corrected(kept):
    kept.keep(SEVEN, 8)
    strokes = kept.examples[2].strokes
    assert kept.relabel(7, kept.index_of(strokes)) == "Drawing 3 is kept as a 7 now; it was an 8."
    assert kept.index_of(strokes) == 2
    kept.select(2)
    kept.remove()
    assert kept.index_of(strokes) is None


def test_correcting_and_removing_the_selected_one(kept):
    kept.select(1)
    assert kept.relabel(8) == "Drawing 2 is kept as an 8 now; it was a 7."
    assert kept.selected == 1
    kept.select(0)
    assert kept.remove() == "Removed drawing 1, a 1. Undo brings it back."
    assert (labels(kept), kept.selected) == ([8], None)
    assert kept.known == {drawing_key(ONE), drawing_key(SEVEN)}


def test_selecting_again_lets_go(kept):
    kept.select(1)
    kept.select(1)
    assert kept.selected is None


@pytest.mark.parametrize("index", [2, -1])
def test_what_is_not_there_cannot_be_selected(kept, index):
    with pytest.raises(ValueError, match=f"There is no drawing {index + 1}; 2 are kept"):
        kept.select(index)


@pytest.mark.parametrize("action", [Kept.remove, Kept.selected_one, lambda kept: kept.relabel(3)])
def test_nothing_is_selected(kept, action):
    with pytest.raises(ValueError, match="No drawing is selected"):
        action(kept)


def test_a_bad_label_changes_nothing(kept):
    kept.select(0)
    for label in (10, -1, True):
        with pytest.raises(ValueError, match="label"):
            kept.relabel(label)
        with pytest.raises(ValueError, match="label"):
            kept.keep(ONE, label)
    assert labels(kept) == [1, 7]


def test_adding_leaves_out_what_is_here_whatever_its_label(kept):
    three = Example([3 * SEVEN[0]], 3)
    assert kept.add([Example(SEVEN, 9), three, Example(ONE, 1), three]) == 2
    assert labels(kept) == [1, 7, 3, 3]
    assert kept.add([three]) == 0
