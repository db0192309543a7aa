"""The drawing pad, a widget for Jupyter. Importing it needs ipywidgets and ipycanvas; the rest of nnlib does not."""

from .pad import Pad

__all__ = ["Pad"]
