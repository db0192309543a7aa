"""What one draws on: a canvas that shows ink as it flows, and the 28 x 28 image that a network sees beside it."""

import asyncio
import time

import ipycanvas
import numpy as np
from ipywidgets import Layout

from .drawing import FIELD
from .pen import Pen

DENSITY = 2  # canvas units in a pixel of the page, so that ink is sharp on fine screens
INTERVAL = 0.04  # seconds between two paintings: a browser that is sent more falls behind


class Surface:
    """Two canvases: `ink` to draw on, `seen` for the image. Events only note points; a tick paints what is new.

    Parameters
    ----------
    size : int
        Of `ink`, in pixels of the page.
    read : callable
        Called before each painting with nothing; returns the image (28, 28) to show.
    show : callable
        Called after each painting with nothing.
    guard : callable
        Wraps each callback, since what is raised in one is shown nowhere.
    """

    def __init__(self, size, read, show, guard):
        side = DENSITY * size
        self.ink = ipycanvas.Canvas(width=side, height=side, layout=Layout(width="100%", height="auto"))
        self.seen = ipycanvas.Canvas(width=FIELD, height=FIELD, layout=Layout(width="100%", height="auto"))
        self.pen = Pen(side, side, step=DENSITY)
        self.line_width = 1.0  # canvas units
        self.backdrop = None  # an image (28, 28) on the ink canvas, where there is no drawing
        self._read, self._show = read, show
        self._painted = []  # how many points of each stroke are on the canvas
        self._pending, self._last_tick = False, 0.0
        self._tick = guard(self._tick)

        wire = {
            self.ink.on_mouse_down: self.pen.down,
            self.ink.on_mouse_move: self.pen.move,
            self.ink.on_mouse_up: self.pen.up,
            self.ink.on_mouse_out: self.pen.up,
            self.ink.on_touch_start: self.pen.fingers_down,
            self.ink.on_touch_move: self.pen.fingers_move,
            self.ink.on_touch_end: self.pen.up,
            self.ink.on_touch_cancel: self.pen.up,
        }
        for register, handle in wire.items():
            register(guard(self._noting(handle)))
        for canvas in (self.ink, self.seen):
            canvas.on_client_ready(guard(self.replay))

    def change(self):
        """Paint soon: at once, or when the interval since the last painting is over."""
        if self._pending:
            return
        self._pending = True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel: nobody watches, and nothing can be done later
            self._tick()
        else:
            loop.call_later(max(0.0, self._last_tick + INTERVAL - time.monotonic()), self._tick)

    def set_strokes(self, strokes, backdrop=None):
        """Show these strokes instead of what is there; or, where there are none, an image (28, 28)."""
        self.pen.up()
        self.pen.strokes = [list(map(tuple, stroke)) for stroke in strokes]
        self.backdrop = backdrop
        self.repaint()

    def repaint(self):
        """Paint everything anew, at once: strokes were taken away, or the pen's width has changed."""
        self._painted = None
        self._tick()

    def replay(self, *_):
        """Paint everything for a page that was reloaded: its canvases are blank."""
        # The page has forgotten which canvas was painted on last, and ipycanvas in the kernel has not (0.14.3).
        manager = getattr(self.ink, "_canvas_manager", None)
        if hasattr(manager, "_current_canvas"):
            manager._current_canvas = None
        self.repaint()

    def _noting(self, handle):
        def callback(*arguments):
            if not self.pen.is_down and handle == self.pen.move:
                return
            handle(*arguments)
            self.change()

        return callback

    def _tick(self):
        self._pending, self._last_tick = False, time.monotonic()
        if self.pen.strokes and self.backdrop is not None:
            self.backdrop = self._painted = None
        image, error = np.zeros((FIELD, FIELD)), None
        try:
            image = self._read()
        except Exception as caught:  # the ink must be painted all the same
            error = caught
        # All is computed before, since an exception while a canvas is held freezes every canvas.
        fresh = self._painted is None or len(self._painted) > len(self.pen.strokes)
        lines = self._new_lines([] if fresh else self._painted)
        self._painted = [len(stroke) for stroke in self.pen.strokes]
        with ipycanvas.hold_canvas():
            self._paint(lines, fresh)
            _paint_image(self.seen, image)
        self._show()  # after the ink, which hand and eye wait for
        if error is not None:
            raise error

    def _new_lines(self, painted):
        """Return what is not on the canvas yet, as arrays (k, 2), each joined to what is."""
        lines = []
        for i, stroke in enumerate(self.pen.strokes):
            done = painted[i] if i < len(painted) else 0
            if len(stroke) > done:
                lines.append(np.array(stroke[max(0, done - 1) :], dtype=float))  # JSON may bring integers
        return lines

    def _paint(self, lines, fresh):
        canvas = self.ink
        if fresh:
            _paint_image(canvas, np.zeros((FIELD, FIELD)) if self.backdrop is None else self.backdrop)
        canvas.fill_style = canvas.stroke_style = "white"
        canvas.line_width, canvas.line_cap, canvas.line_join = self.line_width, "round", "round"
        for line in lines:
            if len(line) == 1:
                canvas.fill_circle(*line[0], self.line_width / 2)
            else:
                canvas.stroke_lines(line)


def _paint_image(canvas, image):
    """Fill a canvas with an image (28, 28), as squares: unlike image data, they need no decoding in the browser."""
    edges = np.round(np.arange(FIELD + 1) * canvas.width / FIELD)
    x, y = np.meshgrid(edges[:-1], edges[:-1])
    width, height = np.meshgrid(np.diff(edges), np.diff(edges))
    grey = np.repeat(np.round(255 * image).astype(np.uint8).ravel(), 3)
    canvas.fill_styled_rects(x.ravel(), y.ravel(), width.ravel(), height.ravel(), color=grey)
