"""An upgrade has the pages read again whose programs may depend on it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons.sphinx_ext.interpreter import digest_interpreter

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx_projects import Project


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of distributions."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


def install(site: Path, version: str) -> None:
    """Install a distribution, in place of another version of it."""
    for old in site.glob("tidal-*"):
        (old / "METADATA").unlink()
        old.rmdir()
    (site / "tidal.py").write_text(f"version = {version!r}\n")
    info = site / f"tidal-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tidal\nVersion: {version}\n")


def test_an_upgrade_is_noticed(tides: Project, site: Path) -> None:
    tides.write("plain.md", "# Plain\n")
    install(site, "1.0")
    tides.build()
    assert "0 added, 0 changed" in tides.build().info
    install(site, "1.1")
    result = tides.build()
    assert "0 added, 1 changed" in result.info
    assert "3 programs (0 run, 3 stored)" in result.info  # none of them imports it
    assert "0 added, 0 changed" in tides.build().info


def test_another_interpreter_is_asked(site: Path, tmp_path: Path) -> None:
    """Here it is the same one under another name, which does not know that folder."""
    before = digest_interpreter("")
    other = tmp_path / "python"
    other.symlink_to(sys.executable)
    asked = digest_interpreter(str(other))
    install(site, "1.0")
    assert digest_interpreter("") != before
    assert digest_interpreter(str(other)) == asked


def test_folders_that_are_gone_hold_nothing(site: Path) -> None:
    before = digest_interpreter("")
    site.rmdir()
    assert digest_interpreter("") == before
