"""Turn the text sources of the lessons and exercises into notebooks.

    python notebooks/build.py              build what differs from its source
    python notebooks/build.py 03 05        build these, whether they differ or not
    python notebooks/build.py --all        build everything
    python notebooks/build.py --check      build nothing; fail if a notebook does not match its source
    python notebooks/build.py --nbgrader DIR    write the exercises as a course for nbgrader

A source is a file of MyST Markdown in notebooks/source/. Its notebook is executed from top to bottom in
a fresh kernel and saved with its outputs; those of the cells after a "Predict" are folded. A lesson that
raises, warns or shows a picture without alt text does not build. A source in notebooks/source/exercises/
makes two notebooks: the learner's, with stubs, not executed, and the solution.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import jupytext
import nbformat
from nbclient import NotebookClient
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from traitlets.config import Config

from nnlib.exercises.tasks import QUESTIONS
from nnlib.files import write_atomically

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "source"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"
FOLDED = "What comes out: run the cell, or click here."
LINE_LENGTH = 96  # characters of code that fit on a page without scrolling
SECONDS_PER_NOTEBOOK = 600  # a guard against endless loops; the budget is in the tests

STUB = "# Write your code here, in place of the next line.\nraise NotImplementedError"
COURSE_CONFIG = f'''"""Settings for nbgrader; written once, yours to change."""

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor, Preprocessor
from nbgrader.preprocessors import ClearHiddenTests, GetGrades


class WithoutTracebacks(Preprocessor):
    """Leave of an error in a check what it says, and not where it arose: that would show the hidden tests."""

    def preprocess_cell(self, cell, resources, index):
        if cell.metadata.get("nbgrader", {{}}).get("grade"):
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    output.traceback = [f"{{output.ename}}: {{output.evalue}}"]
        return cell, resources


c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "handwriting"
c.ClearSolutions.code_stub = {{"python": {STUB!r}}}
c.Execute.timeout = 120  # seconds for a cell
# What learners get back does not show the hidden tests.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, WithoutTracebacks, CSSHTMLHeaderPreprocessor]
c.WithoutTracebacks.enabled = True
'''


def read_source(path):
    """Return the notebook that a source describes: not executed, with cell ids that depend only on its text."""
    notebook = jupytext.read(path, fmt="md:myst")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    fold_answers(notebook)
    return notebook


def fold_answers(notebook):
    """Hide the outputs that answer a prediction: Jupyter shows them when their cell is run, or at a click."""
    answers = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            answers = "> **Predict.**" in cell.source
        elif answers:
            cell.metadata.setdefault("jupyter", {})["outputs_hidden"] = True


def read_exercise(path):
    """Return the learner's notebook of an exercise: stubs, no hidden tests, nothing of nbgrader's."""
    return _plain(_without_hidden_tests(_processed(ClearSolutions, read_source(path))))


def read_solution(path):
    """Return the worked notebook of an exercise, with the answers to its questions at the end."""
    notebook = _plain(_without_hidden_tests(read_source(path)))
    for cell in notebook.cells:
        cell.source = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.MULTILINE).rstrip()
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    asked = [QUESTIONS[name] for name in re.findall(r"^ask\(\"(.+)\"\)", code, flags=re.MULTILINE)]
    lines = [f"- {q.text} **{q.options[q.right]}** {q.why}" for q in asked]
    if lines:
        answers = nbformat.v4.new_markdown_cell("\n".join(["## The predictions", "", *lines]), id="answers")
        notebook.cells.append(answers)
    return notebook


def _without_hidden_tests(notebook):
    notebook = _processed(ClearHiddenTests, notebook)
    for cell in notebook.cells:
        cell.source = cell.source.rstrip()
    return notebook


def _processed(preprocessor, notebook):
    """Return what one of nbgrader's own preprocessors makes of a notebook."""
    config = Config({"ClearSolutions": {"code_stub": {"python": STUB}}})
    return preprocessor(config=config).preprocess(notebook, {})[0]


def _plain(notebook):
    """Return a notebook without nbgrader's metadata, so that it needs no nbgrader."""
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    return notebook


class Page(NamedTuple):
    """A notebook to build: its source, its place, how the source is read, and whether the notebook is executed."""

    source: Path
    target: Path
    read: Callable
    executed: bool = True


def pages():
    """Return all notebooks that there should be."""
    found = [Page(source, HERE / f"{source.stem}.ipynb", read_source) for source in sorted(SOURCES.glob("*.md"))]
    for source in sorted((SOURCES / "exercises").glob("*.md")):
        found += [
            Page(source, HERE / "exercises" / f"{source.stem}.ipynb", read_exercise, executed=False),
            Page(source, HERE / "solutions" / f"{source.stem}.ipynb", read_solution),
        ]
    return found


def write_course(folder):
    """Write a course for nbgrader: each exercise is an assignment. Nothing that is there already is overwritten."""
    files = {folder / "nbgrader_config.py": COURSE_CONFIG}
    for source in sorted((SOURCES / "exercises").glob("*.md")):
        path = folder / "source" / source.stem / f"{source.stem}.ipynb"
        files[path] = nbformat.writes(read_source(source)) + "\n"
    for path, text in files.items():
        if path.exists() and path.suffix == ".ipynb" and path.read_bytes() != text.encode():
            raise SystemExit(f"{path} is there already and differs. Move it away, or name another folder.")
    new = {path: text for path, text in files.items() if not path.exists()}
    for path in new:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically({path: lambda file, text=text: file.write(text.encode()) for path, text in new.items()})
    print(f"{len(files) - 1} assignments are in {folder / 'source'}.")
    return 0


