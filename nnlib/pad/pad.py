"""The drawing pad: a widget that reads what is drawn on it while it is drawn, and can be taught."""

import functools
from contextlib import contextmanager
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from .. import checks
from ..drawing import FIELD, PEN_WIDTH, check_strokes, fit, strokes_to_image
from ..examples import Example, check_example, check_image, from_bytes, is_image, load_examples
from ..network import Network
from ..preparation import check_name
from ..reading import split_digits
from . import view
from .choice import Choice
from .controls import button, row
from .file_row import Exchange, FileRow, Offer
from .filing import Place
from .gallery import Gallery
from .kept import Kept
from .page import Page
from .photo import Photo, photo_button, read_photo
from .subshell import answer_while_busy
from .surface import Surface
from .teacher import Teacher, digits_to_test_with

NOTE = "Each score answers its own question, such as “Does this look like a 7?”, so the ten need not add up to 1."
WATCH_INTERVAL = 0.1  # seconds between two readings while a network learns
FIELD_SHARE = 0.7  # of the field, filled by a drawing from elsewhere; about as much as the ink fills in an image


class Pad(widgets.VBox):
    """A pad to draw digits on. As the last line of a cell, it shows itself.

    Parameters
    ----------
    network : Network or None
        The network that reads the drawings. None takes those that ship with the project.
    networks : dict or None
        Instead of one network, several for people to choose from: from the name of each to a Network, or to the path
        of its file, which is read when it is chosen. The first reads until then.
    examples : list of Example
        Labelled drawings, and images of digits on paper, to start with.
    writer : str
        The name of the person who draws; it is kept with each example.
    file : str or path-like
        Where the examples are saved, unless another name is typed into the pad.
    autosave : str, True or None
        The name of a file, beside the notebook, that holds the kept drawings at every moment; the pad offers them
        again when it is made anew. True names it after `file`: ``my_digits.autosave.json``. None makes no such file.
    size : int
        Side of the drawing field, in pixels of the page.

    Attributes
    ----------
    strokes : list of ndarray (k, 2)
        What is drawn, in pixels of the page.
    number : str or None
        The digits that the network reads, from left to right, such as "12". None where there is nothing to read.
    scores : ndarray (10,) or None
        The network's scores for it; of several digits, for the one that holds the newest stroke.
    digit : int or None
        The digit with the highest score.
    network : Network
        The network that reads now. The buttons "Teach" and "Forget the teaching" change it, and so may a program.
    examples : list of Example
        The drawings that are kept, and the digits of photos.

    Notes
    -----
    The button "A photo" reads a picture of digits on paper, as `nnlib.read_page` does. Each digit there can be chosen,
    looked at, and kept as an example. The pad writes the picture itself to no file.

    Under Voilà, and in a folder that is read-only, the pad writes no file. It offers a download and an upload instead.
    """

    def __init__(
        self, network=None, *, networks=None, examples=(), writer="", file="my_digits.json", autosave=True, size=280
    ):
        self._teacher = Teacher(network, networks)
        if not isinstance(writer, str):
            raise TypeError(f"writer is {writer!r}; expected text.")
        self._kept = Kept([check_example(example, f"examples[{i}]") for i, example in enumerate(examples)])
        self.writer, self._size = writer, checks.count(size, "size")
        # What is read from left to right, and which digit the bars show: one attribute, as threads may look meanwhile.
        self._reading = [], 0
        self._says_until_drawn = False
        self._last = None  # what Undo goes back to: the examples and the field before, and the field since
        self._shown_again = None  # a kept drawing or image as it is in the field, and as it is kept
        self._test_digit = None  # the image of the last one that was shown
        self._surface = Surface(self._size, self._guarded(self._refresh))
        self._page = Page(
            on_pen=self._guarded(self._surface.pen),
            on_key=self._guarded(self._on_key),
            on_example=self._guarded(self._on_example),
            on_digit=self._guarded(self.show_paper_digit),
            on_photo=self._guarded(self.read_photo),
        )
        self._photo = Photo()
        self._words, self._bars, self._caption, self._status, self._which_network = (widgets.HTML() for _ in range(5))
        self._status.add_class("nnlib-status")
        self._ink = widgets.Box([self._surface.ink])
        self._choice = Choice(self._teacher.names, self._guarded(self.choose_network))
        self._gallery = Gallery(*map(self._guarded, (self.relabel, self.show_again, self.remove)))
        self._place = Place(file, autosave)
        if self._place.has_files:
            self._files = FileRow(self._place.name, self._guarded(self.save), self._guarded(self.load))
        else:
            self._files = Exchange(self._place.name, self._guarded(self.upload))
        before = len(self._kept.new_among(self._place.autosave.read()))
        self._offer = Offer(before, self._place.autosave.name, self._guarded(self.bring_back))
        super().__init__([widgets.HTML(view.STYLE), self._top(), self._photo, self._page, *self._controls()])
        self.add_class("nnlib-pad")
        if self._place.autosave.name is not None:
            self.add_class("nnlib-autosaved")
        answer_while_busy(self)
        self._files.update(self.examples)
        self._show_network()

    @property
    def strokes(self):
        """What is drawn, in pixels of the page."""
        return self._surface.strokes

    @property
    def number(self):
        """The digits that the network reads, from left to right, or None."""
        digits, _ = self._reading
        return "".join(str(digit) for digit, _ in digits) or None

    @property
    def scores(self):
        """The scores of the digit that holds the newest stroke, or None."""
        digits, shown = self._reading
        return digits[shown][1] if digits else None

    @property
    def examples(self):
        """The drawings that are kept."""
        return self._kept.examples

    @property
    def network(self):
        """The network that reads now."""
        return self._teacher.network

    @network.setter
    def network(self, network):
        self._teacher.network = network
        self._show_network()

    @property
    def digit(self):
        """The digit with the highest score, or None."""
        digits, shown = self._reading
        return digits[shown][0] if digits else None

    def show(self, strokes):
        """Put a drawing of any size on the pad, as if it had been drawn there; or an image (28, 28)."""
        if is_image(strokes):
            content = check_image(strokes, "strokes")
        else:
            content = fit(check_strokes(strokes), FIELD_SHARE * self._size, self._size / 2)
        self._say("")
        with self._undoable():
            self._put(content)

    def watch(self, preparation="none", activation="sigmoid"):
        """Watch a network learn: have the pad read with it while it is trained, also what is drawn meanwhile.

        ``nnlib.train(X, y, thetas_callback=pad.watch())``, or, as `train_minibatch` makes rectified units unless it is
        told otherwise, ``nnlib.train_minibatch(X, y, thetas_callback=pad.watch(activation="relu"))``. In the end, the
        pad reads with the trained network.

        Parameters
        ----------
        preparation : str
            What was done to the images X: "none", "deskew" or "normalise". The same is done to the drawing.
        activation : str
            What the hidden units do: "sigmoid" or "relu".

        Returns
        -------
        callable
            Takes the thetas after each iteration. What goes wrong with them is shown in the pad.

        Raises
        ------
        ValueError
            If there is no such preparation, or no such activation.
        """
        check_name(preparation)
        checks.activation(activation)

        def read_with(thetas):
            self._teacher.network = Network(thetas, preparation, activation=activation)
            self._name_network()
            self._surface.change_at_intervals(WATCH_INTERVAL)

        return self._guarded(read_with)

    # How it looks.

    def _top(self):
        seen = widgets.Box([self._surface.seen], layout={"width": "140px"})
        for box, name in ((self._ink, "nnlib-ink"), (seen, "nnlib-seen")):
            box.add_class("nnlib-frame")
            box.add_class(name)
        note = widgets.HTML(f'<div class="nnlib-note">{NOTE}</div>')
        reading = widgets.VBox(
            [self._words, self._bars, note], layout={"flex": "1 1 200px", "min_width": "180px", "max_width": "320px"}
        )
        # As wide as the image: a longer caption must not push it to the next row.
        seeing = widgets.VBox([seen, self._caption], layout={"width": "144px"})
        return row([self._field(), self._status, reading, seeing], "nnlib-top")

    def _field(self):
        """Return the field, with what is needed at every drawing directly below it."""
        strokes = [
            self._button("Clear", self.clear, "Erase everything (key: c)"),
            self._button("Undo", self.undo, "Take back the last stroke, or what was done last (key: u)"),
            photo_button(),
        ]
        digits = widgets.Box(
            [
                self._button(
                    str(digit),
                    functools.partial(self.keep, digit),
                    f"Keep this drawing as {view.with_article(digit)} (key: {digit})",
                )
                for digit in range(10)
            ]
        )
        digits.add_class("nnlib-digits")
        keep_as = widgets.HTML('<div class="nnlib-note">Keep as:</div>')
        field = widgets.VBox([self._ink, row(strokes), keep_as, digits], layout={"width": f"{self._size}px"})
        field.add_class("nnlib-field")
        return field

    def _controls(self):
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
        teaching = [
            self._button("Teach", self.teach, "Adapt the network to the kept drawings; this takes a few seconds"),
            self._button("Forget the teaching", self.forget, "Go back to the network as it was; your drawings stay"),
            self._which_network,
        ]
        if self._teacher.has_choice:
            teaching.insert(-1, self._choice)
        without_drawing = [
            self._stored,
            self._button("A test digit", self.show_test_digit, "Read one of the 10,000 test digits, chosen at random"),
        ]
        return [self._offer, self._gallery, row(teaching), self._files, row([*without_drawing, pen_width])]

    def _button(self, name, action, tooltip):
        return button(name, self._guarded(action), tooltip)

    # What it does with drawings.

    def clear(self):
        """Erase everything."""
        self._say("")
        with self._undoable("Your drawing is back."):
            self._surface.show_strokes([])

    def undo(self):
        """Take back the last stroke, or what was done last: a drawing kept, corrected, removed or erased."""
        if self._last is not None and _are_same(self._content, self._last.content_since):
            last, self._last = self._last, None
            self._kept.restore(last.examples)
            self._put(last.content)
            self._show_kept()
            self._kept.known -= last.not_ours
            self._say(last.undone)
        elif strokes := self.strokes:
            self._last = None  # since then, a stroke has been drawn
            self._surface.show_strokes(strokes[:-1])

    def keep(self, label):
        """Keep what is in the field as an example of a digit, and clear the field for the next."""
        content, number, shown_again = self._content, self.number, None
        if not len(content):
            raise ValueError("There is no drawing to keep. Draw a digit first, then say what it is.")
        if self._shown_again is not None and _are_same(content, self._shown_again[0]):
            shown_again = self._kept.index_of(self._shown_again[1])
        with self._undoable("The drawing is back in the field; what is kept is as it was before."):
            if shown_again is None:
                said = self._kept.keep(content, label, self.writer)
            else:
                said = self._kept.relabel(label, shown_again)
            self._surface.show_strokes([])
        if number and len(number) > 1:
            doubt = f"It looks like {len(number)} digits to me, {number}. Undo takes it back."
        else:
            doubt = self._guarded(self._teacher.doubt_about)(Example(content, label))
        self._say(f"{said} {doubt}" if doubt else said)

    def select(self, index):
        """Select a kept drawing, to correct it, to remove it or to show it again."""
        self._kept.select(index)
        self._show_gallery()

    def relabel(self, label):
        """Give the kept drawing that is selected another label."""
        with self._undoable("The label is as it was."):
            said = self._kept.relabel(label)
        self._say(said)

    def remove(self):
        """Remove the kept drawing that is selected."""
        with self._undoable("The drawing is kept again."):
            said = self._kept.remove()
        self._say(said)

    def show_again(self):
        """Show the kept drawing that is selected in the field."""
        index, kept = self._kept.selected_one()
        content = kept.strokes
        if kept.image is None:
            points = np.concatenate(content)
            if points.min() < 0 or points.max() > self._size:  # from a field of another size
                content = fit(content, FIELD_SHARE * self._size, self._size / 2)
        with self._undoable("The field is as it was."):
            self._put(content)
        self._shown_again = self._content, kept.strokes
        self._say(f"This is drawing {index + 1}. It is kept as {view.with_article(kept.label)}.")

    def bring_back(self):
        """Keep the drawings, too, that were kept before and are in the autosaved file."""
        before = self._kept.new_among(self._place.autosave.read())
        self._place.autosave.take(before)
        count = self._kept.add(before)
        self._last = None  # going back to what was kept without them would take them out of the file, too
        self._show_kept()
        self._offer.end()
        self._say(f"{view.drawings(count)} from before {'is' if count == 1 else 'are'} kept again.")

    # What it does with the network.

    def choose_network(self, name):
        """Choose which network reads, by its name. Each keeps what it was taught."""
        before, was_taught = self._teacher.chosen, self._teacher.is_taught
        self._say(f"Loading “{name}” …")
        try:
            self._teacher.choose(name)
        finally:  # where the file cannot be read, the control shows again what was chosen before
            self._name_network()
        self._show_network()
        said = f"Now the network “{name}” reads."
        if was_taught and name != before:
            said += f" What you taught “{before}” is there when you choose it again."
        if was_taught and not self._teacher.is_taught:
            said += " To teach this one, too, press Teach."
        self._say(said)

    def teach(self):
        """Adapt the network to the examples, starting from the network as it was at first."""
        if not self.examples:
            raise ValueError(
                "No drawings are kept. Draw a digit and say what it is; three of each digit are a good start."
            )
        self._say(f"Teaching with {view.drawings(len(self.examples))} …")
        said = self._teacher.teach(self.examples)
        self._show_network()
        self._say(said)

    def forget(self):
        """Go back to the network as it was at first, or from one that a program gave; the examples stay."""
        before = self._teacher.chosen
        self._teacher.forget()
        self._show_network()
        is_other = self._teacher.has_choice and self._teacher.chosen != before
        said = (
            f"The network “{self._teacher.chosen}” reads again." if is_other else "The network is as it was at first."
        )
        self._say(f"{said} Your drawings are still here.")

    # What it does with files.

    def save(self):
        """Save the examples to the file named in the pad; drawings that were never here may stay in it."""
        if not self.examples:
            raise ValueError("No drawings are kept; there is nothing to save.")
        self._say(self._place.save(self._kept, self._files.name, self._files.keeps_others))

    def load(self):
        """Add the examples from the file named in the pad, except those that are kept already."""
        self._add(*self._place.load(self._files.name))

    def upload(self, name, content):
        """Add the examples from the content (bytes) of a file called `name`, except those that are kept already."""
        self._add(from_bytes(content, name), name)

    def _add(self, loaded, name):
        known = set(self._kept.known)
        with self._undoable("The loaded drawings are gone from here again."):
            count = self._kept.add(loaded)
        if count:  # once they are gone from here, saving must not take them out of their file
            self._last = self._last._replace(not_ours=self._kept.known - known)
        new = "1 of them is new" if count == 1 else f"{count} of them are new"
        self._say(f"Loaded {view.drawings(len(loaded))} from {name}; {new}.")

    # What it shows without drawing.

    def show_test_digit(self):
        """Show a random test digit, and read it."""
        X_test, y_test = digits_to_test_with()
        i = np.random.default_rng().integers(len(X_test))
        with self._undoable("Your drawing is back."):
            self._test_digit = X_test[i].reshape(FIELD, FIELD)
            self._surface.show_image(self._test_digit)
        self._say(f"Test digit {i}. Its label says: {y_test[i]}.", until_drawn=True)

    def read_photo(self, name, content):
        """Show a picture, the content (bytes) of a file called `name`, and read the digits in it."""
        self._say(f"Reading {name} …")
        self._photo.show(read_photo(content, name, self.network), name)
        self._say(self._photo.in_words())

    def show_paper_digit(self, number):
        """Show a digit of the photo, by its number in reading order from 0, and read it."""
        image = self._photo.image_of(number)
        with self._undoable("The field is as it was."):
            self._surface.show_image(image)
        self._shown_again = image, image  # if it is kept already, another label corrects it
        self._say(
            "This is how the network sees it. If you say what it is, it is kept like a drawing.", until_drawn=True
        )

    # What happens inside.

    @property
    def _content(self):
        """What is in the field and can be kept: strokes, or the image of a digit on paper. A test digit cannot."""
        image = self._surface.image
        return self.strokes if image is None or image is self._test_digit else image

    def _put(self, content):
        """Put strokes or an image into the field."""
        (self._surface.show_image if is_image(content) else self._surface.show_strokes)(content)

    def _refresh(self):
        """Read what is on the field, and show it: the ink first, since hand and eye wait for it."""
        if self._says_until_drawn and self.strokes:
            self._say("")
        seen = self._guarded(self._read)()  # None where that fails: the ink is painted all the same
        self._surface.paint(seen)
        self._photo.mark(self._surface.image)
        (self._ink.add_class if self._surface.is_empty else self._ink.remove_class)("nnlib-empty")
        digits, shown = self._reading
        if digits:
            sentence = view.in_words(digits)
        else:
            sentence = "Draw a digit here." if self._surface.is_empty else "I cannot read this."
        self._words.value = view.words_html(sentence)
        self._bars.value = view.bars_html(digits[shown][1] if digits else None)
        self._caption.value = view.caption_html(shown + 1, len(digits))

    def _read(self):
        """Read what is on the field; return the image (28, 28) that the network sees, or None.

        Of several digits, the image is that of the one with the newest stroke, and so are the bars.
        """
        self._reading = [], 0
        images, shown = [self._surface.image], 0
        if strokes := self.strokes:
            digits = split_digits(strokes, self.network)
            images = [strokes_to_image(digit, pen_width=self._surface.pen_width) for digit in digits]
            shown = next(i for i, digit in enumerate(digits) if np.array_equal(digit[-1], strokes[-1]))
        if images[0] is None:
            return None
        X = np.reshape(images, (len(images), -1))
        self._reading = [(int(np.argmax(scores)), scores) for scores in self.network.predict_scores(X)], shown
        return self.network.prepare(X[[shown]]).reshape(FIELD, FIELD)

    def _show_stored(self, digit):
        if digit >= 0:
            self.show(next(e.strokes for e in load_examples() if e.label == digit))
            self._stored.value = -1  # so that the same one can be chosen again

    @contextmanager
    def _undoable(self, undone=""):
        """Let Undo take back what changes meanwhile, what is kept or what is in the field, and then say `undone`."""
        examples, content = list(self.examples), self._content
        yield
        if examples != self.examples:
            self._show_kept()
        elif _are_same(content, self._content):
            return
        self._last = _Step(examples, content, self._content, undone)

    def _show_kept(self):
        """Show what is kept now, and write it to the autosaved file."""
        self._place.autosave.write(self.examples)
        self._files.update(self.examples)
        self._judge()
        self._show_gallery()

    def _judge(self):
        """Note which labels the network doubts."""
        self._doubted = self._guarded(self._teacher.doubts)(self.examples) or ({}, {})

    def _show_gallery(self):
        now, first = self._doubted
        advice = "Click one to correct it, to remove it or to show it again." if self.examples else ""
        summary = [self._place.in_words(len(self.examples)), view.doubt_in_words(self.examples, now, first) or advice]
        self._gallery.update(self._kept, view.doubts_of_each(now, first), summary)

    def _show_network(self):
        """Show what the network is now, what it reads, and what it thinks of the labels."""
        self._name_network()
        self._refresh()
        self._guarded(self._photo.read_again)(self.network)
        self._judge()
        self._show_gallery()

    def _name_network(self):
        self._choice.update(self._teacher.names, self._teacher.chosen)
        name = "" if self._teacher.has_choice else "The network: "
        self._which_network.value = f'<div class="nnlib-note">{name}{self._teacher.in_words()}</div>'

    def _on_key(self, key):
        """Do what a key on the field stands for."""
        actions = {"undo": self.undo, "clear": self.clear}
        actions.get(key, lambda: self.keep(int(key)))()

    def _on_example(self, number):
        """Do what a click on a kept drawing stands for."""
        self.select(number)

    def _say(self, sentence, *, until_drawn=False, kind="nnlib-note"):
        self._says_until_drawn = until_drawn
        self._status.value = view.note_html(sentence, kind) if sentence else ""

    def _guarded(self, function):
        """Return a callback that shows in the pad what goes wrong, since Jupyter does not. The pad goes on."""

        @functools.wraps(function)
        def callback(*arguments):
            try:
                return function(*arguments)
            except Exception as error:
                ours = isinstance(error, (ValueError, FileNotFoundError))
                words = str(error) if ours else f"{type(error).__name__}: {error}"
                if isinstance(error, OSError) and self._place.is_for_visitors:
                    words = "Something is wrong with the files on the server."  # visitors learn nothing about them
                self._say(words, until_drawn=True, kind="nnlib-problem")

        return callback


class _Step(NamedTuple):
    """What Undo goes back to, where the field still holds `content_since`, and what it says then."""

    examples: list
    content: list | np.ndarray  # of the field: strokes, or an image
    content_since: list | np.ndarray
    undone: str
    not_ours: frozenset = frozenset()  # keys of drawings that were only loaded


def _are_same(content, other):
    """Return whether two drawings have the same points, or two images the same pixels."""
    return len(content) == len(other) and all(map(np.array_equal, content, other))
