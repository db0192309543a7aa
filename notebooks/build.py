"""Turn the text sources of the lessons into notebooks.

    python notebooks/build.py              build what differs from its source
    python notebooks/build.py 03 05        build these, whether they differ or not
    python notebooks/build.py --all        build everything
    python notebooks/build.py --check      build nothing; fail where a notebook is not what its source gives

A source is a file of MyST Markdown in notebooks/source/. Its notebook is executed from top to bottom in
a fresh kernel and saved with its outputs. A lesson that raises, warns or shows a picture without alt text
does not build.
"""

import argparse
import hashlib
import re
import sys
from itertools import pairwise
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "source"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"
LINE_LENGTH = 96  # characters of code that fit on a page without scrolling
SECONDS_PER_NOTEBOOK = 600  # a guard against endless loops; the budget is in the tests


def read_source(path):
    """Return the notebook that a source describes: not executed, with cell ids that depend on its text alone."""
    notebook = jupytext.read(path, fmt="md:myst")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def execute(notebook):
    """Run a notebook from top to bottom in a fresh kernel, in the folder that it will stand in."""
    NotebookClient(
        notebook,
        timeout=SECONDS_PER_NOTEBOOK,
        kernel_name="python3",
        resources={"metadata": {"path": str(HERE)}},
        record_timing=False,
        store_widget_state=False,
    ).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            # A widget is alive only with a kernel: without one it would show as a line of gibberish.
            cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]


def problems(notebook):
    """Return what a reader of an executed notebook would stumble over, a line each."""
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
    """Return what is wrong with a notebook before it is run, a line each: its headings, and lines of code too long."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    levels = [len(mark) for mark in re.findall(r"^(#{1,6}) ", text, flags=re.MULTILINE)]
    found = [] if levels.count(1) == 1 and levels[0] == 1 else ["it must have one H1, at the top"]
    jumps = [b for a, b in pairwise(levels) if b > a + 1]
    found += ["a level of headings is skipped"] * bool(jumps)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return found + [f"a line too long to see: {line}" for line in code.splitlines() if len(line) > LINE_LENGTH]


def differences(source, target):
    """Return in what the notebook at `target` differs from what its source gives, a line each."""
    if not target.exists():
        return ["it was never built"]
    notebook = nbformat.read(target, as_version=4)
    expected = read_source(source)

    def comparable(cells):
        return [(cell.id, cell.cell_type, cell.source, dict(cell.metadata)) for cell in cells]

    found = []
    if comparable(notebook.cells) != comparable(expected.cells):
        found.append("its cells differ from the source's")
    if notebook.metadata != expected.metadata:
        found.append("its metadata differ from the source's")
    return found + source_problems(notebook) + problems(notebook)


def build(source, target):
    """Execute a source and save the notebook; what was there before stays if anything is wrong."""
    notebook = read_source(source)
    found = source_problems(notebook)
    if not found:
        execute(notebook)
        found = problems(notebook)
    if found:
        raise SystemExit(f"{source.name} does not build:\n  " + "\n  ".join(found))
    nbformat.validate(notebook)
    temporary = target.with_suffix(".tmp")
    nbformat.write(notebook, temporary)
    temporary.replace(target)


def main(arguments=None):
    """Build or check, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="how their names start: 03, 03_cost")
    parser.add_argument("--all", action="store_true", help="build everything, also what does not differ")
    parser.add_argument("--check", action="store_true", help="build nothing; exit with 1 where something differs")
    options = parser.parse_args(arguments)

    pairs = {source: HERE / f"{source.stem}.ipynb" for source in sorted(SOURCES.glob("*.md"))}
    orphans = set(HERE.glob("*.ipynb")) - set(pairs.values())
    stale = {source: found for source, target in pairs.items() if (found := differences(source, target))}
    if options.check:
        lines = [f"{pairs[source].name}: {line}" for source, found in stale.items() for line in found]
        lines += [f"{path.name}: there is no source for it" for path in sorted(orphans)]
        print("\n".join(lines) or f"{len(pairs)} notebooks are what their sources give.")
        return int(bool(lines))
    wanted = [
        source
        for source in pairs
        if options.all or (source.name.startswith(tuple(options.names)) if options.names else source in stale)
    ]
    for source in wanted:
        print(f"building {pairs[source].name} …", flush=True)
        build(source, pairs[source])
    print(f"{len(wanted)} of {len(pairs)} notebooks built.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
