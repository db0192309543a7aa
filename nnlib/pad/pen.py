"""What a hand does, as strokes: mouse and touch events in, lists of points out. This needs no widget."""

import numpy as np


class Pen:
    """Turns the events of a drawing surface into strokes.

    A stroke begins when the pen goes down. It ends when the pen is lifted or leaves the surface, or when a
    second finger touches the surface. Moves with no pen down are ignored.

    Parameters
    ----------
    width, height : float
        Size of the surface. A point outside it ends the stroke.
    step : float
        The least distance between two points of a stroke, in the same unit: nobody would see a nearer one.

    Attributes
    ----------
    strokes : list of list of (x, y)
        In the order in which they were drawn; y grows down.
    """

    def __init__(self, width, height, step=1.0):
        self.width, self.height, self.step = width, height, step
        self.strokes = []
        self.is_down = False  # a mouse button or a finger is pressed …
        self.is_drawing = False  # … and a stroke has begun

    def down(self, x, y):
        """Begin a stroke."""
        self.is_down = True
        self._begin(x, y)

    def move(self, x, y):
        """Continue the stroke, or begin another when a finger that was not lifted comes back onto the surface."""
        if not self.is_down:
            return
        if not self._is_inside(x, y):
            self.is_drawing = False
        elif not self.is_drawing:
            self._begin(x, y)
        else:
            last_x, last_y = self.strokes[-1][-1]
            if np.hypot(x - last_x, y - last_y) >= self.step:
                self.strokes[-1].append((x, y))

    def up(self, *_):
        """End the stroke: the pen was lifted, or a mouse left the surface."""
        self.is_down = self.is_drawing = False

    def fingers_down(self, points):
        """Begin a stroke with the first finger. A second finger ends it; the next begins after all are lifted."""
        if len(points) == 1:
            self.down(*points[0])
        else:
            self.up()

    def fingers_move(self, points):
        """Continue the stroke of a single finger."""
        if len(points) == 1:
            self.move(*points[0])

    def _begin(self, x, y):
        self.is_drawing = self._is_inside(x, y)
        if self.is_drawing:
            self.strokes.append([(x, y)])

    def _is_inside(self, x, y):
        return 0 <= x <= self.width and 0 <= y <= self.height
