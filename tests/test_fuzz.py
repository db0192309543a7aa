"""Some rounds of the fuzzers in `tests/fuzz/`, with a fixed seed; by hand they run for longer."""

import subprocess
import sys
from pathlib import Path

import pytest
from loading import ROOT, load

import nnlib

FUZZ = ROOT / "tests" / "fuzz"
# With odd arguments, the functions that read and write files are tried by hand.
TRIED = ["parameters", "model", "training", "gradcheck", "metrics", "preparation", "predict", "plots"]


@pytest.mark.slow
def test_odd_arguments_are_refused_by_name():
    command = [sys.executable, FUZZ / "arguments.py", "--rounds", "1000", "--seed", "1", "--only", *TRIED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def test_every_public_function_is_called_with_odd_arguments():
    fuzzer = load(FUZZ / "arguments.py")
    called = {call.function.__name__ for call in [*fuzzer.CALLS, *fuzzer.SLOW_CALLS]}
    assert set(nnlib.__all__) - called == {
        "Example",
        "TrainResult",
        "check_environment",
        "load_pens",
    }  # they take nothing odd


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("reader", ["npz", "text", "json", "mat", "picture"])
def test_damaged_files(reader):
    # In a process of its own: a crash would end this one, and peak memory is that of a process.
    command = [sys.executable, "-W", "error", FUZZ / "damaged_files.py", reader, "--rounds", "500"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "a clear ValueError" in result.stdout
