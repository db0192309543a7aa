"""Predictions: a question with answers to choose from, and an explanation once one is chosen."""

from html import escape

from .questions import QUESTIONS
from .verdict import RIGHT, WRONG, framed


def ask(name):
    """Put a question, with its answers as buttons; shown where it is the last line of a cell.

    Parameters
    ----------
    name : str
        Of the question.

    Returns
    -------
    ipywidgets.VBox
    """
    import ipywidgets as widgets  # here: only notebooks need it

    question = find(name)
    choice = widgets.RadioButtons(options=question.options, value=None, layout={"width": "auto"})
    verdict = widgets.HTML()

    def answer(change):
        if change["new"] is not None:
            verdict.value = explained(question, question.options.index(change["new"]))

    choice.observe(answer, "value")
    text = widgets.HTML(f'<b style="line-height:1.5">{escape(question.text)}</b>')
    return widgets.VBox([text, choice, verdict])


def explained(question, chosen):
    """Return what is said to an answer, as HTML; `chosen` is its place among the options."""
    if chosen == question.right:
        return framed(RIGHT, "Yes.", escape(question.why))
    return framed(WRONG, "No: think again, or read on.", "")


def find(name):
    """Return the question of a name; what names none raises ValueError."""
    if name not in QUESTIONS:
        raise ValueError(f"There is no question {name!r}; expected one of {', '.join(QUESTIONS)}.")
    return QUESTIONS[name]
