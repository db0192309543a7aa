"""A teacher's way: what nbgrader hands out, and the points of three learners in every exercise.

nbgrader itself grades two exercises. The others are run in one kernel each, and scored by nbgrader's own rule.
"""

import asyncio
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from loading import ROOT, load
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

SOURCES = {path.stem: path for path in sorted((ROOT / "notebooks" / "source" / "exercises").glob("*.md"))}
# 02 is what most exercises are like. 09 differs most from it: it shows a pad, looks for files beside itself, teaches a
# network, and has a class among its hidden tests.
GRADED = ["02_the_network", "09_project"]
RUN = [name for name in SOURCES if name not in GRADED]

# Answers that are right for the one fixed case of the check that can be seen, and for no other.
HARD_CODED = {
    "01_load_and_look": ("to_rows", "np.array([[0, 1], [0.2, 0], [1, 0.4]])"),
    "02_the_network": ("sigmoid", "np.array([0.5, 0.8807970780, 0.1192029220])"),
    "03_cost": ("one_hot", "np.array([[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]])"),
    "04_backpropagation": ("delta_before", "np.array([[-0.24, 0.54]])"),
    "05_broken_programs": ("repaired_1", "(0.6931, np.zeros(9))"),
    "06_training": ("best_lambda", "1"),
    "07_evaluating": ("confusion_matrix", "np.array([[1, 1, 0], [0, 1, 0], [0, 1, 0]])"),
    "08_drawings": ("centre_of_mass", "np.array([1.5, 2.0])"),
    "09_project": ("split_by_writer", "([], [])"),
    "10_from_paper": ("otsu", "4.0"),
    "11_going_further": ("softmax", "np.array([[0.125, 0.25, 0.625]])"),
}

build = load(ROOT / "notebooks" / "build.py")


def read(path):
    return nbformat.read(path, as_version=4)


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_check(cell):
    return grade_id(cell).startswith("check-")


def points(cells):
    """Return what each check is worth, by its name."""
    return {grade_id(cell): cell.metadata.nbgrader.points for cell in cells if is_check(cell)}


def with_answers(notebook, answers, hard_coded=None):
    """Return a notebook with the answers of another one, and with a hard-coded one in place of one of them."""
    for cell, answer in zip(notebook.cells, answers.cells, strict=True):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answer.source
            if hard_coded and grade_id(cell) == hard_coded[0]:
                cell.source = f"def {hard_coded[0]}(*arguments):\n    return {hard_coded[1]}"
    return notebook


def environment(*folders):
    """Return an environment in which Python makes no connection, and finds modules in these folders first.

    BLAS gets one thread: two notebooks run at a time, and its waiting threads would take the cores from each other.
    """
    paths = os.pathsep.join(map(str, [*folders, ROOT / "tests" / "no_network"]))
    return os.environ | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}


