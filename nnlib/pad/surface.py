"""What you draw on: a field where ink appears as it flows, and beside it the 28 x 28 image that a network sees."""

import asyncio
import threading
import time
from contextlib import contextmanager

import ipycanvas
import numpy as np
from ipywidgets import Layout

from ..drawing import FIELD, PEN_WIDTH
from .pen import Pen

PEN_EVENTS = ("down", "move", "up", "fingers_down", "fingers_move")  # methods of Pen
DENSITY = 2  # canvas units per pixel of the page, so that ink is sharp on high-resolution screens
INTERVAL = 0.04  # seconds between two paintings: a browser that is sent more falls behind
# While a cell runs in the main thread, Jupyter calls a widget's callbacks in another. ipycanvas collects the commands
# for all canvases in one list, so there is one lock for all.
LOCK = threading.RLock()


class Surface:
    """Two canvases and what is on them: the strokes, the width of the pen, an image in place of a drawing.

    Mouse and touch events only note points. Soon after, `on_change` is called, which calls `paint`. All of it may be
    used from several threads.

    Parameters
    ----------
    size : int
        Side of the field, in pixels of the page.
    on_change : callable
        Called without arguments when there is something new to read and to paint: at once, or, while a hand
        draws, at most once per `INTERVAL`.

    Attributes
    ----------
    ink : ipycanvas.Canvas
        The field to draw on.
    seen : ipycanvas.Canvas
        Shows the image that the network sees.
    image : ndarray (28, 28) or None
        Fills the field in place of a drawing, until a stroke begins.
    pen_width : float
        In pixels of an image of 28 x 28 that fills the field.
    """

    def __init__(self, size, on_change):
        side = DENSITY * size
        self.ink = ipycanvas.Canvas(width=side, height=side, layout=Layout(width="100%", height="auto"))
        self.seen = ipycanvas.Canvas(width=FIELD, height=FIELD, layout=Layout(width="100%", height="auto"))
        self.image, self.pen_width = None, PEN_WIDTH
        self._pen = Pen(side, side, step=DENSITY)  # in canvas units, as events and paint are
        self._painted = None  # how many points of each stroke are on the field; None: paint it anew
        self._on_change = on_change
        self._due_in = None  # the event loop that will call `on_change`
        self._last_change = 0.0

        wire = {
            self.ink.on_mouse_down: self._pen.down,
            self.ink.on_mouse_move: self._pen.move,
            self.ink.on_mouse_up: self._pen.up,
            self.ink.on_mouse_out: self._pen.up,
            self.ink.on_touch_start: self._pen.fingers_down,
            self.ink.on_touch_move: self._pen.fingers_move,
            self.ink.on_touch_end: self._pen.up,
            self.ink.on_touch_cancel: self._pen.up,
        }
        for register, handle in wire.items():
            register(self._noting(handle))
        for canvas in (self.ink, self.seen):
            canvas.on_client_ready(self._replay)

    @property
    def strokes(self):
        """What is drawn: a list of arrays (k, 2), in pixels of the page."""
        with LOCK:
            return [np.array(stroke) / DENSITY for stroke in self._pen.strokes]

    @property
    def is_empty(self):
        """Whether the field shows neither a drawing nor an image."""
        return not self._pen.strokes and self.image is None

    def show_strokes(self, strokes):
        """Show these strokes, in pixels of the page, instead of what is there."""
        self._show([DENSITY * np.asarray(stroke) for stroke in strokes], None)

    def show_image(self, image):
        """Show an image (28, 28) instead of what is there."""
        self._show([], image)

    def pen(self, events):
        """Draw what the pen does: a list of lists, each the name of one of its events, and the arguments."""
        handlers = {name: getattr(self._pen, name) for name in PEN_EVENTS}
        if any([self._note(handlers[name], arguments) for name, *arguments in events]):
            self._change()

    def set_pen_width(self, width):
        """Change the width of the pen, also for what is drawn already."""
        self.pen_width = width
        self._renew()

    def paint(self, seen=None):
        """Paint what is new on the field, and the image (28, 28) that the network sees: black without one."""
        with LOCK:
            # Everything is computed beforehand: what goes wrong while canvases are held spoils the painting.
            seen_squares = _squares(self.seen, seen)
            field_squares = _squares(self.ink, self.image) if self._painted is None else None
            lines = self._new_lines()
            with self._held():
                if field_squares:
                    self.ink.fill_styled_rects(*field_squares)
                self._paint_lines(lines)
                self.seen.fill_styled_rects(*seen_squares)

    # When it changes.

    def _noting(self, handle):
        """Return the callback for an event that the pen handles."""

        def callback(*arguments):
            if self._note(handle, arguments):
                self.change_soon()

        return callback

    def _note(self, handle, arguments):
        """Let the pen handle an event; return whether it draws."""
        with LOCK:
            handle(*arguments)
            if self._pen.is_drawing and self.image is not None:
                self.image = self._painted = None
            return self._pen.is_drawing

    def _show(self, strokes, image):
        with LOCK:
            self._pen.up()
            self._pen.strokes = [[tuple(point) for point in stroke] for stroke in strokes]
            self.image = image
            self._renew()

    def _renew(self):
        """Have everything painted anew, at once."""
        with LOCK:
            self._painted = None
            self._change()

    def _replay(self, *_):
        """Have everything painted for a page that was reloaded: its canvases are blank."""
        # The page has forgotten which canvas was painted on last, but ipycanvas in the kernel has not (0.14.3).
        manager = getattr(self.ink, "_canvas_manager", None)
        if hasattr(manager, "_current_canvas"):
            manager._current_canvas = None
        self._renew()

    def change_soon(self):
        """Call `on_change` once for all that happens in an interval, when the interval is over."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel: nobody watches, and nothing can be done later
            self._change()
            return
        with LOCK:
            # Another thread's loop may be busy with a cell, or may have ended when its page was closed.
            if self._due_in is not loop:
                self._due_in = loop
                loop.call_later(max(0.0, self._last_change + INTERVAL - time.monotonic()), self._change)

    def _change(self):
        with LOCK:
            self._due_in, self._last_change = None, time.monotonic()
            self._on_change()

    def change_at_intervals(self, seconds):
        """Call `on_change` where the last call is at least so many seconds ago; if not, when the thread is free."""
        if time.monotonic() - self._last_change >= seconds:
            self._change()
        else:
            self.change_soon()

    # How it is painted.

    @contextmanager
    def _held(self):
        """Hold all canvases, and let them go whatever happens, which `hold_canvas` does not (0.14.3)."""
        try:
            with ipycanvas.hold_canvas():
                yield
        except BaseException:  # also the interrupt button, where a cell paints
            self._painted = None
            manager = getattr(self.ink, "_canvas_manager", None)
            if hasattr(manager, "_caching"):
                manager._caching = False
            raise

    def _new_lines(self):
        """Return what is not on the field yet, as arrays (k, 2), each joined to what is there; mark it as painted."""
        strokes, painted = self._pen.strokes, self._painted or []
        counts = [len(stroke) for stroke in strokes]  # once, since events may add points meanwhile
        lines = []
        for i, count in enumerate(counts):
            done = painted[i] if i < len(painted) else 0
            if count > done:
                lines.append(np.array(strokes[i][max(0, done - 1) : count], dtype=float))  # JSON may bring integers
        self._painted = counts
        return lines

    def _paint_lines(self, lines):
        canvas, width = self.ink, self.pen_width / FIELD * self.ink.width
        canvas.fill_style = canvas.stroke_style = "white"
        canvas.line_width, canvas.line_cap, canvas.line_join = width, "round", "round"
        for line in lines:
            if len(line) == 1:
                canvas.fill_circle(*line[0], width / 2)
            else:
                canvas.stroke_lines(line)


def _squares(canvas, image):
    """Return x, y, width, height and colours of the squares that fill a canvas with an image (28, 28); None is black.

    Unlike image data, squares need no decoding in the browser.
    """
    image = np.zeros((FIELD, FIELD)) if image is None else image
    edges = np.round(np.arange(FIELD + 1) * canvas.width / FIELD)
    x, y = np.meshgrid(edges[:-1], edges[:-1])
    width, height = np.meshgrid(np.diff(edges), np.diff(edges))
    grey = np.repeat(np.round(255 * image).astype(np.uint8).ravel(), 3)
    return x.ravel(), y.ravel(), width.ravel(), height.ravel(), grey
