"""From a photograph or scan of paper to digits. Data flows: picture -> light -> lines -> ink -> parts -> choice, rows."""

from .page import read_page

__all__ = ["read_page"]
