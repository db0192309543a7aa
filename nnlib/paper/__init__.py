"""Handwriting on paper: from a photograph or a scan to digits, and the sheet on which a class writes its digits.

A page: picture -> light -> lines -> ink -> parts -> choice, rows -> page. A sheet, which `sheet` draws: picture ->
corners -> cutting -> filled.
"""

from .filled import read_sheet
from .page import read_page

__all__ = ["read_page", "read_sheet"]
