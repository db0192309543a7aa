"""Load a module that stands outside of any package: a script, or a file whose name is no name in Python."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def load(path):
    """Return a Python file as a module of its own."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
