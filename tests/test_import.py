"""What `import nnlib` brings along, and what it leaves out."""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from loading import ROOT

import nnlib

HEAVY = ("matplotlib", "ipywidgets", "ipycanvas", "anywidget", "IPython", "scipy.optimize", "scipy.io")


def test_importing_is_light():
    code = "import json, sys, nnlib; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert output.stderr == ""
    loaded = json.loads(output.stdout)
    assert "nnlib.model" in loaded
    assert [name for name in loaded if name in HEAVY or name.startswith(tuple(f"{heavy}." for heavy in HEAVY))] == []


def test_all_leaves_out_nothing_public():
    public = {
        name
        for name, value in vars(nnlib).items()
        if not name.startswith("_") and not inspect.ismodule(value) and value.__module__.startswith("nnlib")
    }
    assert public == set(nnlib.__all__)


def sections(docstring):
    """Return the sections of a numpydoc docstring as {title: body}."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", inspect.cleandoc(docstring), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def names_in(section):
    """Return the names that a Parameters, Returns or Attributes section explains."""
    entries = re.findall(r"^(\w[^:\n]*)", section, flags=re.MULTILINE)
    return [name.strip(" *") for entry in entries for name in entry.split(",")]


@pytest.mark.parametrize("name", nnlib.__all__)
def test_docstrings(name):
    value = getattr(nnlib, name)
    assert value.__doc__, "no docstring"
    first_line = value.__doc__.strip().splitlines()[0]
    assert first_line.endswith((".", ":")), first_line
    found = sections(value.__doc__)
    if inspect.isclass(value):
        fields = list(inspect.signature(value).parameters)
        assert names_in(found["Attributes"]) == fields
    else:
        assert names_in(found.get("Parameters", "")) == list(inspect.signature(value).parameters)
        assert "Returns" in found or name.startswith("save_")  # which returns nothing


@pytest.mark.slow
def test_an_installed_package_brings_its_data_and_networks(tmp_path):
    source = tmp_path / "source"
    skipped = shutil.ignore_patterns(".*", "notebooks", "tests", "*.egg-info", "build")
    shutil.copytree(ROOT, source, ignore=skipped)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path / "packages")]
    subprocess.run([*install, str(source)], check=True)
    code = (
        "import nnlib; network = nnlib.load_network(); print(nnlib.__file__);"
        "print(network.predict(nnlib.load_mnist().X_test[:3]), len(nnlib.load_examples()), len(nnlib.load_pens()));"
        "from nnlib.pad.page import Page; print('export default' in str(Page._esm))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "packages")},
        capture_output=True,
        text=True,
        check=True,
    )
    where, said, has_script = done.stdout.splitlines()
    assert where.startswith(str(tmp_path / "packages"))
    assert said == "[0 0 0] 10 7494"
    assert has_script == "True"
