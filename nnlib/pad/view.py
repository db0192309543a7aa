"""What the pad shows, as HTML: words, ten bars, the kept drawings. Pure functions, which need no widget."""

from html import escape

import numpy as np

from ..drawing import fit

SURE = 0.5  # where even the best score is below this, no output says "yes"


def in_words(scores):
    """Return what the network reads, as a sentence.

    Parameters
    ----------
    scores : ndarray (10,)
        Output activations in [0, 1].

    Returns
    -------
    str
        Where no score reaches `SURE`, it says so, and names the two digits that come nearest.
    """
    best, second = np.argsort(-np.asarray(scores))[:2]
    if scores[best] >= SURE:
        return f"I read {with_article(best)}."
    return f"Not sure: {with_article(best)}? {with_article(second)}?"


def with_article(digit):
    """Return "a 7", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def drawings(count):
    """Return "1 drawing", "2 drawings"."""
    return "1 drawing" if count == 1 else f"{count} drawings"


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


def gallery_html(examples):
    """Return the kept drawings as small pictures, each with its label."""
    if not examples:
        return '<div class="nnlib-note">No drawings kept yet.</div>'
    pictures = "".join(
        f'<figure role="img" aria-label="A drawing kept as {with_article(example.label)}">'
        f"{drawing_svg(example.strokes)}<figcaption>{example.label}</figcaption></figure>"
        for example in examples
    )
    return f'<div class="nnlib-gallery">{pictures}</div>'


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
.nnlib-pad .nnlib-frame { padding: 0; overflow: hidden; border-radius: 8px; background: black;
  border: 1px solid var(--jp-border-color1, gray); }
.nnlib-pad canvas { display: block; margin: 0; width: 100%; height: auto; aspect-ratio: 1; }
.nnlib-pad .nnlib-ink canvas { cursor: crosshair; touch-action: none; outline-offset: -3px; }
.nnlib-pad .nnlib-seen canvas { image-rendering: pixelated; pointer-events: none; }
.nnlib-pad .nnlib-words { font-size: 19px; line-height: 26px; font-weight: 600; min-height: 26px; }
.nnlib-pad .nnlib-note { font-size: 13px; line-height: 18px; color: var(--jp-ui-font-color1, CanvasText); }
.nnlib-pad .nnlib-status { min-height: 20px; }
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
.nnlib-pad .nnlib-gallery { display: flex; flex-wrap: wrap; gap: 6px; }
.nnlib-pad .nnlib-gallery figure { margin: 0; width: 44px; text-align: center; font-size: 13px; }
.nnlib-pad .nnlib-gallery svg { display: block; width: 44px; height: 44px; background: black; border-radius: 4px; }
.nnlib-pad .nnlib-announcer { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.nnlib-pad :focus-visible { outline: 3px solid #d9730d !important; outline-offset: 1px !important; }
.nnlib-pad.jupyter-widgets-disconnected > * { opacity: 0.4; }
.nnlib-pad.jupyter-widgets-disconnected::before { font-weight: 600; padding: 8px; border-left: 4px solid #c9491b;
  content: "This pad is no longer connected: its kernel was restarted or stopped. Run its cell again."; }
@media (pointer: coarse) { .nnlib-pad button { min-height: 44px; min-width: 44px; } }
</style>"""
