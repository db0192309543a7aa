"""What the pad shows, as HTML: words, ten bars, the kept drawings. Pure functions, which need no widget."""

import base64
from html import escape

import numpy as np

from ..drawing import fit
from ..examples import as_bytes, to_png
from ..reading import KNOWN, SURE

LONG = 90  # characters: more may not fit into a box of fixed height on a phone
MOST_NAMED = 6  # drawings, in a sentence


def in_words(read):
    """Return what the network reads, in one or more sentences.

    Parameters
    ----------
    read : list of (digit, scores)
        The digits from left to right, as `recognise_number` gives them: each with its ten scores.

    Returns
    -------
    str
        Where the best score of a digit does not reach `SURE`, it names the two digits that come nearest. Where it does
        not even reach `KNOWN`, it says that this is no digit.
    """
    if all(max(scores) < KNOWN for _, scores in read):
        return "That is no digit that I know." if len(read) == 1 else "Those are no digits that I know."
    if len(read) == 1:
        ((digit, scores),) = read
        return f"I read {with_article(digit)}." if max(scores) >= SURE else f"Not sure: {_nearest_two(scores)}?"
    number = "".join(str(digit) if max(scores) >= SURE else "?" for digit, scores in read)
    doubts = [_doubt(place, scores) for place, (_, scores) in enumerate(read, start=1) if max(scores) < SURE]
    return " ".join(doubts if len(doubts) == len(read) else [f"I read {number}.", *doubts])


def _doubt(place, scores):
    """Return what is said about a digit of a number that the network is not sure of."""
    if max(scores) < KNOWN:
        return f"Digit {place} is none that I know."
    return f"Not sure of digit {place}: {_nearest_two(scores)}?"


def _nearest_two(scores):
    """Return "a 1 or a 4": the digits with the two highest scores."""
    best, second = np.argsort(-np.asarray(scores))[:2]
    return f"{with_article(best)} or {with_article(second)}"


def caption_html(place, count):
    """Return what stands below the image that the network sees: of several digits, also which one it is."""
    which = f" (digit {place} of {count})" if count > 1 else ""
    return f'<div class="nnlib-note">What the network sees{which}</div>'


def with_article(number):
    """Return "a 7", "an 8", "an 11", "an 80"."""
    starts_with_a_vowel = str(number).startswith("8") or number in (11, 18)
    return f"{'an' if starts_with_a_vowel else 'a'} {number}"


def drawings(count):
    """Return "1 drawing", "2 drawings"."""
    return counted(count, "drawing")


def counted(count, name):
    """Return "1 row", "2 rows"."""
    return f"1 {name}" if count == 1 else f"{count} {name}s"


def which_drawings(indices):
    """Return "drawing 3", "drawings 1, 2 and 5"; of many, only the first six are named."""
    numbers = [str(index + 1) for index in indices]
    if len(numbers) == 1:
        return f"drawing {numbers[0]}"
    if len(numbers) > MOST_NAMED:
        numbers[MOST_NAMED:] = [f"{len(numbers) - MOST_NAMED} more"]
    return f"drawings {', '.join(numbers[:-1])} and {numbers[-1]}"


def doubt_in_words(examples, now, first):
    """Return which label is most worth a second look, as a sentence; nothing where there is no doubt.

    Parameters
    ----------
    examples : list of Example
        The kept drawings.
    now, first : dict
        What the network reads instead, as `nnlib.teaching.doubts` returns it: as it is now, and before it was taught.
    """
    if not (now or first):
        return ""
    doubted = now or first
    newest = max(doubted)
    digit, score = doubted[newest]
    label = with_article(examples[newest].label)
    before = "" if now else "before the teaching, "
    others = "" if len(doubted) == 1 else f" {len(doubted) - 1} more {'is' if len(doubted) == 2 else 'are'} marked."
    return (
        f"Drawing {newest + 1} is kept as {label}, but {before}I read {with_article(digit)}, with {score:.2f}. "
        f"Click it to correct it.{others}"
    )


def doubts_of_each(now, first):
    """Return what makes the label of each doubted drawing doubtful, by its index; arguments as `doubt_in_words`."""
    reasons = {i: f"Before the teaching, I read {with_article(digit)}" for i, (digit, _) in first.items()}
    return reasons | {i: f"I read {with_article(digit)}" for i, (digit, _) in now.items()}


def doubts_before_and_after(before, after):
    """Return which labels the network doubted before it was taught, and after; nothing where it never did."""
    if before:
        learned = "now I have learned them" if len(before) > 1 else "now I have learned it"
        words = f"Before, I doubted the label of {which_drawings(before)}; "
        words += f"now, of {which_drawings(after)}." if after else f"{learned}."
    elif after:
        words = f"Now I doubt the label of {which_drawings(after)}."
    else:
        return ""
    return f"{words} If one is wrong, click it, correct it, and teach again."


