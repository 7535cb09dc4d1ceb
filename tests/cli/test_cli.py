"""The contract of ``sphinx-lessons check``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sphinx_lessons import __version__
from sphinx_lessons.cli import main
from sphinx_lessons.cli.parser import FORMATS
from sphinx_lessons.reports import FORMATS as REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Folder, Outcome

    Call = Callable[..., Outcome]

GOOD = "lessons: 1 lessons, 3 programs (3 run, 0 stored), 0 failed\n"


def test_a_true_lesson(folder: Folder, call: Call) -> None:
    folder.write_lesson()
    outcome = call("tides.md")
    assert (outcome.status, outcome.out, outcome.err) == (0, GOOD, "")


def test_failures_read_like_a_compilers(folder: Folder, call: Call) -> None:
    folder.write_lesson("docs/tides.md", demo="1.9", solution="print(level)")
    outcome = call("docs")
    assert outcome.status == 1
    assert outcome.out == (
        "docs/tides.md:12: error: the demo prints something other than the expected output "
        "[mismatched]\n"
        "    --- expected\n"
        "    +++ printed\n"
        "    @@ -1,1 +1,1 @@\n"
        "    -1.9\n"
        "    +1.8\n"
        "docs/tides.md:37: error: challenge tides-c1: the solution raised NameError: "
        "name 'level' is not defined [raised]\n"
        "    Traceback (most recent call last):\n"
        '      File "docs/tides.md", line 37, in <module>\n'
        "        print(level)\n"
        "    NameError: name 'level' is not defined\n"
        "lessons: 1 lessons, 3 programs (3 run, 0 stored), 2 failed\n"
    )
    assert outcome.err == ""


def test_the_current_folder_is_the_default(folder: Folder, call: Call) -> None:
    folder.write_lesson("a/b/tides.md", demo="1.9")
    assert call().out.startswith("a/b/tides.md:12: error:")
    assert call(".").out.startswith("a/b/tides.md:12: error:")


def test_paths_are_shown_as_they_were_given(folder: Folder, call: Call) -> None:
    file = folder.write_lesson("docs/tides.md", demo="1.9")
    for given in (str(file), "docs/tides.md", "../" + folder.path.name + "/docs/tides.md"):
        assert call(given).out.startswith(f"{given}:12: error:")


def test_what_a_folder_is_searched_for(folder: Folder, call: Call) -> None:
    folder.write_lesson("docs/tides.md")
    folder.write("docs/page.md", "# No lesson\n\n```python\n1 / 0\n```\n")
    folder.write("docs/latin.md", b"# \xe9 no lesson\n")
    folder.write("docs/tides.txt", "")
    for name in (".hidden", "_build", "node_modules", "env", "out"):
        folder.write_lesson(f"docs/{name}/other.md", lesson_id=name, demo="wrong")
    folder.write("docs/env/pyvenv.cfg", "")
    folder.write("docs/out/.buildinfo", "")
    outcome = call("docs")
    assert (outcome.status, outcome.out) == (0, GOOD)
    assert call("docs/_build").status == 1


def test_a_pipe_is_not_waited_for(folder: Folder, call: Call) -> None:
    folder.write_lesson()
    os.mkfifo(folder.path / "pipe.md")
    assert call(".").out == GOOD


def test_a_file_is_checked_once(folder: Folder, call: Call) -> None:
    file = folder.write_lesson("docs/tides.md")
    assert call("docs", "docs/tides.md", str(file)).out == GOOD


def test_a_folder_without_lessons(folder: Folder, call: Call) -> None:
    outcome = call()
    assert (outcome.status, outcome.err) == (0, "sphinx-lessons: no lessons in .\n")
    assert outcome.out == "lessons: 0 lessons, 0 programs (0 run, 0 stored), 0 failed\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.md"], "sphinx-lessons: error: absent.md: no such file or folder\n"),
        (["page.md"], "sphinx-lessons: error: page.md: this is no lesson\n"),
        (["empty.md"], "sphinx-lessons: error: empty.md: this is no lesson\n"),
        (["-j", "0"], "must be a whole number above 0, not '0'\n"),
        (["-j", "x"], "must be a whole number above 0, not 'x'\n"),
        (["--format", "html"], "invalid choice: 'html'"),
        (["--frozzen"], "unrecognized arguments: --frozzen\n"),
    ],
)
def test_what_cannot_be_done_is_status_2(
    folder: Folder, call: Call, arguments: list[str], message: str
) -> None:
    folder.write("page.md", "# No lesson\n")
    folder.write("empty.md", "")
    outcome = call(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err


def test_all_that_cannot_be_done_is_said_at_once(folder: Folder, call: Call) -> None:
    folder.write_lesson()
    outcome = call("tides.md", "a.md", "b.md")
    assert outcome.status == 2
    assert len(outcome.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.sphinx-lessons]\ntimeout = -1\n", "timeout must be a number above 0, not -1"),
        ("[tool.sphinx-lessons]\ntimeuot = 1\n", "unknown setting 'timeuot'"),
        ("[tool.sphinx-lessons\n", "pyproject.toml: "),
        ("tool = 1\n", "[tool.sphinx-lessons] must be a table"),
        ("[tool]\nsphinx-lessons = 1\n", "[tool.sphinx-lessons] must be a table"),
    ],
)
def test_settings_that_cannot_be_used(folder: Folder, call: Call, text: str, message: str) -> None:
    folder.write_lesson("docs/tides.md")
    file = folder.write("pyproject.toml", text)
    outcome = call("docs")
    assert outcome.status == 2
    assert outcome.err.startswith(f"sphinx-lessons: error: {file}: ")
    assert outcome.err.count("pyproject.toml") == 1
    assert message in outcome.err


def test_settings_come_from_the_nearest_pyproject(folder: Folder, call: Call) -> None:
    folder.write_lesson("docs/tides.md", solution="while True: pass")
    folder.write("pyproject.toml", "[tool.sphinx-lessons]\ntimeout = 0.5\n")
    outcome = call("docs")
    assert outcome.status == 1
    assert "the solution was still running after 0.5 s [timed-out]" in outcome.out


def test_warnings_count_only_if_strict(folder: Folder, call: Call) -> None:
    folder.write_lesson().write_text(
        (folder.path / "tides.md").read_text().replace("id: tides-c1", "id: ebb-c1")
    )
    assert call("tides.md").status == 0
    assert "[foreign-id]" in call("tides.md").out
    assert call("tides.md", "--strict").status == 1


def test_problems_of_the_course(folder: Folder, call: Call) -> None:
    folder.write_lesson("docs/a.md", lesson_id="a")
    folder.write_lesson("docs/b.md", lesson_id="a")
    file = folder.write_lesson("docs/c.md", lesson_id="c")
    file.write_text(file.read_text().replace("id: c\n", "id: c\nprerequisites: [d]\n"))
    outcome = call("docs")
    assert outcome.status == 1
    assert "docs/b.md:2: error: the id 'a' is taken already (docs/a.md:2) [duplicate-id]" in (
        outcome.out
    )
    unknown = "docs/c.md:3: warning: the prerequisite 'd' is no lesson and no module"
    assert unknown in outcome.out
    # A file alone is not the course.
    assert call("docs/c.md", "--no-store").out == GOOD


def test_a_file_that_is_not_utf8_is_checked_all_the_same(folder: Folder, call: Call) -> None:
    text = folder.write_lesson().read_bytes().replace(b"# Tides", b"# Tid\xe9s")
    folder.write("tides.md", text)
    outcome = call()
    assert outcome.status == 1
    assert outcome.out.startswith("tides.md:5: error: ")
    assert "3 programs (3 run, 0 stored), 0 failed" in outcome.out


def test_a_file_that_cannot_be_read(folder: Folder, call: Call) -> None:
    (folder.path / "tides.md").symlink_to("nowhere")
    outcome = call()
    assert outcome.status == 1
    assert outcome.out.startswith("tides.md:1: error: the file cannot be read: ")
    outcome = call("tides.md")
    assert outcome.status == 2
    assert outcome.err.startswith("sphinx-lessons: error: tides.md: the file cannot be read: ")


def test_hidden_files_are_none_of_ours(folder: Folder, call: Call) -> None:
    folder.write_lesson()
    (folder.path / ".#tides.md").symlink_to("user@host")  # an editor's lock
    assert call().out == GOOD


def test_no_store_runs_everything(folder: Folder, call: Call) -> None:
    folder.write_lesson()
    for _ in range(2):
        assert call("--no-store", "-j", "1").out == GOOD


def test_nothing_hostile_reaches_the_terminal(folder: Folder, call: Call) -> None:
    code = r'import sys; print("\x1b[2J\x07\x9b31m"); print("\x1b]0;x\x07", file=sys.stderr)'
    folder.write_lesson(solution=code)
    text = (folder.path / "tides.md").read_bytes().replace(b"# Tides", b"# \x1b[31m\x9b")
    folder.write("tides\x1b[31m.md", text.replace(b"id: tides", b"id: \x1b[31m"))
    for form in FORMATS:
        outcome = call("--format", form)
        assert outcome.status == 1
        assert all(char.isprintable() or char in "\t\n" for char in outcome.out + outcome.err)


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"sphinx-lessons {__version__}\n"
    assert main(["check", "--help"]) == 0
    assert "_build" in capsys.readouterr().out
    assert main([]) == 2


def test_the_formats_are_those_that_there_are() -> None:
    assert tuple(REPORTS) == FORMATS


COMMAND = [sys.executable, "-m", "sphinx_lessons.cli"]


def test_help_imports_nothing_big() -> None:
    code = (
        "import sys; from sphinx_lessons.cli import main; main(['check', '--help']);"
        "print({name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in ("IPython", "sphinx", "docutils", "jupyter_client", "markdown_it", "yaml"):
        assert f"'{name}'" not in done.stderr


def test_checking_without_anything_to_run_imports_no_jupyter(folder: Folder) -> None:
    folder.write("tides.md", "---\nlesson: true\nexecute: false\n---\n# Tides\n")
    code = (
        "import sys; from sphinx_lessons.cli import main; status = main(['check', '.']);"
        "print(status, {name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.startswith("0 ")
    for name in ("IPython", "sphinx", "docutils", "jupyter_client", "nbclient"):
        assert f"'{name}'" not in done.stderr


def test_a_reader_that_has_gone_is_no_error(folder: Folder) -> None:
    for number in range(40):
        folder.write_lesson(f"docs/{number}.md", lesson_id=f"l{number}", demo="1.9\n" * 60)
    reading, writing = os.pipe()
    os.close(reading)
    command = [*COMMAND, "check", "docs"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_terminal_that_cannot_show_a_character(folder: Folder) -> None:
    folder.write_lesson(demo="−1")
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*COMMAND, "check"], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert r"-\u22121" in done.stdout


def test_an_interrupt_ends_everything(folder: Folder) -> None:
    mark = folder.path / "started"
    code = f"import time; open({str(mark)!r}, 'w').close(); time.sleep(60)"
    folder.write_lesson(solution=code)
    process = subprocess.Popen(
        [*COMMAND, "check"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "sphinx-lessons: interrupted\n")


def test_json(folder: Folder, call: Call) -> None:
    folder.write_lesson(demo="1.9", solution="print(13)")
    folder.write_lesson("more/ebb.md", lesson_id="tides")
    outcome = call("--format", "json")
    assert outcome.status == 1
    report = json.loads(outcome.out)
    assert report["version"] == 1
    assert report["summary"] == {"lessons": 2, "programs": 6, "run": 6, "stored": 0, "failed": 2}
    first, second = report["lessons"]
    assert (first["path"], first["id"], second["path"]) == ("tides.md", "tides", "more/ebb.md")
    found = [
        [(item["code"], item["severity"], item["line"]) for item in lesson["problems"]]
        for lesson in (first, second)
    ]
    assert found == [
        [("mismatched", "error", 12), ("mismatched", "error", 31)],
        [("duplicate-id", "error", 2), ("duplicate-id", "error", 19)],
    ]
    (demo,) = first["demos"]
    assert (demo["line"], demo["verdict"], demo["stdout"]) == (7, "mismatched", "1.8\n")
    (challenge,) = first["challenges"]
    assert {key: challenge[key] for key in ("id", "title", "line", "verdict", "stored")} == {
        "id": "tides-c1",
        "title": "High Water",
        "line": 17,
        "verdict": "mismatched",
        "stored": False,
    }
    assert (challenge["expected"], challenge["actual"]) == ("12\n", "13\n")
    assert challenge["diff"].endswith("-12\n+13")
    assert challenge["starter"] == {"verdict": "mismatched"}
    assert challenge["seconds"] > 0


def test_modules_are_a_part_of_the_course(folder: Folder, call: Call) -> None:
    file = folder.write_lesson("docs/a.md", lesson_id="a")
    file.write_text(file.read_text().replace("id: a\n", "id: a\nmoduleId: m\nprerequisites: [n]\n"))
    folder.write("docs/conf.py", "")
    folder.write("docs/modules.yml", "- id: m\n  title: M\n- id: n\n  title: N\n  lessons: [z]\n")
    outcome = call("docs")
    assert "unknown-prerequisite" not in outcome.out
    assert "docs/modules.yml:5: warning: " in outcome.out
    assert "[unknown-lesson]" in outcome.out
