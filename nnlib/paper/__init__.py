"""Handwriting on paper: photographs and scans, and the sheet on which a class writes its digits."""
