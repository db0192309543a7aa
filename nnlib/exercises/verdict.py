"""What is said of an answer: coloured in a notebook, and as clear in plain text."""

import re
from dataclasses import dataclass
from html import escape

import numpy as np

from ..examples import Example
from ..network import Network

RIGHT, WRONG, NOT_TRIED = "right", "wrong", "not tried yet"
HINT, SO_FAR = "hint", "so far"
LOOKS = {  # a symbol and a word say it too, for those who do not see the colour
    RIGHT: ("✓", "#009E73"),
    WRONG: ("✗", "#D55E00"),
    NOT_TRIED: ("○", "#0072B2"),
    HINT: ("→", "#CC79A7"),
    SO_FAR: ("→", "#0072B2"),
}
LENGTH = 400  # characters of a row


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check, or another message of the same looks.

    Attributes
    ----------
    outcome : {"right", "wrong", "not tried yet", "hint", "so far"}
        What it is.
    name : str
        Of the task.
    cause : str
        Why, in a sentence or two.
    rows : tuple of (str, str)
        What was called, expected and got.
    remark : str
        What else there is to say.
    """

    outcome: str
    name: str
    cause: str = ""
    rows: tuple = ()
    remark: str = ""

    def __str__(self):
        lines = [f"{LOOKS[self.outcome][0]} {self.name}: {self.outcome}. {self.cause}".rstrip()]
        for title, text in self.rows:
            lines.append(f"    {title + ':':9} " + text.replace("\n", "\n" + " " * 14))
        return "\n".join(lines + [f"    {self.remark}"] * bool(self.remark))

    __repr__ = __str__

    def _repr_html_(self):
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left;vertical-align:top;padding:1px 12px 1px 0;'
            f'font-weight:normal">{escape(title)}</th><td style="text-align:left"><pre style="margin:0;'
            f'white-space:pre-wrap;background:none">{escape(text)}</pre></td></tr>'
            for title, text in self.rows
        )
        return framed(
            self.outcome,
            f"{escape(self.name)}: {self.outcome}.",
            with_code(self.cause)
            + (f'<table style="border:none;margin:4px 0">{rows}</table>' if rows else "")
            + (f'<div style="font-size:90%">{with_code(self.remark)}</div>' if self.remark else ""),
        )


def framed(outcome, title, content):
    """Return HTML with the colour and the symbol of an outcome in front, and its title in bold."""
    symbol, colour = LOOKS[outcome]
    return (
        f'<div class="nnlib-verdict" role="status" style="border-left:5px solid {colour};padding:4px 12px;'
        f'margin:4px 0;line-height:1.5"><b><span style="color:{colour}">{symbol}</span> {title}</b> {content}</div>'
    )


def with_code(text):
    """Return text as HTML, with `what is in backticks` as code, and *what is in asterisks* emphasised."""
    parts = re.split(r"`([^`]+)`", escape(text, quote=False))  # every second part is code
    parts[::2] = [re.sub(r"\*(\w[^*]*)\*", r"<em>\1</em>", part) for part in parts[::2]]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return "".join(parts)


def shown(value, length=LENGTH):
    """Return a value in a few readable lines, of not many more characters than `length`."""
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    if isinstance(value, np.generic):
        return str(value)
    if isinstance(value, np.ndarray):
        return _shown_array(value, length)
    if isinstance(value, Network):
        return "network"
    if isinstance(value, Example):
        strokes = value.strokes
        drawn = f"{len(strokes)} stroke{'s' * (len(strokes) != 1)}" if isinstance(strokes, list) else shown(strokes, 40)
        return f"Example({drawn}, {shown(value.label, 40)}, {shown(value.writer, 40)})"
    if isinstance(value, dict):
        return (
            "{"
            + _shown_items([f"{_shown_key(key)}: {shown(item, length // 2)}" for key, item in value.items()], length)
            + "}"
        )
    if isinstance(value, list):
        return "[" + _shown_items([shown(item, length // 2) for item in value], length) + "]"
    if isinstance(value, tuple):
        return "(" + _shown_items([shown(item, length // 2) for item in value], length) + "," * (len(value) == 1) + ")"
    if isinstance(value, np.random.Generator):
        return "rng"
    if callable(value):
        return getattr(value, "__name__", "a function")
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _shown_key(key):
    return repr(str(key)) if isinstance(key, str) else shown(key, 40)  # NumPy's text, too, as plain text


def _shown_array(array, length):
    if array.size <= 40:
        text = np.array2string(array, precision=4, suppress_small=True, separator=", ")
        if len(text) <= length:
            return text
    if array.dtype.kind not in "uif":
        return f"an array of shape {array.shape}, dtype {array.dtype}"
    return f"an array of shape {array.shape}, from {array.min():.4g} to {array.max():.4g}"


def _shown_items(texts, length):
    """Return as many texts as there is room for, the first in any case, and how many are left out."""
    ends = np.cumsum([len(text) + 2 for text in texts])
    n = max(1, int(np.sum(ends <= length)))
    return ", ".join(texts[:n]) + (f", … {len(texts) - n} more" if n < len(texts) else "")


def shown_call(name, arguments):
    """Return a call as it would be typed, if its arguments are small."""
    texts = list(map(shown, arguments))
    if sum(map(len, texts)) > LENGTH:
        texts = [shown(argument, LENGTH // len(arguments)) for argument in arguments]
    return f"{name}({', '.join(texts)})"
