"""What is on the field, and when it is painted. The browser's part is in `tests/browser/`."""

import asyncio

import numpy as np
import pytest

from nnlib.pad.surface import INTERVAL, Surface

PAINT = ("fill_styled_rects", "stroke_lines", "fill_circle")


class Recorder:
    """A surface, how often it has called, and what was painted on its field since it was last asked."""

    def __init__(self, monkeypatch):
        self.calls = 0
        self.surface = Surface(140, self.on_change)
        self._painted = []
        for name in PAINT:
            monkeypatch.setattr(
                self.surface.ink, name, lambda *values, name=name: self._painted.append((name, *values))
            )

    def on_change(self):
        self.calls += 1
        self.surface.paint()

    def painted(self):
        painted, self._painted = self._painted, []
        return painted

    def event(self, name, x, y):
        self.surface.ink._handle_frontend_event(None, {"event": name, "x": x, "y": y}, [])


@pytest.fixture
def recorder(monkeypatch):
    return Recorder(monkeypatch)


def names(painted):
    return [name for name, *_ in painted]


def test_strokes_are_in_pixels_of_the_page(recorder):
    recorder.event("mouse_down", 100, 50)  # in canvas units, of which two are a pixel
    recorder.event("mouse_move", 120, 50)
    np.testing.assert_array_equal(recorder.surface.strokes, [[[50, 25], [60, 25]]])
    recorder.painted()
    recorder.surface.show_strokes([np.array([[10.0, 20], [30, 40]])])
    np.testing.assert_array_equal(recorder.surface.strokes, [[[10, 20], [30, 40]]])
    ((_, line),) = [command for command in recorder.painted() if command[0] == "stroke_lines"]
    np.testing.assert_array_equal(line, [[20, 40], [60, 80]])


def test_only_what_is_new_is_painted(recorder):
    recorder.surface.show_strokes([])
    assert names(recorder.painted()) == ["fill_styled_rects"]
    recorder.event("mouse_down", 10, 10)
    assert recorder.painted() == [("fill_circle", 10, 10, pytest.approx(2.2 / 28 * 280 / 2))]
    for x in (20, 30):
        recorder.event("mouse_move", x, 10)
        ((name, line),) = recorder.painted()
        assert name == "stroke_lines"
        np.testing.assert_array_equal(line, [[x - 10, 10], [x, 10]])
    recorder.event("mouse_up", 30, 10)
    recorder.event("mouse_move", 90, 90)
    assert recorder.painted() == []
    recorder.surface.set_pen_width(4.0)
    assert names(recorder.painted()) == ["fill_styled_rects", "stroke_lines"]


def test_a_drawing_shown_while_the_button_is_pressed_is_not_continued(recorder):
    shown = [np.array([[10.0, 20], [30, 40]])]
    recorder.event("mouse_down", 10, 10)
    recorder.surface.show_strokes(shown)
    recorder.event("mouse_move", 50, 50)
    np.testing.assert_array_equal(recorder.surface.strokes, shown)


def test_a_page_that_was_reloaded_gets_everything(recorder):
    recorder.surface.show_strokes([np.array([[10.0, 20], [30, 40]])])
    recorder.painted()
    recorder.surface.seen._handle_frontend_event(None, {"event": "client_ready"}, [])
    assert names(recorder.painted()) == ["fill_styled_rects", "stroke_lines"]


def test_an_image_goes_when_a_stroke_begins(recorder):
    surface = recorder.surface
    assert surface.is_empty
    image = np.eye(28)
    surface.show_strokes([np.zeros((1, 2))])
    surface.show_image(image)
    assert surface.strokes == []
    assert surface.image is image
    assert not surface.is_empty
    (_, *_, grey) = recorder.painted()[-1]
    np.testing.assert_array_equal(grey.reshape(28, 28, 3), np.repeat(255 * image[..., np.newaxis], 3, axis=2))
    recorder.event("mouse_move", 10, 10)  # with no button pressed
    assert surface.image is image
    recorder.event("mouse_down", 10, 10)
    assert surface.image is None
    (_, *_, grey), (name, *_) = recorder.painted()
    assert not grey.any()
    assert name == "fill_circle"


def test_many_events_share_one_painting(recorder):
    async def draw():
        recorder.event("mouse_down", 0, 0)
        for x in range(3, 270, 3):
            recorder.event("mouse_move", x, 0)
        assert recorder.calls == 0  # events only note points
        await asyncio.sleep(5 * INTERVAL)
        recorder.event("mouse_move", 276, 0)
        await asyncio.sleep(5 * INTERVAL)

    asyncio.run(draw())
    assert recorder.calls == 2
    assert sum(name == "stroke_lines" for name in names(recorder.painted())) == 2
    assert len(recorder.surface.strokes[0]) == 91
