"""What the lessons need is found, and what is missing is named, with the cure."""

import importlib.metadata
import sys
import tomllib

import pytest
from loading import ROOT
from packaging.requirements import Requirement

import nnlib
from nnlib import environment

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = {Requirement(line).name: Requirement(line) for line in PROJECT["dependencies"]}


@pytest.fixture
def installed(monkeypatch):
    """Give the versions that are reported as installed, to be changed by a test; None is not installed."""
    versions = {name: importlib.metadata.version(name) for name in environment.PACKAGES}

    def version(name):
        if versions[name] is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    return versions


def said(capsys):
    nnlib.check_environment()
    return capsys.readouterr().out


def test_the_packages_are_those_of_the_project():
    assert {f"{name}>={oldest}" for name, oldest in environment.PACKAGES.items()} == {
        str(requirement) for name, requirement in NEEDED.items() if name != "jupyterlab"
    }
    assert PROJECT["requires-python"] == ">=" + ".".join(str(number) for number in environment.PYTHON)


def test_where_all_is_well_each_package_has_its_tick(capsys):
    lines = said(capsys).splitlines()
    assert lines[-1] == "Everything is there."
    assert [line for line in lines if line.startswith("✗")] == []
    for name in environment.PACKAGES:
        assert f"✓ {name} {importlib.metadata.version(name)}" in lines


@pytest.mark.parametrize("name", environment.PACKAGES)
def test_a_missing_package_is_named_with_the_cure(name, installed, capsys):
    installed[name] = None
    output = said(capsys)
    assert [line for line in output.splitlines() if line.startswith("✗")] == [f"✗ {name} is missing"]
    assert f"{sys.executable} -m pip install -r requirements.txt" in output
    assert "Everything" not in output


@pytest.mark.parametrize(
    "version", ["0.9", "1.15", "3.9.10", "3.10.6", "3.10.7", "3.10.7.post1", "3.10.10", "3.11.0rc1", "4.0", "10.0"]
)
def test_a_version_is_judged_as_pip_would(version, installed, capsys):
    installed["matplotlib"] = version
    assert NEEDED["matplotlib"].specifier.contains(version, prereleases=True) == ("✗" not in said(capsys))


def test_an_old_python_is_named(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    output = said(capsys)
    assert "is too old. You need 3.11" in output
    assert "pip install" not in output and "Everything" not in output


def test_missing_digits_are_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(environment, "MNIST_PATH", tmp_path / "mnist-original.mat")
    output = said(capsys)
    assert f"✗ The digits are missing: there is no file {tmp_path / 'mnist-original.mat'}." in output
    assert "pip install" not in output and "Everything" not in output
