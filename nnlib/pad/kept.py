"""The drawings that are kept on a pad: one of them may be selected, and the last change can be taken back."""

from ..examples import Example, check_example, drawing_key
from .view import with_article


class Kept:
    """Labelled drawings, in the order in which they were kept.

    Parameters
    ----------
    examples : sequence of Example
        The drawings to start with.

    Attributes
    ----------
    examples : list of Example
        The drawings.
    selected : int or None
        The index of the drawing that is selected.
    known : set of str
        The keys of all drawings that have ever been here, the removed ones too.
    """

    def __init__(self, examples=()):
        self.examples = list(examples)
        self.selected = None
        self.known = set()
        self.note_known()

    def note_known(self):
        """Note which drawings are here, so that one that is removed later does not count as somebody else's."""
        self.known |= {drawing_key(example.strokes) for example in self.examples}

    def keep(self, strokes, label, writer=""):
        """Keep a drawing. Return what was done, as a sentence."""
        example = check_example(Example(strokes, label, writer), "the drawing")
        self.selected = None
        self.examples.append(example)
        self.note_known()
        return f"Kept as {with_article(example.label)}. Kept so far: {len(self.examples)}."

    def index_of(self, strokes):
        """Return the index of the example that holds this very list of strokes, or None."""
        return next((i for i, example in enumerate(self.examples) if example.strokes is strokes), None)

    def new_among(self, examples):
        """Return those examples whose drawings are not here yet, whatever their labels."""
        here = {drawing_key(example.strokes) for example in self.examples}
        return [example for example in examples if drawing_key(example.strokes) not in here]

    def add(self, examples):
        """Add those examples whose drawings are not here yet; return how many they are."""
        new = self.new_among(examples)
        self.examples += new
        self.note_known()
        return len(new)

    def selected_one(self):
        """Return the index of the selected drawing, and its example."""
        index = self._check(self.selected)
        return index, self.examples[index]

    def select(self, index):
        """Select a drawing; the one that is selected is let go."""
        self._check(index)
        self.selected = None if index == self.selected else index

    def relabel(self, label, index=None):
        """Give the selected drawing, or the one at `index`, another label. Return what was done, as a sentence."""
        index = self._check(self.selected if index is None else index)
        old = self.examples[index]
        new = check_example(old._replace(label=label), "the drawing")._replace(strokes=old.strokes)
        if new.label == old.label:
            return f"Drawing {index + 1} is kept as {with_article(label)} already."
        self.examples[index] = new
        return f"Drawing {index + 1} is kept as {with_article(label)} now; it was {with_article(old.label)}."

    def remove(self):
        """Remove the selected drawing. Return what was done, as a sentence."""
        index = self._check(self.selected)
        label = self.examples.pop(index).label
        self.selected = None
        return f"Removed drawing {index + 1}, {with_article(label)}. Undo brings it back."

    def restore(self, examples):
        """Go back to the examples that were kept at an earlier moment."""
        self.examples[:] = examples
        self.selected = None

    def _check(self, index):
        if not self.examples:
            raise ValueError("No drawings are kept yet.")
        if index is None:
            raise ValueError("No drawing is selected. Click one of the kept drawings first.")
        if not 0 <= index < len(self.examples):
            raise ValueError(f"There is no drawing {index + 1}; {len(self.examples)} are kept.")
        return index
