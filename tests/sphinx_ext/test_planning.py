"""Lessons are read and begun to be run before Sphinx has found its pages."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

import pytest
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.errors import ThemeError

from sphinx_lessons.sphinx_ext import planning
from sphinx_lessons.sphinx_ext.build import Build

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx.config import Config
    from sphinx_projects import Project

EXTENSION = """\
from pathlib import Path

def change(app, *_):
    {change}

def setup(app):
    app.connect("{event}", change)
"""


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_has_idle_core", lambda: True)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the builds do with their engines, in order."""
    calls: list[str] = []
    make, end = Build._make_engine, Build.shut_down

    def made(self: Build) -> object:
        calls.append("made")
        return make(self)

    def ended(self: Build) -> None:
        if self._engine is not None:
            calls.append("ended")
        end(self)

    monkeypatch.setattr(Build, "_make_engine", made)
    monkeypatch.setattr(Build, "shut_down", ended)
    return calls


def extend(project: Project, event: str, change: str) -> None:
    """Add an extension that changes something at an event; it is set up after ours."""
    (project.source / "late.py").write_text(EXTENSION.format(event=event, change=change))
    conf = f"import sys\nsys.path.insert(0, {str(project.source)!r})\n"
    conf += 'sys.modules.pop("late", None)\n'
    conf += 'extensions = ["sphinx_lessons", "late"]\nhtml_theme = "basic"\n'
    project.write("conf.py", conf)


def test_programs_run_before_sphinx_looks_for_pages(
    tides: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.collect()  # what builds before this one have left
    begun: list[int] = []
    find_files = BuildEnvironment.find_files

    def noting(self: BuildEnvironment, config: Config, builder: Builder) -> None:
        (early,) = planning._early.values()
        begun.append(early.build.check().count()[1])
        find_files(self, config, builder)

    monkeypatch.setattr(BuildEnvironment, "find_files", noting)
    assert tides.build(strict=True).log == ""
    assert set(begun) == {3}


def test_what_an_extension_excludes_is_not_run(tides: Project, tmp_path: Path, lesson: str) -> None:
    place = tmp_path / "ran"
    code = f"open({str(place)!r}, 'w').close()\n"
    text = lesson.replace("tides-01", "tides-02").replace("len(heights)\n", code, 1)
    tides.write("draft.md", text)
    extend(tides, "config-inited", 'app.config.exclude_patterns = ["draft.md"]')
    assert "1 lessons, 3 programs (3 run" in tides.build().info
    assert not place.exists()
    extend(tides, "config-inited", "pass")
    tides.build()
    assert place.exists()


def test_nothing_is_started_when_nothing_has_changed(tides: Project, engines: list[str]) -> None:
    tides.build(strict=True)
    assert engines == ["made", "ended"]
    tides.build(strict=True)
    assert engines == ["made", "ended"]


def test_pages_without_programs_are_read_first(
    project: Project, lesson: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "c"):
        project.write(f"{name}.md", lesson.replace("tides-01", f"tides-{name}"))
    project.write("b.md", "# B\n")
    project.write("d.md", "# D\n")
    read: list[str] = []
    read_doc = Builder.read_doc

    def noting(self: Builder, docname: str, **options: bool) -> None:
        read.append(docname)
        read_doc(self, docname, **options)

    monkeypatch.setattr(Builder, "read_doc", noting)
    project.build()
    assert read == ["b", "d", "index", "a", "c"]


def test_nothing_is_run_early_where_no_core_is_idle(
    tides: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "_has_idle_core", lambda: False)
    monkeypatch.setattr(planning, "_begin", lambda *_: pytest.fail("begun early"))
    assert tides.build(strict=True).log == ""


def test_settings_that_change_later_count(tides: Project, lesson: str, engines: list[str]) -> None:
    extend(tides, "config-inited", 'app.config["lessons_execute"] = "never"')
    result = tides.build()
    assert "0 programs (0 run, 0 stored)" in result.info
    assert engines == ["made", "ended"] * 2


def test_a_file_that_an_extension_changes_is_read_again(tides: Project) -> None:
    change = (
        'path = Path(app.srcdir, "lesson.md"); '
        'path.write_text(path.read_text().replace("\\n2.5\\n", "\\n2.6\\n"))'
    )
    extend(tides, "builder-inited", change)
    result = tides.build()
    assert result.status == 1
    assert "\n-2.6\n+2.5\n" in result.log


def test_bad_settings_are_told_once(tides: Project) -> None:
    from sphinx.errors import ConfigError

    with pytest.raises(ConfigError, match="timeout must be"):
        tides.build(lessons_timeout=-1)


def test_a_build_that_never_begins_leaves_no_engine(tides: Project, engines: list[str]) -> None:
    with contextlib.suppress(ThemeError):
        tides.build(html_theme="nowhere")
    assert engines == ["made"]
    tides.build(strict=True)  # Sphinx's logging lets go of the other build
    gc.collect()
    assert sorted(engines) == ["ended", "ended", "made", "made"]


def test_the_collector_sees_everything_again_after_a_build(
    tides: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[int] = []
    report = Build.report

    def counting(self: Build, docname: str) -> object:
        frozen.append(gc.get_freeze_count())
        return report(self, docname)

    monkeypatch.setattr(Build, "report", counting)
    before = gc.get_freeze_count()
    tides.build(strict=True)
    assert frozen[0] > before
    assert gc.get_freeze_count() == 0


class TestDownloads:
    """Written by another process while pages are."""

    def test_those_that_are_gone_are_written_again(self, tides: Project) -> None:
        path = tides.build(strict=True).outdir / "_downloads/lessons/tides-01.ipynb"
        before = path.read_text()
        path.unlink()
        tides.build(strict=True)
        assert path.read_text() == before

    def test_orders_are_removed(self, tides: Project) -> None:
        result = tides.build(strict=True)
        assert not list(tides.folder.rglob("*.jsonl"))
        assert sorted(p.name for p in (result.outdir / "_downloads/lessons").iterdir()) == [
            "tides-01.ipynb",
            "tides-01.py",
        ]

    def test_what_cannot_be_written_is_a_warning(self, tides: Project, tmp_path: Path) -> None:
        place = tides.folder / "out/html/_downloads"
        place.mkdir(parents=True)
        (place / "lessons").write_text("in the way")
        result = tides.build()
        (warning,) = result.warnings
        assert "the downloads could not be written: " in warning
        assert "Traceback" not in warning

    def test_modules_in_the_current_folder_are_not_imported(
        self, tides: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tides.source / "json.py").write_text("raise SystemExit('mine')")
        monkeypatch.chdir(tides.source)
        result = tides.build(strict=True)
        assert (result.outdir / "_downloads/lessons/tides-01.py").is_file()
