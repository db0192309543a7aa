"""Events become strokes, whatever a hand does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.pad.pen import Pen


@pytest.fixture
def pen():
    return Pen(100, 100, step=2)


def test_a_stroke_goes_from_down_to_up(pen):
    pen.down(10, 10)
    pen.move(20, 10)
    pen.up(20, 10)
    pen.down(50, 50)
    pen.up(50, 50)
    assert pen.strokes == [[(10, 10), (20, 10)], [(50, 50)]]


def test_moves_with_no_pen_down_are_ignored(pen):
    pen.move(20, 10)
    assert pen.strokes == []
    pen.down(10, 10)
    pen.up(10, 10)
    pen.move(20, 20)
    assert pen.strokes == [[(10, 10)]]


def test_points_nearer_than_a_step_are_left_out(pen):
    pen.down(10, 10)
    for x in (10.5, 11, 11.9, 12, 13, 14):
        pen.move(x, 10)
    assert pen.strokes == [[(10, 10), (12, 10), (14, 10)]]


def test_a_finger_that_leaves_ends_the_stroke_and_begins_another_when_it_is_back(pen):
    pen.fingers_down([(90, 50)])
    for x in (95, 105, 150, 102, 95, 80):
        pen.fingers_move([(x, 50)])
    assert pen.strokes == [[(90, 50), (95, 50)], [(95, 50), (80, 50)]]


def test_a_second_finger_ends_the_stroke_until_both_are_lifted(pen):
    pen.fingers_down([(10, 10)])
    pen.fingers_move([(20, 10)])
    pen.fingers_down([(20, 10), (80, 80)])
    pen.fingers_move([(30, 10), (70, 80)])
    pen.up([(30, 10)])  # one is lifted
    pen.fingers_move([(40, 10)])
    assert pen.strokes == [[(10, 10), (20, 10)]]
    pen.fingers_down([(5, 5)])
    assert pen.strokes[1:] == [[(5, 5)]]


def test_going_down_outside_draws_nothing(pen):
    pen.down(-5, 10)
    pen.up(-5, 10)
    assert pen.strokes == []


points = st.tuples(st.floats(-50, 150), st.floats(-50, 150))
events = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["down", "move", "up"]), points),
        st.tuples(st.sampled_from(["fingers_down", "fingers_move", "up"]), st.lists(points, max_size=3)),
    ),
    max_size=60,
)


@given(events)
def test_any_events_give_strokes_with_points_on_the_surface(events):
    pen = Pen(100, 100, step=2)
    for name, argument in events:
        if name.startswith("fingers"):
            getattr(pen, name)(argument)
        else:
            getattr(pen, name)(*argument)
    for stroke in pen.strokes:
        assert stroke
        assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in stroke)
