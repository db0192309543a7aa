"""Every lesson runs from its source, offline, within the budget of time and memory."""

import ast
import os
import re
import time

import nbformat
import pytest
from loading import ROOT, load
from nbclient import NotebookClient

SOURCES = sorted((ROOT / "notebooks" / "source").glob("*.md"))
SECONDS, MEGABYTES = 120, 1000  # the budget of a lesson on two cores

build = load(ROOT / "notebooks" / "build.py")


LESSONS = [source for source in SOURCES if source.name[0].isdigit()]  # beside them stands the page for teachers


def names(paths):
    return [path.stem for path in paths]


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_lesson_runs_offline_within_its_budget(source, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests" / "no_network"), prepend=os.pathsep)
    notebook = build.read_source(source)
    # The last words of the kernel: its peak memory, and whether the network was really shut off.
    notebook.cells.append(
        nbformat.v4.new_code_cell(
            "import pathlib, socket, time\n"
            "try:\n    socket.create_connection(('192.0.2.1', 9), timeout=1)\n"
            "except OSError as error:\n    print(error)\n"
            "status = pathlib.Path('/proc/self/status')\n"
            "print(status.read_text() if status.exists() else '')\n"
            "print('processor seconds:', time.process_time())"
        )
    )
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    started = time.perf_counter()
    NotebookClient(notebook, timeout=3 * SECONDS, kernel_name="python3", resources=resources).execute()
    seconds = time.perf_counter() - started
    last_words = notebook.cells.pop().outputs[0].text
    assert "This runs offline" in last_words
    assert not [problem for problem in build.problems(notebook) if "without" in problem or "warning" in problem]
    # On a busy machine a lesson waits for its turn; but what it computes does not grow by much.
    assert min(seconds, float(re.search(r"processor seconds: (.+)", last_words)[1])) < SECONDS
    peak = re.search(r"VmHWM:\s+(\d+) kB", last_words)  # Linux only
    if peak:
        assert int(peak[1]) / 1000 < MEGABYTES


def test_committed_notebooks_are_what_their_sources_give(capsys):
    assert build.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_links_between_lessons_lead_somewhere(source):
    text = source.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+\.ipynb)\)", text):
        assert (ROOT / "notebooks" / target).is_file(), target


@pytest.mark.parametrize("source", LESSONS, ids=names(LESSONS))
def test_lesson_has_the_parts_that_every_lesson_has(source):
    text = source.read_text(encoding="utf-8")
    for part in ("**Time:**", "**Before this:**", "> **Predict.**", "## Try it", "## Summary", "**Next:**"):
        assert part in text, part


def stored(tree):
    """Return the names that a cell assigns outside of its functions."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {id(node) for function in functions for node in ast.walk(function) if node is not function}
    nodes = [node for node in ast.walk(tree) if id(node) not in inside]
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


@pytest.mark.parametrize("source", LESSONS, ids=names(LESSONS))
def test_what_a_slider_draws_with_keeps_its_name_to_the_end_of_the_lesson(source):
    """A slider may be moved when all cells have been run: another figure of the same name would be drawn on."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{source.stem}.ipynb", as_version=4)
    trees = [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    for i, tree in enumerate(trees):
        if any(isinstance(node, ast.Name) and node.id == "Sliders" for node in ast.walk(tree)):
            draw = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "draw")
            own = stored(ast.Module(draw.body, [])) | {argument.arg for argument in draw.args.args}
            used = {node.id for node in ast.walk(draw) if isinstance(node, ast.Name)} - own
            assert not used & set().union(*map(stored, trees[i + 1 :])), "\n".join(sorted(used))


# Figures that a lesson takes from elsewhere, in per cent: those of the full experiment in benchmarks/choose_lambda.py.
FROM_ELSEWHERE = {"06_evaluating": {"97.6", "97.9", "98.0"}}


