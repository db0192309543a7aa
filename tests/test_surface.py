"""What is on the field, and when it is painted. The browser's part is in `tests/browser/`."""

import asyncio
import threading
import time

import ipycanvas
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


def test_what_the_page_sends_together_is_painted_once(recorder):
    stroke = [["down", 10, 10], ["move", 20, 10], ["move", 30, 10], ["up", 30, 10], ["down", 50, 50]]
    recorder.surface.pen(stroke)
    assert recorder.calls == 1
    np.testing.assert_array_equal(recorder.surface.strokes[0], [[5, 5], [10, 5], [15, 5]])
    assert len(recorder.surface.strokes) == 2
    recorder.surface.pen([["up"]])
    assert recorder.calls == 1  # nothing to paint
    with pytest.raises(KeyError):
        recorder.surface.pen([["__init__", 1, 1]])


def test_a_page_that_is_gone_does_not_take_the_next_painting_along(recorder):
    async def draw():
        recorder.surface.show_strokes([])
        recorder.event("mouse_down", 0, 0)  # to be painted a moment later

    asyncio.run(draw())  # but the loop ends before, as a subshell does when its page is closed
    assert recorder.calls == 1

    async def go_on():
        recorder.event("mouse_move", 30, 0)
        await asyncio.sleep(5 * INTERVAL)

    asyncio.run(go_on())
    assert recorder.calls == 2


def test_threads_paint_one_after_the_other(monkeypatch):
    painting, overlaps, errors = [], [], []

    def paint_slowly(*_):
        painting.append(threading.get_ident())
        time.sleep(0.001)
        overlaps.extend(painting[1:])
        painting.pop()

    surfaces = [Surface(140, lambda: None) for _ in range(2)]
    for surface in surfaces:
        surface._on_change = surface.paint
        monkeypatch.setattr(surface.seen, "fill_styled_rects", paint_slowly)

    def draw(surface):
        try:
            for x in range(100):
                surface.pen([["down", x, 10], ["move", x, 50], ["up"]])
        except Exception as error:
            errors.append(error)

    def show(surface):
        try:
            for x in range(100):
                surface.show_strokes([np.array([[x, 0.0], [x, 50]])])
                assert all(len(stroke) in (1, 2) for stroke in surface.strokes)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=act, args=[surface]) for act in (draw, show) for surface in surfaces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert overlaps == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_stops_a_painting_does_not_stop_the_next(recorder, monkeypatch, error):
    surface = recorder.surface
    with monkeypatch.context() as patch:
        patch.setattr(surface.ink, "stroke_lines", lambda *_: (_ for _ in ()).throw(error))
        with pytest.raises(error):
            surface.show_strokes([np.array([[10.0, 20], [30, 40]])])
    assert not ipycanvas.canvas._CANVAS_MANAGER._caching  # or every canvas would be frozen
    recorder.painted()
    surface.paint()
    assert names(recorder.painted()) == ["fill_styled_rects", "stroke_lines"]