def nbgrader(course, *arguments):
    """Run nbgrader in a terminal, as a teacher does, and return what it prints."""
    settings = {
        "JUPYTER_CONFIG_DIR": str(course / "settings"),
        "JUPYTER_DATA_DIR": str(course / "data"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # it calls alembic by name
    }
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=course, env=environment() | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


class Learners(NamedTuple):
    """The executed cells of three learners: of all of the notebook, or of what they did differently."""

    untouched: list
    solved: list
    hard_coded: list


def graded(course, name):
    """Hand an assignment in for three learners, and let nbgrader grade it."""
    released = course / "release" / name / f"{name}.ipynb"
    solution = build.read_source(SOURCES[name])
    submissions = {
        "untouched": read(released),
        "solved": with_answers(read(released), solution),
        "hard_coded": with_answers(read(released), solution, HARD_CODED[name]),
    }
    for learner, notebook in submissions.items():
        path = course / "submitted" / learner / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    nbgrader(course, "autograde", name)
    return Learners(*(read(course / "autograded" / learner / name / f"{name}.ipynb").cells for learner in submissions))


def executed(name, folder):
    """Run an exercise with its hidden tests as three learners left it, where nbgrader is not installed.

    One kernel does it all. Before the second learner its names are cleared. The third learner is the second,
    with one more answer to one of the tasks.
    """
    (folder / "nbgrader.py").write_text("raise ImportError('not installed here')", encoding="utf-8")

    def source():
        return build.read_source(SOURCES[name])

    untouched = with_answers(source(), build.read_exercise(SOURCES[name])).cells
    task = HARD_CODED[name][0]
    hard_coded = with_answers(source(), source(), HARD_CODED[name]).cells
    learners = Learners(
        untouched,
        source().cells,
        [cell for cell in hard_coded if grade_id(cell) in (task, f"check-{task}")],
    )
    clear = nbformat.v4.new_code_cell("%reset -f")
    notebook = build.read_source(SOURCES[name])
    notebook.cells = [*learners.untouched, clear, *learners.solved, *learners.hard_coded]
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", allow_errors=True, resources=resources)
    asyncio.run(client.async_execute(env=environment(folder)))  # which closes its loop: this runs in a thread
    return learners


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with all exercises, released."""
    folder = tmp_path_factory.mktemp("course")
    build.write_course(folder)
    nbgrader(folder, "generate_assignment", "*")
    return folder


@pytest.fixture(scope="module")
def learners(course, tmp_path_factory):
    """Return a function that gives an exercise's learners. Two workers do them: much of the time is waiting."""
    with ThreadPoolExecutor(1) as grading, ThreadPoolExecutor(1) as running:
        futures = {name: grading.submit(graded, course, name) for name in GRADED}
        futures |= {name: running.submit(executed, name, tmp_path_factory.mktemp(name)) for name in RUN}
        yield lambda name: futures[name].result()
        for pool in (grading, running):
            pool.shutdown(cancel_futures=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_the_learners_notebook_is_the_one_that_nbgrader_releases(course, name):
    released = read(course / "release" / name / f"{name}.ipynb")
    ours = read(ROOT / "notebooks" / "exercises" / f"{name}.ipynb")
    assert [(c.cell_type, c.source.rstrip()) for c in released.cells] == [(c.cell_type, c.source) for c in ours.cells]
    assert not any("nbgrader" in cell.metadata for cell in ours.cells)


@pytest.mark.slow
def test_validate_finds_what_is_not_right(course, learners):  # the workers of `learners` are busy meanwhile
    """The button that learners press before they hand in must not praise an untouched notebook."""
    name = GRADED[0]
    solved = course / "solved.ipynb"
    released = course / "release" / name / f"{name}.ipynb"
    nbformat.write(with_answers(read(released), build.read_source(SOURCES[name])), solved)
    assert "VALIDATION FAILED ON 5 CELL(S)" in nbgrader(course, "validate", str(released))
    assert "Success" in nbgrader(course, "validate", str(solved))


def assert_quiet(cells):
    """Assert that no cell raises, or prints a warning."""
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


def first_words(check):
    """Return the first line that a check shows."""
    shown = [output.data["text/plain"] for output in check.outputs if output.output_type == "display_data"]
    return shown[0].split("\n")[0]


def score(cells):
    """Return the points that nbgrader gives."""
    return sum(determine_grade(cell)[0] for cell in cells if is_check(cell))


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_an_untouched_notebook_runs_to_its_end_without_a_point(learners, name):
    cells = learners(name).untouched
    assert_quiet(cell for cell in cells if not is_check(cell))
    checks = [cell for cell in cells if is_check(cell)]
    for check in checks:
        words = f"○ {grade_id(check).removeprefix('check-')}: not tried yet."
        assert first_words(check).startswith(words)
        (error,) = [output for output in check.outputs if output.output_type == "error"]
        assert (error.ename, error.evalue.startswith(words)) == ("AssertionError", True)  # the hidden tests'
    assert checks
    assert score(cells) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_a_solved_notebook_gets_all_points(learners, name):
    cells = learners(name).solved
    assert_quiet(cells)
    for cell in cells:
        if is_check(cell):
            assert first_words(cell).startswith(f"✓ {grade_id(cell).removeprefix('check-')}: right.")
    assert score(cells) == sum(points(cells).values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_a_hard_coded_answer_loses_the_points_of_its_task(learners, name):
    cells = learners(name).hard_coded
    worth = points(cells)
    assert score(cells) == sum(worth.values()) - worth[f"check-{HARD_CODED[name][0]}"]


@pytest.mark.slow
@pytest.mark.parametrize("name", GRADED)
def test_the_gradebook_holds_the_same_points(course, learners, name):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for learner, cells in learners(name)._asdict().items():
            assert gradebook.find_submission(name, learner).score == score(cells)
            assert gradebook.find_assignment(name).max_score == sum(points(cells).values())


@pytest.mark.slow
@pytest.mark.parametrize("name", GRADED)
def test_feedback_shows_the_verdicts_and_no_hidden_test(course, learners, name):
    learners(name)
    nbgrader(course, "generate_feedback", name)
    hidden = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END", SOURCES[name].read_text(encoding="utf-8"), re.DOTALL)
    lines = {line.strip() for part in hidden for line in part.splitlines() if len(line.strip()) > 24}
    for learner in Learners._fields:
        page = (course / "feedback" / learner / name / f"{name}.html").read_text(encoding="utf-8")
        text = unescape(re.sub(r"<[^>]+>|\x1b\[[\d;]*m", "", page))
        assert not [line for line in lines if line in text]
        assert "HIDDEN TESTS" not in text
        assert ("not tried yet" in text) == (learner == "untouched")


def test_a_course_that_was_changed_is_not_overwritten(tmp_path):
    build.write_course(tmp_path)
    build.write_course(tmp_path)  # again: nothing differs
    changed = tmp_path / "source" / "01_load_and_look" / "01_load_and_look.ipynb"
    changed.write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="there already and differs"):
        build.write_course(tmp_path)
    assert changed.read_text(encoding="utf-8") == "mine"
