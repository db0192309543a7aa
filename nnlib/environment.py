"""Is everything there that the lessons need? If not: what is missing, and what to do about it."""

import importlib.metadata
import platform
import re
import sys

from .data import MNIST_PATH

PYTHON = (3, 11)
# The packages that the lessons use, each with the oldest version that will do; as in pyproject.toml, without
# JupyterLab: a notebook may be open somewhere else.
PACKAGES = {
    "numpy": "2.0",
    "scipy": "1.15",
    "matplotlib": "3.10.7",
    "pillow": "11.3",
    "ipywidgets": "8.1.5",
    "ipycanvas": "0.14.3",
    "anywidget": "0.9.18",
    "tqdm": "4.67",
    "threadpoolctl": "3.8",
}


def check_environment():
    """Print what is installed of what the lessons need, and a cure for what is missing or too old.

    No package is imported for it, so one that is broken shows only where it is used.

    Returns
    -------
    None
        The lines are printed: those that begin with ✗ say what is wrong.
    """
    wrong = False
    if sys.version_info < PYTHON:
        needed = ".".join(str(number) for number in PYTHON)
        print(f"✗ Python {platform.python_version()} is too old. You need {needed} or newer: see python.org.")
        wrong = True
    else:
        print(f"✓ Python {platform.python_version()}")
    bad = False
    for name, oldest in PACKAGES.items():
        line, good = _package(name, oldest)
        print(line)
        bad = bad or not good
    if bad:
        print("  The cure: in the project's folder, run")
        print(f"      {sys.executable} -m pip install -r requirements.txt")
        print("  and then restart the kernel (Kernel → Restart).")
    if MNIST_PATH.is_file():
        print("✓ the 70,000 digits")
    else:
        print(f"✗ The digits are missing: there is no file {MNIST_PATH}. Get the project again, with its folder data.")
        wrong = True
    if not wrong and not bad:
        print("Everything is there.")


def _package(name, oldest):
    """Return a line about a package, and whether it is there and new enough."""
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"✗ {name} is missing", False
    if _numbers(version) < _numbers(oldest):
        return f"✗ {name} {version} is too old: {oldest} or newer is needed", False
    return f"✓ {name} {version}", True


def _numbers(version):
    """Return the numbers of a version that decide which of two is newer: 3.10.7 is (3, 10, 7)."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
