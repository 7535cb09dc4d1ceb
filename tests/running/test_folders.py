"""What programs leave behind is removed, and nothing else is touched or waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sphinx_lessons.running.child import entries
from sphinx_lessons.running.child.folders import Folders, make_base, remove_tree

OWNER = """\
import time
from sphinx_lessons.running.child.folders import Folders, make_base
base = make_base()
Folders(base).take()
print(base, flush=True)
time.sleep(600)
"""


def test_what_links_point_to_is_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    outside.chmod(0o500)
    tree = tmp_path / "tree"
    (tree / "closed").mkdir(parents=True)
    (tree / "closed" / "link").symlink_to(outside)
    (tree / "link").symlink_to(outside)
    (tree / "closed").chmod(0)
    remove_tree(str(tree))
    assert not tree.exists()
    assert outside.stat().st_mode & 0o777 == 0o500
    assert (outside / "inner").is_dir()


def test_a_link_in_place_of_the_folder_is_removed_itself(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "outside")
    remove_tree(str(tmp_path / "link"))
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]


def test_a_trace_that_is_a_link_is_neither_read_nor_emptied(tmp_path: Path) -> None:
    (tmp_path / "own").write_bytes(b"a\0b\0")
    folders = Folders(str(tmp_path / "base"))
    folder = folders.take()
    Path(folder.trace).symlink_to(tmp_path / "own")
    assert folder.take_reads() == []
    assert (tmp_path / "own").read_bytes() == b"a\0b\0"
    folders.give_back(folder)
    assert folders.take() is not folder


def test_a_pipe_that_was_read_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert entries.fingerprint(str(tmp_path / "pipe")) == entries.fingerprint(os.devnull)


def test_what_depends_on_too_many_files_is_not_kept() -> None:
    cell = {"ending": "ok", "failure": None}
    result = {"cells": [cell], "reads": [f"/nonexistent/{number}" for number in range(10_001)]}
    assert entries.make(result, 0.0, {}) is None
    assert entries.make({**result, "reads": result["reads"][:3]}, 1.0, {}) is not None


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for temporary files of our own."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return place


def start_owner() -> tuple[subprocess.Popen[str], Path]:
    """A process with a base directory, and the directory."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    return owner, Path(owner.stdout.readline().strip())


def test_the_folders_of_a_killed_process_are_removed_by_the_next(temporary: Path) -> None:
    killed, left = start_owner()
    living, kept = start_owner()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    try:
        assert (left / "1" / "work").is_dir()
        own = Path(make_base())
        assert set(temporary.iterdir()) == {own, kept}
        assert (kept / "1" / "work").is_dir()
    finally:
        living.kill()
        living.communicate()
        killed.communicate()


def test_what_is_not_ours_for_certain_is_not_removed(temporary: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "lock").touch()
    for name in ("sphinx-lessons-young", "sphinx-lessons-linked", "other"):
        (temporary / name).mkdir()
    (temporary / "sphinx-lessons-file").touch()
    (temporary / "sphinx-lessons-link").symlink_to(outside)
    (temporary / "sphinx-lessons-linked" / "lock").symlink_to(outside / "lock")
    os.mkfifo(temporary / "sphinx-lessons-pipe")
    (temporary / "other" / "lock").touch()
    before = set(temporary.iterdir())
    own = Path(make_base())
    assert set(temporary.iterdir()) == {*before, own}
    assert (outside / "lock").exists()


def test_the_folders_of_other_users_are_left_alone(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (temporary / "sphinx-lessons-theirs").mkdir()
    (temporary / "sphinx-lessons-theirs" / "lock").touch()
    real = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: real + 1)
    make_base()
    assert (temporary / "sphinx-lessons-theirs").exists()
    monkeypatch.setattr(os, "geteuid", lambda: real)
    make_base()
    assert not (temporary / "sphinx-lessons-theirs").exists()
