"""What programs leave behind is removed, and nothing else is touched or waited for."""

from __future__ import annotations

import os
from pathlib import Path

from sphinx_lessons.running.child import entries
from sphinx_lessons.running.child.folders import Folders, remove_tree


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
