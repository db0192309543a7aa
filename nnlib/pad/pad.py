"""The drawing pad: a widget that reads what is drawn on it while it is drawn, and can be taught."""

import functools
from html import escape
from pathlib import Path

import ipywidgets as widgets
import numpy as np

from .. import checks
from ..data import load_mnist
from ..drawing import FIELD, PEN_WIDTH, check_strokes, fit, strokes_to_image
from ..examples import Example, add_examples, check_example, load_examples, not_among
from ..metrics import accuracy
from ..network import Network, check_network
from ..preparation import check_name
from ..teaching import teach
from . import view
from .page import Page
from .subshell import answer_while_busy
from .surface import Surface

NOTE = "Each score answers its own question, such as “Does this look like a 7?”, so the ten need not add up to 1."
WATCH_INTERVAL = 0.1  # seconds between two readings while a network learns
FIELD_SHARE = 0.7  # of the field, filled by a drawing from elsewhere; about as much as the ink fills in an image


class Pad(widgets.VBox):
    """A pad to draw digits on. As the last line of a cell, it shows itself.

    Parameters
    ----------
    network : Network or None
        The network that reads the drawings. None takes the one that ships with the project.
    examples : list of Example
        Labelled drawings to start with.
    writer : str
        The name of the person who draws; it is kept with each example.
    file : str or path-like
        Where the examples are saved, unless another name is typed into the pad.
    size : int
        Side of the drawing field, in pixels of the page.

    Attributes
    ----------
    strokes : list of ndarray (k, 2)
        What is drawn, in pixels of the page.
    scores : ndarray (10,) or None
        The network's scores for it. None where there is nothing to read.
    digit : int or None
        The digit with the highest score.
    network : Network
        The network that reads now. The buttons Teach and Forget change it.
    examples : list of Example
        The drawings that are kept.
    """

    def __init__(self, network=None, *, examples=(), writer="", file="my_digits.json", size=280):
        self._first_network = self.network = check_network(network)
        if not isinstance(writer, str):
            raise TypeError(f"writer is {writer!r}; expected text.")
        self.examples = [check_example(example, f"examples[{i}]") for i, example in enumerate(examples)]
        self.writer, self._size = writer, checks.count(size, "size")
        self.scores = None
        self._says_until_drawn = False
        self._surface = Surface(self._size, self._guarded(self._refresh))
        self._page = Page(
            on_pen=self._guarded(self._surface.pen),
            on_key=self._guarded(self._on_key),
            on_example=self._guarded(self._on_example),
        )
        self._words, self._bars, self._gallery, self._status = (widgets.HTML() for _ in range(4))
        self._status.add_class("nnlib-status")
        note = widgets.HTML(f'<div class="nnlib-note">{NOTE}</div>')
        top = [widgets.HTML(view.STYLE), self._top(), self._page, note, self._status]
        super().__init__([*top, *self._controls(str(file))])
        self.add_class("nnlib-pad")
        answer_while_busy(self)
        self._refresh()
        self._show_examples()

    @property
    def strokes(self):
        """What is drawn, in pixels of the page."""
        return self._surface.strokes

    @property
    def digit(self):
        """The digit with the highest score, or None."""
        return None if self.scores is None else int(np.argmax(self.scores))

    def show(self, strokes):
        """Put a drawing on the pad, as if it had been drawn there; its size does not matter."""
        strokes = check_strokes(strokes)
        self._say("")
        self._surface.show_strokes(fit(strokes, FIELD_SHARE * self._size, self._size / 2))

    def watch(self, preparation="none"):
        """Watch a network learn: have the pad read with it while it is trained, also what is drawn meanwhile.

        ``nnlib.train(X, y, thetas_callback=pad.watch())``. In the end, the pad reads with the trained network.

        Parameters
        ----------
        preparation : str
            What was done to the images X: "none", "deskew" or "normalise". The same is done to the drawing.

        Returns
        -------
        callable
            Takes the thetas after each iteration. What goes wrong with them is shown in the pad.

        Raises
        ------
        ValueError
            If there is no such preparation.
        """
        check_name(preparation)

        def read_with(thetas):
            self.network = Network(thetas, preparation)
            self._surface.change_at_intervals(WATCH_INTERVAL)

        return self._guarded(read_with)

    # How it looks.

    def _top(self):
        ink = widgets.Box([self._surface.ink], layout={"width": f"{self._size}px", "max_width": "100%"})
        seen = widgets.Box([self._surface.seen], layout={"width": "140px"})
        for box, name in ((ink, "nnlib-ink"), (seen, "nnlib-seen")):
            box.add_class("nnlib-frame")
            box.add_class(name)
        reading = widgets.VBox(
            [self._words, self._bars], layout={"flex": "1 1 200px", "min_width": "180px", "max_width": "320px"}
        )
        caption = widgets.HTML('<div class="nnlib-note">What the network sees</div>')
        return _row([ink, reading, widgets.VBox([seen, caption])], "nnlib-top")

    def _controls(self, file):
        pen_width = widgets.FloatSlider(
            PEN_WIDTH, min=1, max=4, step=0.2, description="Pen width", readout_format=".1f"
        )
        pen_width.observe(self._guarded(lambda change: self._surface.set_pen_width(change["new"])), "value")
        self._stored = widgets.Dropdown(
            options=[("a stored drawing …", -1), *((f"draw {view.with_article(d)}", d) for d in range(10))],
            description="Without drawing:",
            style={"description_width": "auto"},
            layout={"width": "auto"},
        )
        self._stored.observe(self._guarded(lambda change: self._show_stored(change["new"])), "value")
        self._file = widgets.Text(
            file, description="File:", style={"description_width": "auto"}, layout={"width": "200px"}
        )
        self._clear = self._button("Clear", self.clear, "Erase everything (key: c)")
        labels = [
            self._button(
                str(digit), functools.partial(self.keep, digit), f"Keep this drawing as {view.with_article(digit)}"
            )
            for digit in range(10)
        ]
        return [
            _row([self._clear, self._button("Undo", self.undo, "Take back the last stroke (key: u)"), pen_width]),
            _row([widgets.Label("It is a …"), *labels]),
            self._gallery,
            _row(
                [
                    self._button(
                        "Teach", self.teach, "Adapt the network to the kept drawings; this takes a few seconds"
                    ),
                    self._button("Forget", self.forget, "Go back to the network as it was before it was taught"),
                    self._button("Remove last", self.remove_last, "Remove the drawing that was kept last"),
                    self._file,
                    self._button("Save", self.save, "Save the kept drawings to this file"),
                    self._button("Load", self.load, "Add the drawings in this file to the kept ones"),
                ]
            ),
            _row(
                [
                    self._stored,
                    self._button(
                        "A test digit", self.show_test_digit, "Read one of the 10,000 test digits, chosen at random"
                    ),
                ]
            ),
        ]

    def _button(self, name, action, tooltip):
        button = widgets.Button(description=name, tooltip=tooltip, layout={"width": "auto"})
        button.on_click(self._guarded(lambda _: action()))
        return button

    # What it does.

    def clear(self):
        """Erase everything."""
        self._say("")
        self._surface.show_strokes([])

    def undo(self):
        """Take back the last stroke, if there is one."""
        if strokes := self.strokes:
            self._surface.show_strokes(strokes[:-1])

    def keep(self, label):
        """Keep the drawing as an example of a digit, and clear the field for the next."""
        if not self.strokes:
            raise ValueError("There is no drawing to keep. Draw a digit first, then say what it is.")
        self.examples.append(check_example(Example(self.strokes, label, self.writer), "the drawing"))
        self.clear()
        self._show_examples()
        self._say(f"Kept as {view.with_article(label)}. Kept so far: {len(self.examples)}.")

    def remove_last(self):
        """Remove the example that was kept last."""
        if not self.examples:
            raise ValueError("No drawings are kept; there is nothing to remove.")
        label = self.examples.pop().label
        self._show_examples()
        self._say(f"Removed {view.with_article(label)}.")

    def teach(self):
        """Adapt the network to the examples, starting from the network as it was at first."""
        if not self.examples:
            raise ValueError(
                "No drawings are kept. Draw a digit and say what it is; three of each digit are a good start."
            )
        self._say(f"Teaching with {view.drawings(len(self.examples))} …")
        strokes, labels = [e.strokes for e in self.examples], [e.label for e in self.examples]
        before = self._first_network
        self.network = teach(before, strokes, labels)
        X_test, y_test = _test_digits()
        was, now = (accuracy(y_test, network.predict(X_test)) for network in (before, self.network))
        self._refresh()
        self._say(
            f"Taught with {view.drawings(len(labels))}. Before, it was right on {was:.2%} of MNIST's test digits; "
            f"now, on {now:.2%}. Draw some new ones: does it read your handwriting better?"
        )

    def forget(self):
        """Go back to the network as it was at first; the examples stay."""
        self.network = self._first_network
        self._refresh()
        self._say("The network is as it was at first. Your drawings are still here.")

    def save(self):
        """Save the examples to the file named in the pad; other drawings in it stay there."""
        if not self.examples:
            raise ValueError("No drawings are kept; there is nothing to save.")
        path = Path(self._file.value)
        others = add_examples(path, self.examples)
        also = f" The file still holds {view.drawings(len(others))} from before." if others else ""
        self._say(f"Saved {view.drawings(len(self.examples))} to {path.resolve()}.{also}")

    def load(self):
        """Add the examples from the file named in the pad, except those that are kept already."""
        loaded = load_examples(self._file.value)
        new = not_among(loaded, self.examples)
        self.examples += new
        self._show_examples()
        self._say(f"Loaded {view.drawings(len(loaded))} from {self._file.value}; {len(new)} of them are new.")

    def show_test_digit(self):
        """Show a random test digit, and read it."""
        X_test, y_test = _test_digits()
        i = np.random.default_rng().integers(len(X_test))
        self._surface.show_image(X_test[i].reshape(FIELD, FIELD))
        self._say(f"Test digit {i}. Its label says: {y_test[i]}.", until_drawn=True)

    # What happens inside.

    def _refresh(self):
        """Read what is on the field, and show it: the ink first, since hand and eye wait for it."""
        if self._says_until_drawn and self.strokes:
            self._say("")
        seen = self._guarded(self._read)()  # None where that fails: the ink is painted all the same
        self._surface.paint(seen)
        if self.scores is not None:
            sentence = view.in_words(self.scores)
        else:
            sentence = "Draw a digit here." if self._surface.is_empty else "I cannot read this."
        self._words.value = view.words_html(sentence)
        self._bars.value = view.bars_html(self.scores)

    def _read(self):
        """Set the scores of what is on the field; return the image (28, 28) that the network sees, or None."""
        self.scores, image = None, self._surface.image
        if strokes := self.strokes:
            image = strokes_to_image(strokes, pen_width=self._surface.pen_width)
        if image is None:
            return None
        X = image.reshape(1, -1)
        self.scores = self.network.predict_scores(X)[0]
        return self.network.prepare(X).reshape(FIELD, FIELD)

    def _show_stored(self, digit):
        if digit >= 0:
            self.show(next(e.strokes for e in load_examples() if e.label == digit))
            self._stored.value = -1  # so that the same one can be chosen again

    def _show_examples(self):
        self._gallery.value = view.gallery_html(self.examples)

    def _on_key(self, key):
        """Do what a key on the field stands for."""
        actions = {"undo": self.undo, "clear": self.clear}
        actions.get(key, lambda: self.keep(int(key)))()

    def _on_example(self, number):
        """Do what a click on a kept drawing stands for."""

    def _say(self, sentence, *, until_drawn=False, kind="nnlib-note"):
        self._says_until_drawn = until_drawn
        self._status.value = f'<div class="{kind}">{escape(sentence)}</div>' if sentence else ""

    def _guarded(self, function):
        """Return a callback that shows in the pad what goes wrong, since Jupyter does not. The pad goes on."""

        @functools.wraps(function)
        def callback(*arguments):
            try:
                return function(*arguments)
            except Exception as error:
                ours = isinstance(error, (ValueError, FileNotFoundError))
                words = str(error) if ours else f"{type(error).__name__}: {error}"
                self._say(words, until_drawn=True, kind="nnlib-problem")

        return callback


@functools.cache
def _test_digits():
    """Return the test images and labels. The file is read once, not at every click."""
    mnist = load_mnist()
    return mnist.X_test.copy(), mnist.y_test.copy()  # views would keep the training digits in memory too


def _row(children, name=None):
    row = widgets.Box(children)
    row.add_class("nnlib-row")
    if name:
        row.add_class(name)
    return row