def words_html(sentence):
    """Return what the pad reads; `page.js` has screen readers speak it, though not at every point of a stroke."""
    return f'<div class="nnlib-words">{escape(sentence)}</div>'


def bars_html(scores=None):
    """Return ten bars with their numbers; the highest is marked. None draws them empty."""
    scores = np.zeros(10) if scores is None else np.asarray(scores)
    best = int(np.argmax(scores)) if scores.any() else None
    rows = "".join(
        f'<tr{" class=best" if digit == best else ""}><th scope="row">{digit}</th>'
        f'<td><div class="nnlib-bar"><div style="width:{100 * score:.1f}%"></div></div></td>'
        f"<td>{score:.2f}</td></tr>"
        for digit, score in enumerate(scores)
    )
    return f'<table class="nnlib-bars" aria-label="The ten scores">{rows}</table>'


def note_html(sentence, kind="nnlib-note"):
    """Return a sentence in a box of its own. What may have to be scrolled can be reached with the keyboard."""
    focus = ' tabindex="0"' if len(sentence) > LONG else ""
    return f'<div class="{kind}"{focus}>{escape(sentence)}</div>'


def gallery_html(examples, selected=None, doubts=None):
    """Return the kept drawings as small pictures to click, each with its label.

    Parameters
    ----------
    examples : list of Example
        The drawings.
    selected : int or None
        The index of the one that is selected.
    doubts : dict of int to str, or None
        What makes a label doubtful, by the index of its drawing.
    """
    doubts = doubts or {}
    pictures = "".join(
        _picture_html(i, example, i == selected, doubts.get(i, "")) for i, example in enumerate(examples)
    )
    return f'<div class="nnlib-gallery" role="group" aria-label="Kept drawings"><div>{pictures}</div></div>'


def _picture_html(index, example, is_selected, doubt):
    on_paper = "" if example.image is None else ", a digit on paper"
    name = escape(f"Drawing {index + 1}{on_paper}, kept as {with_article(example.label)}{doubt and '. '}{doubt}")
    picture = drawing_svg(example.strokes) if example.image is None else image_html(example.image)
    return (
        f'<button type="button" data-nnlib-example="{index}" aria-pressed="{str(is_selected).lower()}" '
        f'aria-label="{name}" title="{name}"{" class=doubted" if doubt else ""}>'
        f"{picture}<span>{example.label}{'?' if doubt else ''}</span></button>"
    )


def download_html(name, examples):
    """Return a link that downloads the examples as a file, with no server and no script."""
    if not examples:
        return '<div class="nnlib-note">Keep a drawing, and you can download it here.</div>'
    content = base64.b64encode(as_bytes(examples)).decode()
    return (
        f'<a class="nnlib-download jupyter-button" download="{escape(name)}" '
        f'href="data:application/json;base64,{content}">Download {drawings(len(examples))}</a>'
    )


def image_html(image):
    """Return an image (28, 28) for a picture that something else names."""
    return f'<img src="data:image/png;base64,{to_png(image)}" alt="">'


def drawing_svg(strokes):
    """Return a drawing, scaled to fill a square, as SVG."""
    lines = "".join(
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in stroke)}"/>'
        for stroke in fit([np.repeat(stroke, 2, axis=0) if len(stroke) == 1 else stroke for stroke in strokes], 80, 50)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" fill="none" stroke="white" '
        f'stroke-width="9" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{lines}</svg>'
    )


