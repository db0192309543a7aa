"""Run the fast tests on each Python from 3.11 to 3.14 on the PATH, with the lowest and the newest dependencies.

    pip install uv
    python tests/pythons.py

"Lowest" are the lowest versions that pyproject.toml allows, "newest" those that the package index has today. Each
combination gets an environment of its own, in a temporary folder. Exits with 1 if one of them fails.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
SHOWN = ("numpy", "scipy", "matplotlib", "ipywidgets", "ipycanvas", "anywidget", "jupyterlab", "threadpoolctl", "tqdm")


def uv(*arguments, **options):
    """Run uv, and return what came of it."""
    return subprocess.run(["uv", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, **options)


def try_one(version, resolution, pytest_options):
    """Install and test in a new environment; return whether all passed."""
    found = uv("python", "find", "--no-python-downloads", version)
    if found.returncode:
        print(f"{version}: not installed", flush=True)
        return True
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        uv("venv", "--python", found.stdout.strip(), folder, "--allow-existing")
        only_wheels = ["--only-binary", ":all:", "--no-binary", "nnlib"]  # nobody should have to compile NumPy
        options = ["--python", python, "--resolution", resolution, *only_wheels]
        installed = uv("pip", "install", *options, "-e", ".[test]")
        if installed.returncode:
            print(f"{version} {resolution}: cannot be installed\n{installed.stderr}", flush=True)
            return False
        listed = uv("pip", "list", "--python", python, "--format", "freeze").stdout.splitlines()
        versions = " ".join(line for line in listed if line.split("==")[0] in SHOWN)
        tests = subprocess.run(
            [python, "-m", "pytest", "-q", "-m", "not slow", *pytest_options],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = tests.stdout.strip().splitlines()
        failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
        outcome = lines[-1] if lines else tests.stderr
        print("\n  ".join([f"{version} {resolution}: {outcome}", versions, *failed]), flush=True)
    return tests.returncode == 0


def main():
    """Try all combinations, and exit with the outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=VERSIONS, help="only this Python")
    parser.add_argument("pytest_options", nargs="*", help="passed on to pytest, after --")
    options = parser.parse_args()
    versions = [options.only] if options.only else VERSIONS
    outcomes = [
        try_one(version, resolution, options.pytest_options)
        for version in versions
        for resolution in ("lowest-direct", "highest")
    ]
    sys.exit(int(not all(outcomes)))


if __name__ == "__main__":
    main()
