"""Predictions: a question with answers to choose from, and an explanation once one is chosen."""

from html import escape

from .questions import QUESTIONS


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
    right = chosen == question.right
    symbol, word, colour = ("✓", "Yes.", "#009E73") if right else ("✗", "No: think again, or read on.", "#D55E00")
    words = escape(question.why) if right else ""
    return (
        f'<div role="status" style="border-left:5px solid {colour};padding:4px 12px;line-height:1.5">'
        f'<span style="color:{colour}">{symbol}</span> <b>{word}</b> {words}</div>'
    )


def find(name):
    """Return the question of a name; what names none raises ValueError."""
    if name not in QUESTIONS:
        raise ValueError(f"There is no question {name!r}; expected one of {', '.join(QUESTIONS)}.")
    return QUESTIONS[name]
