"""The pad's part in the browser: what must work there without waiting for the kernel, such as leaving with Tab."""

from pathlib import Path

import anywidget


class Page(anywidget.AnyWidget):
    """Makes the pad that holds it usable with the keyboard and with a screen reader; `page.js` does it.

    It also collects what the pen does. Where that script cannot run, ipycanvas sends the events of the mouse one by
    one, and the pad can still be drawn on.

    Parameters
    ----------
    on_pen : callable
        Called with a list of lists: each the name of a method of `Pen`, and its arguments.
    on_key : callable
        Called with what a key pressed on the field stands for: "undo", "clear" or a digit from "0" to "9".
    on_example : callable
        Called with the number of an example when its picture is chosen: an element of the pad that has
        the attribute ``data-nnlib-example`` with this number.
    on_digit : callable
        Called with the number of a digit of the photo when it is chosen, which has ``data-nnlib-digit``.
    on_photo : callable
        Called with the name of a picture file that was chosen, and its content, as bytes. The browser reduces large
        ones; what remains too large arrives empty.
    """

    _esm = Path(__file__).with_name("page.js")

    def __init__(self, on_pen, on_key, on_example, on_digit, on_photo):
        super().__init__()
        self._handlers = {"pen": on_pen, "key": on_key, "example": on_example, "digit": on_digit, "photo": on_photo}
        self.on_msg(self._receive)

    def _receive(self, widget, content, buffers):
        files = iter(buffers)
        for event in content["events"]:
            for name, value in event.items():
                arguments = [value, bytes(next(files))] if name == "photo" else [value]
                self._handlers[name](*arguments)
        self.send({"answer": content["batch"]})  # last: the page sends the next batch when it has shown this one
