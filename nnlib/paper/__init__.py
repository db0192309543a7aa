"""Handwriting on paper: from a photograph or a scan to digits, and the sheet on which a class writes its digits.

A page: picture -> light -> lines -> ink -> parts -> choice, rows -> page. A sheet, which `sheet` draws: picture ->
corners -> cutting -> filled.
"""

from .filled import read_sheet
from .page import Digit, Page, read_page

__all__ = ["Digit", "Page", "read_page", "read_sheet"]
