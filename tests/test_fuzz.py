"""The fuzzers in tests/fuzz/, for a few seconds each. By hand they run for longer: see there."""

import subprocess
import sys
from pathlib import Path

import pytest
from loading import ROOT


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("reader", ["npz", "text", "json", "mat"])
def test_damaged_files(reader):
    # In a process of its own: a crash would end this one, and peak memory is that of a process.
    command = [sys.executable, "-W", "error", ROOT / "tests" / "fuzz" / "damaged_files.py", reader, "--rounds", "500"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "a clear ValueError" in result.stdout