def execute(notebook, folder):
    """Run a notebook from top to bottom in a fresh kernel, in the folder that it will be saved in."""
    NotebookClient(
        notebook,
        timeout=SECONDS_PER_NOTEBOOK,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,  # what is printed at different times is one text
    ).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            # A widget is alive only with a kernel: without one it would show as a line of gibberish. Its picture stays.
            cell.outputs = [output for output in cell.outputs if not _is_widget_alone(output.get("data", {}))]
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)
            if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
                # In place of a folded output, JupyterLab shows its first line, which may be the answer.
                cell.outputs.insert(0, nbformat.v4.new_output("display_data", {"text/plain": FOLDED}))


def _is_widget_alone(data):
    return WIDGET in data and "image/png" not in data


def problems(notebook):
    """Return what a reader of an executed notebook would stumble over, one line each."""
    found = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        found.append("its outputs are not those of one clean run")
    for cell in code:
        for output in cell.outputs:
            where = f"in cell {cell.execution_count}"
            if output.output_type == "error":
                found.append(f"an error {where}: {output.ename}: {output.evalue}")
            elif output.get("name") == "stderr":
                found.append(f"a warning {where}: {output.text.strip()[:200]}")
            elif "image/png" in output.get("data", {}) and not output.metadata.get("image/png", {}).get("alt"):
                found.append(f"a picture without alt text {where}")
    return found


def source_problems(notebook):
    """Return what is wrong with a notebook before it is run, one line each: headings, and lines of code too long."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    levels = [len(mark) for mark in re.findall(r"^(#{1,6}) ", text, flags=re.MULTILINE)]
    found = [] if levels.count(1) == 1 and levels[0] == 1 else ["it must have one H1, at the top"]
    if any(b > a + 1 for a, b in pairwise(levels)):
        found.append("a level of headings is skipped")
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return found + [f"a line too long to see: {line}" for line in code.splitlines() if len(line) > LINE_LENGTH]


def differences(page):
    """Return how a page's notebook differs from what its source describes, one line each."""
    if not page.target.exists():
        return ["it was never built"]
    notebook = nbformat.read(page.target, as_version=4)
    expected = page.read(page.source)

    def comparable(cells):
        return [(cell.id, cell.cell_type, cell.source, dict(cell.metadata)) for cell in cells]

    found = []
    if comparable(notebook.cells) != comparable(expected.cells):
        found.append("its cells differ from the source's")
    if notebook.metadata != expected.metadata:
        found.append("its metadata differ from the source's")
    if not page.executed and any(cell.get("outputs") for cell in notebook.cells):
        found.append("it holds outputs")
    return found + source_problems(notebook) + (problems(notebook) if page.executed else [])


def build(page):
    """Execute a source and save the notebook; what was there before stays if anything is wrong."""
    notebook = page.read(page.source)
    found = source_problems(notebook)
    page.target.parent.mkdir(exist_ok=True)
    if page.executed and not found:
        execute(notebook, page.target.parent)
        found = problems(notebook)
    if found:
        raise SystemExit(f"{page.source.name} does not build:\n  " + "\n  ".join(found))
    nbformat.validate(notebook)
    temporary = page.target.with_suffix(".tmp")
    nbformat.write(notebook, temporary)
    temporary.replace(page.target)


def main(arguments=None):
    """Build or check, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="how their names start: 03, 03_cost")
    parser.add_argument("--all", action="store_true", help="build everything, even what does not differ")
    parser.add_argument("--check", action="store_true", help="build nothing; exit with 1 if something differs")
    parser.add_argument("--nbgrader", metavar="DIR", help="write a course for nbgrader to this folder")
    options = parser.parse_args(arguments)
    if options.nbgrader is not None:
        if not options.nbgrader.strip():  # Path("") would be the current folder
            parser.error("argument --nbgrader: the name of the folder is empty")
        try:
            return write_course(Path(options.nbgrader))
        except OSError as error:  # it is a file, or nothing may be written there
            parser.error(f"argument --nbgrader: there can be no course in {options.nbgrader} ({error})")

    wanted = pages()
    orphans = {path for folder in (".", "exercises", "solutions") for path in (HERE / folder).glob("*.ipynb")}
    orphans -= {page.target for page in wanted}
    stale = {page: found for page in wanted if (found := differences(page))}
    if options.check:
        lines = [f"{page.target.relative_to(HERE)}: {line}" for page, found in stale.items() for line in found]
        lines += [f"{path.relative_to(HERE)}: there is no source for it" for path in sorted(orphans)]
        print("\n".join(lines) or f"{len(wanted)} notebooks match their sources.")
        return int(bool(lines))
    n_all = len(wanted)
    if options.names:
        wanted = [page for page in wanted if page.source.name.startswith(tuple(options.names))]
    elif not options.all:
        wanted = list(stale)
    for page in wanted:
        print(f"building {page.target.relative_to(HERE)} …", flush=True)
        build(page)
    print(f"{len(wanted)} of {n_all} notebooks built.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
