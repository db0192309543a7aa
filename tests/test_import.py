"""What `import nnlib` brings along, and what it leaves out."""

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nnlib

FOLDER = Path(nnlib.__file__).parent
HEAVY = ("matplotlib", "ipywidgets", "ipycanvas", "IPython", "scipy.optimize", "scipy.io")


def test_importing_is_light():
    code = "import json, sys, nnlib; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert output.stderr == ""
    loaded = json.loads(output.stdout)
    assert "nnlib.model" in loaded
    assert [name for name in loaded if name in HEAVY or name.startswith(tuple(f"{heavy}." for heavy in HEAVY))] == []


def test_all_names_are_there_and_sorted():
    assert nnlib.__all__ == sorted(set(nnlib.__all__))
    for name in nnlib.__all__:
        assert hasattr(nnlib, name), name


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
        assert names_in(found["Parameters"]) == list(inspect.signature(value).parameters)
        assert "Returns" in found or name.startswith("save_")  # which give nothing


def imports_of(path):
    """Return the modules that a source file imports, anywhere in it: 'os', '.checks'."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level
            modules |= {prefix + node.module} if node.module else {prefix + alias.name for alias in node.names}
    return modules


def test_the_model_knows_nothing_of_files_plots_or_widgets():
    assert imports_of(FOLDER / "model.py") <= {"numpy", ".checks", ".blocks", ".parameters"}


def test_only_the_modules_that_need_them_import_heavy_packages():
    needs = {
        "matplotlib": {"plots.py"},
        "ipywidgets": {"pad.py", "surface.py", "question.py"},
        "ipycanvas": {"surface.py"},
    }
    for path in FOLDER.rglob("*.py"):
        for module in imports_of(path):
            package = module.split(".")[0]
            assert path.name in needs.get(package, {path.name}), f"{path.name} imports {module}"
