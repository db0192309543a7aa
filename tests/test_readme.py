"""The README's commands are those that are tested, and what it links to is there."""

import json
import re
import tomllib

from loading import ROOT, load
from packaging.requirements import Requirement

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_the_readmes_test_command():
    command = re.search(r"^(python3 -m venv .*pytest.*)$", README, re.MULTILINE)[1]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace(" --quiet", "")
    for step in command.split(" && "):
        assert step in script


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_table_of_times_is_that_of_the_measured_results():
    benchmark = load(ROOT / "tests" / "benchmarks" / "bench_training.py")
    results = json.loads((ROOT / "tests" / "benchmarks" / "training.json").read_text(encoding="utf-8"))
    assert benchmark.table(results) in README
    for package in ("numpy", "scipy", "scikit-learn", "torch"):
        assert results["machine"][package].removesuffix("+cpu") in README
    for training in results["training"].values():
        assert f"{training['cost']:.2f}" in README


def test_every_pin_is_exact_and_covers_the_dependencies():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith(("#", "-e"))]
    assert all(re.match(r"[A-Za-z0-9._-]+==[\w.]+( ;|  ?#|$)", line) for line in pins)
    pinned = {re.split("==", line)[0].lower() for line in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {Requirement(dependency).name for dependency in project["dependencies"]} <= pinned


def test_the_example_runs():
    code = re.search(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[1]
    code = code.replace("max_iter=100", "max_iter=2").replace(
        "\nnnlib.check_gradient(", "\nreport = nnlib.check_gradient("
    )
    names = {}
    exec(code, names)
    assert names["report"].ok
    assert names["nnlib"].recognise([[[0, 0], [60, 0], [25, 100]]])[0] == 7


def test_the_tables_give_the_minutes_that_the_pages_say():
    """The README lists the lessons and exercises, the first lesson the other lessons."""
    sources = ROOT / "notebooks" / "source"
    pages = [*sources.glob("[0-9]*.md"), *(sources / "exercises").glob("*.md")]
    first = (sources / "00_start_here.md").read_text(encoding="utf-8")
    for page in pages:
        minutes = re.search(r"\*\*Time:\*\* (\d+) minutes", page.read_text(encoding="utf-8"))[1]
        link = page.relative_to(sources).with_suffix(".ipynb").as_posix()
        row = next(line for line in README.splitlines() if f"](notebooks/{link})" in line and line.startswith("|"))
        assert minutes in [cell.strip() for cell in row.split("|")], row
        if page.parent == sources and page.stem != "00_start_here":
            row = next(line for line in first.splitlines() if f"]({link})" in line and line.startswith("|"))
            assert row.split("|")[-2].strip() == minutes, row