@pytest.mark.parametrize("source", LESSONS, ids=names(LESSONS))
def test_a_share_in_the_words_of_a_lesson_stands_in_its_outputs(source):
    """But for Try it, whose outputs are the reader's."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{source.stem}.ipynb", as_version=4)
    words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    words = re.sub(r"## Try it.*?(?=\n## |\Z)", "", words, flags=re.DOTALL)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    texts = [output.get("text", "") + str(output.get("data", {}).get("text/markdown", "")) for output in outputs]
    texts += [output.get("data", {}).get("text/plain", "") for output in outputs]
    shown = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", "\n".join(texts).replace(",", ""))]
    for share in set(re.findall(r"(?<![\w.])(\d+(?:\.\d+)?) ?%", words)) - FROM_ELSEWHERE.get(source.stem, set()):
        places = len(share.partition(".")[2])
        assert any(round(factor * number, places) == float(share) for number in shown for factor in (1, 100)), share


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """Give build.py a folder of its own with one small source."""
    (tmp_path / "source").mkdir()
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "SOURCES", tmp_path / "source")

    def write(text):
        (tmp_path / "source" / "00_small.md").write_text(text, encoding="utf-8")
        return tmp_path / "00_small.ipynb"

    return write


def cell(code):
    return f"```{{code-cell}} ipython3\n{code}\n```\n"


@pytest.mark.slow
def test_build_is_repeatable_and_its_check_passes(workshop, capsys):
    target = workshop("# Title\n\nWords.\n\n" + cell("print(6 * 7)") + "\nWords.\n\n" + cell("print(6 * 7)"))
    build.main([])
    first = target.read_bytes()
    build.main(["--all"])
    assert target.read_bytes() == first
    notebook = nbformat.read(target, as_version=4)
    assert notebook.cells[1].outputs[0].text == "42\n"
    assert len({c.id for c in notebook.cells}) == len(notebook.cells)
    assert build.main(["--check"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda nb: nb.cells[0].update(source="# Other"), "cells differ"),
        (lambda nb: nb.cells[1].update(execution_count=3), "one clean run"),
        (lambda nb: nb.metadata.update(author="me"), "metadata differ"),
    ],
)
def test_check_fails_where_a_notebook_was_changed_by_hand(workshop, capsys, change, complaint):
    target = workshop("# Title\n\n" + cell("1 + 1"))
    build.main([])
    notebook = nbformat.read(target, as_version=4)
    change(notebook)
    nbformat.write(notebook, target)
    assert build.main(["--check"]) == 1
    assert complaint in capsys.readouterr().out


@pytest.mark.slow
def test_check_fails_for_a_changed_source_a_missing_and_an_orphaned_notebook(workshop, capsys):
    target = workshop("# Title\n\n" + cell("1 + 1"))
    assert build.main(["--check"]) == 1
    assert "never built" in capsys.readouterr().out
    build.main([])
    workshop("# Title\n\n" + cell("1 + 2"))
    assert build.main(["--check"]) == 1
    assert "cells differ" in capsys.readouterr().out
    build.main([])
    target.rename(target.with_name("01_other.ipynb"))
    assert build.main(["--check"]) == 1
    assert "no source" in capsys.readouterr().out


@pytest.mark.slow
def test_what_answers_a_prediction_is_folded_and_its_first_line_does_not_tell(workshop):
    target = workshop(
        "# Title\n\n"
        + cell("print(1)")
        + "\n> **Predict.** What comes?\n\n"
        + cell("print(2)")
        + cell("3")
        + "Words.\n"
        + cell("4")
    )
    build.main([])
    cells = [cell for cell in nbformat.read(target, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.metadata.get("jupyter", {}).get("outputs_hidden", False) for cell in cells] == [
        False,
        True,
        True,
        False,
    ]
    assert [len(cell.outputs) for cell in cells] == [1, 2, 2, 1]
    assert cells[1].outputs[0].data["text/plain"] == cells[2].outputs[0].data["text/plain"] == build.FOLDED


@pytest.mark.slow
def test_of_a_picture_with_sliders_the_picture_is_saved(workshop):
    target = workshop(
        "# Title\n\n"
        + cell("import ipywidgets\nipywidgets.IntSlider()")
        + cell(
            "from nnlib import plots\nfrom nnlib.sliders import Sliders\n"
            "Sliders(plots.new_figure('A curve.')[0], lambda a: None, a=[1, 2])"
        )
    )
    build.main([])
    alone, with_picture = (c for c in nbformat.read(target, as_version=4).cells if c.cell_type == "code")
    assert alone.outputs == []
    (output,) = with_picture.outputs
    assert set(output.data) == {"image/png", "text/plain"}
    assert output.metadata["image/png"]["alt"] == "A curve."


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# Title\n\n" + cell("import sys\nprint('careful', file=sys.stderr)"), "warning in cell 1"),
        ("# Title\n\n" + cell("from PIL import Image\nImage.new('L', (1, 1))"), "without alt text"),
        ("## No title\n\n" + cell("1"), "one H1"),
        ("# Title\n\n### Jump\n\n" + cell("1"), "level of headings"),
        ("# Title\n\n" + cell("x = " + "1 + " * 30 + "1"), "too long"),
    ],
)
def test_what_a_reader_would_stumble_over_does_not_build(workshop, text, complaint):
    target = workshop(text)
    with pytest.raises(SystemExit, match=complaint):
        build.main([])
    assert not target.exists()
