"""A picture with sliders: what is set is what is drawn, and what is saved is a picture."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from nnlib import plots
from nnlib.sliders import Sliders


@pytest.fixture
def bar():
    """A figure with one bar, whose height follows a slider."""
    figure, ax = plots.new_figure("A bar.", width=3, height=2)
    ax.set(ylim=(0, 10), xlim=(0, 1))
    ax.set_axis_off()  # so that all that is black is the bar
    (patch,) = ax.bar([0.5], [0], color="black")

    def draw(height=4, side="left"):
        patch.set_height(height)
        patch.set_x(0.0 if side == "left" else 0.6)
        patch.set_width(0.4)
        figure.alt = f"A bar of height {height}, on the {side}."

    return figure, draw


def shown(sliders):
    """Return the picture that is shown, and its alt text."""
    html = sliders.children[-1].value
    data = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("L")), re.search(r'alt="([^"]*)"', html)[1]


def ink(pixels):
    """Return the number of black pixels in the left half and in the right half."""
    dark = pixels < 50
    half = dark.shape[1] // 2
    return dark[:, :half].sum(), dark[:, half:].sum()


def test_a_slider_starts_at_the_default_and_moving_it_draws_anew(bar):
    sliders = Sliders(*bar, height=[0, 4, 8], side=["left", "right"])
    height, side, _ = sliders.children
    assert (height.value, side.value) == (4, "left")
    before, alt = shown(sliders)
    assert alt == "A bar of height 4, on the left."
    height.value = 8
    after, alt = shown(sliders)
    assert alt == "A bar of height 8, on the left."
    assert ink(after)[0] == pytest.approx(2 * ink(before)[0], rel=0.1)
    assert ink(before)[1] == 0
    side.value = "right"
    moved, _ = shown(sliders)
    assert ink(moved)[0] == 0
    assert ink(moved)[1] == pytest.approx(ink(after)[0], rel=0.1)


def test_without_a_default_it_starts_at_the_first_value():
    figure, _ = plots.new_figure("Nothing.")
    seen = []
    Sliders(figure, lambda a, b: seen.append((a, b)), a=[3, 5], b=np.array([0.5, 1.5]))
    assert seen == [(3, 0.5)]


def test_a_picture_that_was_drawn_is_kept(bar):
    figure, draw = bar
    moves = []

    def counted(height=4, side="left"):
        moves.append((height, side))
        draw(height, side)

    sliders = Sliders(figure, counted, height=[0, 4, 8], side=["left", "right"])
    height, side, picture = sliders.children
    first = picture.value
    height.value = 8
    second = picture.value
    height.value = 4
    assert picture.value == first
    height.value = 8
    assert picture.value == second
    side.value = "right"
    assert picture.value not in (first, second)
    assert moves == [(4, "left"), (8, "left"), (8, "right")]


def test_the_oldest_picture_is_dropped_when_there_are_too_many(bar, monkeypatch):
    monkeypatch.setattr("nnlib.sliders.KEPT", 2)
    figure, draw = bar
    moves = []

    def counted(height=4):
        moves.append(height)
        draw(height)

    height = Sliders(figure, counted, height=[0, 4, 8]).children[0]
    for value in (8, 4, 0, 8, 4):  # at 0 there are three: that of the start goes
        height.value = value
    assert moves == [4, 8, 0, 4]


def test_nothing_jumps_when_a_slider_is_moved(bar):
    figure, draw = bar
    sliders = Sliders(figure, draw, height=[0, 4, 8])
    place = figure.axes[0].get_position().bounds
    figure.axes[0].set_ylabel("a label that a new layout would make room for")
    sliders.children[0].value = 8
    assert figure.axes[0].get_position().bounds == place


def test_saved_in_a_notebook_it_is_the_picture_with_its_alt_text(bar):
    data, metadata = Sliders(*bar, height=[0, 4, 8])._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    with Image.open(io.BytesIO(data["image/png"])) as image:
        assert image.width == 2 * metadata["image/png"]["width"]
    assert metadata["image/png"]["alt"] == "A bar of height 4, on the left."
    assert "A bar of height 4" in data["text/plain"]


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"height": [4]}, ValueError, "height has 1 values"),
        ({"height": 4}, TypeError, "height is 4"),
        ({"height": [1, 2]}, ValueError, "height starts at 4"),
    ],
)
def test_sliders_that_cannot_be_are_refused(bar, values, error, words):
    with pytest.raises(error, match=words):
        Sliders(*bar, **values)


def test_what_is_no_figure_or_no_function_is_refused(bar):
    figure, draw = bar
    with pytest.raises(TypeError, match="figure is"):
        Sliders(None, draw, height=[1, 2])
    with pytest.raises(TypeError, match="draw is"):
        Sliders(figure, None, height=[1, 2])