# Text takes its colours from the theme; --jp-* are JupyterLab's, Notebook's and Voilà's names for them.
STYLE = """<style>
.nnlib-pad { max-width: 760px; padding: 4px; overflow: hidden; color: var(--jp-ui-font-color1, CanvasText); }
.nnlib-pad .nnlib-row { display: flex; flex-flow: row wrap; align-items: center; gap: 4px 6px; overflow: visible; }
.nnlib-pad .nnlib-top { align-items: flex-start; gap: 10px 20px; }
.nnlib-pad .widget-box { overflow: visible; }
.nnlib-pad .nnlib-frame { padding: 0; overflow: hidden; border-radius: 8px; background: black;
  border: 1px solid var(--jp-border-color1, gray); }
.nnlib-pad canvas { display: block; margin: 0; width: 100%; height: auto; aspect-ratio: 1; }
.nnlib-pad .nnlib-ink canvas { cursor: crosshair; touch-action: none; outline-offset: -3px; }
.nnlib-pad .nnlib-seen canvas { image-rendering: pixelated; pointer-events: none; }
.nnlib-pad .nnlib-words { font-size: 19px; line-height: 26px; font-weight: 600; height: 52px; overflow-y: auto; }
.nnlib-pad .nnlib-note { font-size: 13px; line-height: 18px; color: var(--jp-ui-font-color1, CanvasText); }
.nnlib-pad .nnlib-status { flex: 1 0 100%; order: 1; height: 58px; overflow-y: auto; margin: 0; }
.nnlib-pad .nnlib-problem { border-left: 4px solid #c9491b; padding: 4px 8px; font-size: 13px; line-height: 18px; }
.nnlib-pad .widget-html:has(.nnlib-bars) { contain: layout paint; }
.nnlib-pad .nnlib-bars { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 20px;
  font-variant-numeric: tabular-nums; }
.nnlib-pad .nnlib-bars th, .nnlib-pad .nnlib-bars td { padding: 2px 6px 2px 0; border: none; background: none;
  text-align: right; font-weight: normal; }
.nnlib-pad .nnlib-bars td:nth-child(2) { width: 100%; }
.nnlib-pad .nnlib-bar { height: 14px; border-radius: 3px; box-shadow: inset 0 0 0 1px var(--jp-border-color1, gray); }
.nnlib-pad .nnlib-bar div { height: 14px; border-radius: 3px; background: #1b87c9; }
.nnlib-pad .best th, .nnlib-pad .best td { font-weight: bold; }
.nnlib-pad .best .nnlib-bar div { background: #d9730d; }
.nnlib-pad .nnlib-field { width: 280px; max-width: 100%; gap: 6px; overflow: visible; }
.nnlib-pad .nnlib-ink { position: relative; }
.nnlib-pad .nnlib-empty::after { content: "Draw here"; position: absolute; inset: 0; display: grid; place-items: center;
  color: #8a8a8a; font-size: 20px; pointer-events: none; }
.nnlib-pad .nnlib-empty:active::after { content: none; }
.nnlib-pad .nnlib-digits { display: grid; grid-template-columns: repeat(5, 1fr); gap: 4px; width: 100%; }
.nnlib-pad .nnlib-digits button { margin: 0; padding: 0; }
.nnlib-pad .nnlib-offer { border-left: 4px solid #1b87c9; padding-left: 8px; }
.nnlib-pad .nnlib-summary { height: 42px; overflow-y: auto; }
/* The newest drawing is at the end: in a reversed column, scrolling begins there. */
.nnlib-pad .nnlib-gallery { display: flex; flex-direction: column-reverse; height: 152px; overflow-y: auto;
  border: 1px solid var(--jp-border-color2, #8886); border-radius: 4px; padding: 4px; }
.nnlib-pad .nnlib-gallery > div { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: auto; }
.nnlib-pad .nnlib-gallery button { all: unset; box-sizing: border-box; width: 48px; padding: 2px; border-radius: 6px;
  text-align: center; font-size: 13px; line-height: 18px; cursor: pointer; color: inherit; }
.nnlib-pad .nnlib-gallery svg, .nnlib-pad .nnlib-gallery img { display: block; width: 44px; height: 44px;
  background: black; border-radius: 4px; image-rendering: pixelated; }
.nnlib-pad .nnlib-gallery .doubted { background: #d9730d40; font-weight: bold; }
.nnlib-pad .nnlib-gallery [aria-pressed=true] { box-shadow: 0 0 0 3px #1b87c9; }
.nnlib-pad .nnlib-download { display: block; padding: 0 10px; line-height: 28px; text-decoration: none; }
.nnlib-pad .nnlib-announcer { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.nnlib-pad :focus-visible { outline: 3px solid #d9730d !important; outline-offset: 1px !important; }
.nnlib-pad.jupyter-widgets-disconnected > * { opacity: 0.4; }
.nnlib-pad.jupyter-widgets-disconnected::before { font-weight: 600; padding: 8px; border-left: 4px solid #c9491b;
  content: "This pad is no longer connected: its kernel was restarted or stopped. Run its cell again."; }
.nnlib-pad.nnlib-autosaved.jupyter-widgets-disconnected::before {
  content: "This pad is no longer connected: its kernel was restarted or stopped. Run its cell again, and the new pad "
  "offers you the drawings that you kept."; }
@media (max-width: 600px) { .nnlib-pad .nnlib-status { order: 0; height: 76px; }
  .nnlib-pad .nnlib-summary { height: 94px; } }
@media (pointer: coarse) { .nnlib-pad button { min-height: 44px; min-width: 44px; }
  .nnlib-pad .jupyter-button { line-height: 42px; } }
</style>"""
