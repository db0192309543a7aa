"""What is said of an answer: coloured in a notebook, and as clear in plain text."""

import re
import reprlib
from dataclasses import dataclass
from html import escape

import numpy as np

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
TYPED = 160  # characters of a call that is shown as it would be typed


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
        if self.remark:
            lines.append(f"    {self.remark}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        content = with_code(self.cause)
        if self.rows:
            rows = "".join(
                f'<tr><th scope="row" style="text-align:left;vertical-align:top;padding:1px 12px 1px 0;'
                f'font-weight:normal">{escape(title)}</th><td style="text-align:left"><pre style="margin:0;'
                f'white-space:pre-wrap;background:none">{escape(text)}</pre></td></tr>'
                for title, text in self.rows
            )
            content += f'<table style="border:none;margin:4px 0">{rows}</table>'
        if self.remark:
            content += f'<div style="font-size:90%">{with_code(self.remark)}</div>'
        return framed(self.outcome, f"{escape(self.name)}: {self.outcome}.", content)


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


class _Shown(reprlib.Repr):
    """Values in a few readable lines. `reprlib` looks the method up by the name of the value's type.

    Parameters
    ----------
    length : int
        Characters that there is room for.
    n_items : int
        How many items of a list are shown. With fewer of them, the arrays among them get less room, too.
    """

    def __init__(self, length, n_items):
        super().__init__()
        self.room, self.room_within = length, length * n_items // 24
        self.fillvalue = "…"
        self.maxlevel = 4
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = n_items
        self.maxstring = self.maxlong = self.maxother = length

    def repr_float(self, value, level):
        return f"{value:.6g}"

    def repr_ndarray(self, array, level):
        room = self.room if level == self.maxlevel else self.room_within
        if array.size <= 40:
            text = np.array2string(array, precision=4, suppress_small=True, separator=", ")
            if len(text) <= room:
                return text
        if array.dtype.kind not in "uif":
            return f"an array of shape {array.shape}, dtype {array.dtype}"
        return f"an array of shape {array.shape}, from {array.min():.4g} to {array.max():.4g}"

    def repr_Network(self, network, level):  # noqa: N802
        return "network"

    def repr_Generator(self, rng, level):  # noqa: N802
        return "rng"

    def repr_Example(self, example, level):  # noqa: N802
        strokes, label, writer = (self.repr1(part, level - 1) for part in example)
        if example.image is not None:
            strokes = "an image"
        elif isinstance(example.strokes, list):
            strokes = "1 stroke" if len(example.strokes) == 1 else f"{len(example.strokes)} strokes"
        return f"Example({strokes}, {label}, {writer})"

    def repr_instance(self, value, level):
        if isinstance(value, np.generic) and not isinstance(value.item(), np.generic):
            return self.repr1(value.item(), level)  # as the number or the text of Python that it stands for
        if callable(value):
            return getattr(value, "__name__", "a function")
        text = repr(value)
        return text if len(text) <= self.maxother else text[: self.maxother - 1] + "…"


def shown(value, length=LENGTH):
    """Return a value in a few readable lines, of not many more characters than `length`."""
    try:
        for n_items in (12, 6, 3):
            text = _Shown(length, n_items).repr(value)
            if len(text) <= length:
                return text
    except Exception:  # a class of the learner's own, whose __repr__ raises
        return f"an object of type {type(value).__name__}, which cannot be shown"
    return text[: length - 1] + "…"


def shown_call(name, arguments):
    """Return a call as it would be typed, if its arguments are small."""
    texts = [shown(argument) for argument in arguments]
    if sum(map(len, texts)) > LENGTH:
        texts = [shown(argument, LENGTH // len(arguments)) for argument in arguments]
    return f"{name}({', '.join(texts)})"


def told_apart(a, b):
    """Return two values as texts that differ: numbers with as many digits as that takes."""
    if all(isinstance(value, (int, float, np.number)) and not isinstance(value, bool) for value in (a, b)):
        for digits in range(6, 18):
            texts = [f"{value:.{digits}g}" for value in (a, b)]
            if texts[0] != texts[1]:
                return texts
    return [shown(a), shown(b)]


def literal(value):
    """Return a value as it would be typed in a notebook, with all its digits, or None where that is not possible."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "buif":
        if value.size > TYPED // 4:  # it would not fit, and a large one takes seconds to be written
            return None
        usual = value.dtype in (np.float64, np.int64, np.bool_) and value.size
        return f"np.array({value.tolist()!r}{'' if usual else f', dtype=np.{value.dtype}'})"
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        texts = [literal(item) for item in value]
        if None in texts:
            return None
        if isinstance(value, list):
            return f"[{', '.join(texts)}]"
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
    return repr(value) if isinstance(value, (bool, int, float, str)) and not isinstance(value, np.generic) else None


def rows_of_call(task_name, arguments, number):
    """Return the rows that say what was called: readable, and such that it can be pasted into a cell.

    Parameters
    ----------
    number : int
        Of the case: `case(task_name, number)` gives its arguments, where they are too large to be typed.
    """
    texts = [literal(argument) for argument in arguments]
    if None not in texts:
        typed = f"{task_name}({', '.join(texts)})"
        if len(typed) <= TYPED:
            return (("called", typed),)
    again = f'from nnlib.exercises import case\n{task_name}(*case("{task_name}", {number}))'
    return (("called", shown_call(task_name, arguments)), ("repeat", again))
