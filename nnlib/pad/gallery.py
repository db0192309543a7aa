"""What the pad shows of the drawings that are kept: their pictures, and controls for the one that is selected."""

import ipywidgets as widgets

from . import view
from .controls import button, row

NOTHING = [("–", -1)]
LABELS = [(f"kept as {view.with_article(digit)}", digit) for digit in range(10)]


class Gallery(widgets.VBox):
    """Pictures of the kept drawings, what there is to say about them, and what can be done with the selected one.

    Parameters
    ----------
    relabel : callable
        Called with a digit when the selected drawing gets this label.
    show_again, remove : callable
        Called without arguments.
    """

    def __init__(self, relabel, show_again, remove):
        self._summary, self._pictures = widgets.HTML(), widgets.HTML()
        self._summary.add_class("nnlib-summary")
        self._label = widgets.Dropdown(
            options=NOTHING,
            style={"description_width": "auto"},
            layout={"width": "210px"},
            tooltip="Another label for the selected drawing",
        )
        self._label.observe(lambda change: None if self._is_updating else relabel(change["new"]), "value")
        self._buttons = [
            button("Show in the field", show_again, "Show the selected drawing in the field again"),
            button("Remove", remove, "Remove the selected drawing; Undo brings it back"),
        ]
        self._is_updating = False
        super().__init__([self._summary, self._pictures, row([self._label, *self._buttons])])

    def update(self, kept, doubts, summary):
        """Show what is kept.

        Parameters
        ----------
        kept : Kept
            The drawings, and which one is selected.
        doubts : dict of int to str
            What makes the label of a drawing doubtful, by its index.
        summary : list of str
            Sentences about all of them.
        """
        self._summary.value = "".join(map(view.note_html, summary))
        self._pictures.value = view.gallery_html(kept.examples, kept.selected, doubts)
        is_one = kept.selected is not None
        self._label.description = f"Drawing {kept.selected + 1}:" if is_one else "Drawing:"
        self._is_updating = True  # what is shown is no choice of the learner's
        options = LABELS if is_one else NOTHING
        if list(self._label.options) != options:
            self._label.options = options
        self._label.value = kept.examples[kept.selected].label if is_one else -1
        self._is_updating = False
        for control in (self._label, *self._buttons):
            control.disabled = not is_one
