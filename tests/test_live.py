"""The learning curve that grows in a notebook."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from nnlib import live

HISTORY = {"cost": [6.9, 3.0, 1.0, 0.3], "seconds": [1.0, 2.0, 3.0, 4.0]}
SVG = "{http://www.w3.org/2000/svg}"


def parsed(history, max_iter=10):
    return ET.fromstring(live.curve_svg(history, max_iter, "a < b & c"))


def test_the_curve_falls_and_stays_within_its_axes():
    points = parsed(HISTORY).find(f"{SVG}polyline").get("points").split()
    places = [tuple(map(float, point.split(","))) for point in points]
    assert len(places) == len(HISTORY["cost"])
    xs, ys = zip(*places, strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys)  # y grows downwards
    assert all(live.LEFT < x < live.WIDTH - live.RIGHT and live.TOP < y < live.HEIGHT - live.BOTTOM for x, y in places)


def test_equal_ratios_of_cost_are_equal_heights():
    ys = [
        float(point.split(",")[1])
        for point in parsed({"cost": [8.0, 4.0, 2.0, 1.0], "seconds": [0.0]})
        .find(f"{SVG}polyline")
        .get("points")
        .split()
    ]
    steps = [b - a for a, b in pairwise(ys)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.11)  # coordinates have one decimal


@pytest.mark.parametrize("cost", [[1.0], [1.0, 1.0], [5e-7, 4e-7]])
def test_short_flat_and_tiny_histories_can_be_drawn(cost):
    assert parsed({"cost": cost, "seconds": [0.0] * len(cost)}).find(f"{SVG}polyline") is not None


def test_words_say_where_it_stands_and_what_is_left():
    assert live.progress_in_words(HISTORY, 10) == "Iteration 4 of 10 · cost 0.3000 · 6 s left"
    with_accuracy = HISTORY | {"validation_accuracy": [0.5, 0.6, 0.7, 0.875]}
    assert (
        live.progress_in_words(with_accuracy, 4) == "Iteration 4 of 4 · cost 0.3000 · validation accuracy 87.50 % · 4 s"
    )


def test_the_last_iteration_is_drawn_and_one_display_is_updated(monkeypatch):
    shown = []

    class Handle:
        def update(self, picture):
            shown.append(picture)

    def display(picture, display_id):
        shown.append(picture)
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    curve = live.LiveCurve(4)
    for n in range(1, 5):
        curve({name: values[:n] for name, values in HISTORY.items()})
    assert 'alt="Learning curve. Iteration 4 of 4' in shown[-1].data
    assert len(shown) < 4  # not more than ten a second
