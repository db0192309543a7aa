"""A teacher's way, for real: nbgrader makes the assignments and grades three learners' notebooks of every exercise."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from loading import ROOT, load

SOURCES = sorted((ROOT / "notebooks" / "source" / "exercises").glob("*.md"))
NAMES = [source.stem for source in SOURCES]

build = load(ROOT / "notebooks" / "build.py")

# Answers that are right for the one fixed case of the check that can be seen, and for no other.
HARD_CODED = {
    "01_load_and_look": ("to_rows", "np.array([[0, 1], [0.2, 0], [1, 0.4]])"),
    "02_the_network": ("sigmoid", "np.array([0.5, 0.8807970780, 0.1192029220])"),
    "03_cost": ("one_hot", "np.array([[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]])"),
    "04_backpropagation": ("delta_before", "np.array([[-0.125, -0.125]])"),
    "05_broken_programs": ("repaired_1", "(0.6931, np.zeros(9))"),
    "06_training": ("best_lambda", "1"),
    "07_evaluating": ("confusion_matrix", "np.array([[1, 1, 0], [0, 1, 0], [0, 1, 0]])"),
    "08_drawings": ("centre_of_mass", "np.array([1.5, 2.0])"),
    "09_project": ("split_by_writer", "([], [])"),
}


def nbgrader(folder, *arguments):
    """Run nbgrader in a terminal, as a teacher does."""
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / "settings"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # it calls alembic by name
    }
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def read(path):
    return nbformat.read(path, as_version=4)


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def with_answers(released, solution, hard_coded=None):
    """Return a released notebook with its stubs replaced by those of the solution, or by a hard-coded answer."""
    answers = {grade_id(cell): cell.source for cell in solution.cells}
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[grade_id(cell)]
            if hard_coded and grade_id(cell) == hard_coded[0]:
                cell.source = f"def {hard_coded[0]}(*arguments):\n    return {hard_coded[1]}"
    return released


def graded(folder, name):
    """Make an assignment in a course of its own, hand it in for three learners, and grade it."""
    build.write_course(folder)
    nbgrader(folder, "generate_assignment", name)
    released = folder / "release" / name / f"{name}.ipynb"
    source = read(folder / "source" / name / f"{name}.ipynb")
    submissions = {
        "untouched": read(released),
        "solved": with_answers(read(released), source),
        "hard-coded": with_answers(read(released), source, HARD_CODED[name]),
    }
    for student, notebook in submissions.items():
        path = folder / "submitted" / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    nbgrader(folder, "autograde", name)
    return folder


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """A graded course for each exercise, two at a time: most of the time is one process waiting for another."""
    folders = [tmp_path_factory.mktemp(name) for name in NAMES]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(NAMES, pool.map(graded, folders, NAMES), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_the_learners_notebook_is_the_one_that_nbgrader_releases(courses, name):
    released = read(courses[name] / "release" / name / f"{name}.ipynb")
    ours = read(ROOT / "notebooks" / "exercises" / f"{name}.ipynb")
    assert [(c.cell_type, c.source.rstrip()) for c in released.cells] == [(c.cell_type, c.source) for c in ours.cells]
    assert not any("nbgrader" in cell.metadata for cell in ours.cells)


@pytest.mark.parametrize("name", NAMES)
def test_grades(courses, name):
    from nbgrader.api import Gradebook

    course = courses[name]
    source = read(course / "source" / name / f"{name}.ipynb")
    points = {
        grade_id(c): c.metadata.nbgrader.points for c in source.cells if "points" in c.metadata.get("nbgrader", {})
    }
    full = sum(points.values())
    lost = points[f"check-{HARD_CODED[name][0]}"]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        scores = {s: gradebook.find_submission(name, s).score for s in ("untouched", "solved", "hard-coded")}
        assert gradebook.find_assignment(name).max_score == full
    assert scores == {"untouched": 0, "solved": full, "hard-coded": full - lost}


@pytest.mark.parametrize(("student", "outcome"), [("solved", "right"), ("untouched", "not tried yet")])
@pytest.mark.parametrize("name", NAMES)
def test_every_check_says_what_is_so(courses, name, student, outcome):
    graded = read(courses[name] / "autograded" / student / name / f"{name}.ipynb")
    for cell in graded.cells:
        if (grade_id(cell) or "").startswith("check-"):
            shown = [o.data["text/plain"] for o in cell.outputs if o.output_type == "display_data"]
            assert shown[0].split("\n")[0].startswith(("✓ ", "○ ")[outcome != "right"]), shown
            assert f": {outcome}." in shown[0]
        elif student == "solved":
            assert not any(o.output_type == "error" or o.get("name") == "stderr" for o in cell.get("outputs", ()))


def test_validate_finds_what_is_not_right(courses):
    """The button that learners press before they hand in must not praise an untouched notebook."""
    name = NAMES[1]
    course = courses[name]
    release = course / "release" / name / f"{name}.ipynb"
    solved = course / "submitted" / "solved" / name / f"{name}.ipynb"
    words = {}
    for path in (release, solved):
        command = [sys.executable, "-m", "nbgrader", "validate", str(path)]
        words[path] = subprocess.run(command, cwd=course, capture_output=True, text=True, check=True).stdout
    assert "VALIDATION FAILED ON 5 CELL(S)" in words[release]
    assert "Success" in words[solved]


def test_a_course_that_was_changed_is_not_overwritten(tmp_path):
    build.write_course(tmp_path)
    build.write_course(tmp_path)  # again: nothing differs
    changed = tmp_path / "source" / NAMES[0] / f"{NAMES[0]}.ipynb"
    changed.write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="there already and differs"):
        build.write_course(tmp_path)
    assert changed.read_text(encoding="utf-8") == "mine"
