from __future__ import annotations

import os
import sys
from pathlib import Path

from sphinx_lessons.config import Settings
from sphinx_lessons.model import Ending, File, Frame, Limits, Script
from sphinx_lessons.running import make_engine


def test_what_a_program_prints_is_its_output(run_script):
    cell = run_script("print('a')\nimport sys\nprint('b', file=sys.stderr)\nprint('c')")
    assert (cell.ending, cell.stdout, cell.stderr) == (Ending.OK, "a\nc\n", "b\n")
    assert cell.seconds > 0


def test_nothing_echoes(run_script):
    assert run_script("1 + 1\n'text'").stdout == ""


def test_it_is_the_main_module_in_a_directory_of_its_own(run_script):
    cell = run_script(
        "import os, sys\n"
        "print(__name__, os.path.basename(__file__), os.listdir(), sys.argv == [__file__])\n"
        "print(sys.path[0] == os.getcwd() == os.path.dirname(__file__), __spec__)"
    )
    # The file is there because the program speaks of it.
    assert cell.stdout == "__main__ program.py ['program.py'] True\nTrue None\n"
    assert run_script("import os\nprint(os.listdir())").stdout == "[]\n"


def test_its_globals_are_those_of_a_program(run_script):
    code = "print([name for name in dir() if name not in ('__annotations__', '__cached__')])"
    assert run_script(code).stdout == (
        "['__builtins__', '__doc__', '__file__', '__loader__', '__name__', '__package__', "
        "'__spec__']\n"
    )


def test_the_environment_is_the_promised_one(run_script):
    names = ("MPLBACKEND", "PYTHONHASHSEED", "PYTHONUTF8", "COLUMNS")
    code = f"import os\nfor name in {names}: print(os.environ[name])"
    expected = {"MPLBACKEND": "Agg", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "COLUMNS": "80"}
    expected.update({name: os.environ[name] for name in names if name in os.environ})
    assert run_script(code).stdout.split() == [expected[name] for name in names]


def test_setup_and_code_share_a_namespace_and_keep_their_line_numbers(run_script):
    cell = run_script("\n\nf()", setup="def f():\n    1 / 0")
    assert cell.ending == Ending.RAISED
    assert cell.failure.frames == (
        Frame("<code>", 3, "<module>", "f()"),
        Frame("<setup>", 2, "f", "1 / 0"),
    )


def test_the_output_of_setup_counts_and_that_of_checks_does_not(run_script):
    cell = run_script(
        "print('code')",
        setup="print('setup')",
        checks="print('checks')\nimport os; os.write(1, b'raw')\nassert code_ran is None",
    )
    assert cell.stdout == "setup\ncode\n"
    assert cell.in_checks
    assert cell.failure.name == "NameError"
    assert cell.failure.frames[-1].file == "<checks>"
    assert cell.stderr == "checks\nraw"


def test_checks_run_after_a_normal_end_only(run_script):
    assert run_script("import sys; x = 1; sys.exit(0)", checks="assert x == 1").ending == "ok"
    cell = run_script("x = 1; 1/0", checks="assert x == 2")
    assert not cell.in_checks
    cell = run_script("x = 1", checks="assert x == 2, 'x is off'")
    assert cell.in_checks
    assert cell.failure.bases == ("AssertionError", "Exception", "BaseException", "object")
    assert cell.failure.message == "x is off"


def test_checks_run_after_the_threads_of_the_program(run_script):
    code = (
        "import threading, time\n"
        "def work():\n    global x\n    time.sleep(0.2); x = 2\n"
        "threading.Thread(target=work).start()"
    )
    assert run_script(code, checks="assert x == 2").ending == "ok"


def test_stdin_is_what_was_given(run_script):
    cell = run_script("print(input(), input())\nprint(input())", stdin="ä\nb\n")
    assert cell.stdout == "ä b\n"
    assert cell.failure.name == "EOFError"


def test_a_syntax_error_has_a_line(run_script):
    cell = run_script("x = 1\ndef f(:\n    pass")
    assert cell.failure.name == "SyntaxError"
    assert cell.failure.message == "invalid syntax"
    assert cell.failure.frames == (Frame("<code>", 2, "<module>", "def f(:"),)
    assert run_script("pass", setup="x = (").failure.frames[0].file == "<setup>"
    assert run_script("a\0b").failure.name in ("SyntaxError", "ValueError")


def test_frames_of_libraries_are_kept_and_those_of_the_runner_are_not(run_script):
    cell = run_script("import json\njson.loads('{')")
    files = [Path(frame.file).name for frame in cell.failure.frames]
    assert files == ["<code>", "__init__.py", "decoder.py", "decoder.py"]
    assert cell.failure.frames[1].text.startswith("return _default_decoder")
    assert cell.failure.bases[:2] == ("JSONDecodeError", "ValueError")


def test_chained_exceptions_are_told(run_script):
    cell = run_script("try:\n    1/0\nexcept ZeroDivisionError as error:\n    raise KeyError(3)")
    assert (cell.failure.name, cell.failure.message) == ("KeyError", "3")
    assert cell.failure.before.name == "ZeroDivisionError"
    assert cell.failure.before.frames == (Frame("<code>", 2, "<module>", "1/0"),)
    cell = run_script("try:\n    1/0\nexcept ZeroDivisionError:\n    raise KeyError(3) from None")
    assert cell.failure.before is None


def test_notes_belong_to_the_message(run_script):
    code = "error = ValueError('a')\nerror.add_note('note')\nraise error"
    assert run_script(code).failure.message == "a\nnote"


def test_endless_chains_end(run_script):
    code = (
        "error = None\n"
        "for i in range(99):\n"
        "    new = ValueError(i)\n"
        "    new.__cause__ = error\n"
        "    error = new\n"
        "raise error"
    )
    failure, depth = run_script(code).failure, 0
    while failure:
        failure, depth = failure.before, depth + 1
    assert 5 < depth < 20


def test_a_missing_third_party_module_is_named(run_script):
    cell = run_script("import no_such_module.sub")
    assert cell.ending == Ending.COULD_NOT_RUN
    assert cell.reason == "no module named 'no_such_module'"
    assert cell.failure.frames[0].line == 1


def test_the_lessons_own_mistakes_in_imports_are_failures(run_script):
    for code in (
        "import os.nothing",
        "from os import nothing",
        "import json.nothing",
        "raise ModuleNotFoundError('x')",
        "import helper",
    ):
        options = {}
        if "helper" in code:
            code = (
                "import os\n"
                "os.mkdir('helper')\n"
                "os.chmod('helper', 0)\n"
                "raise ModuleNotFoundError('x', name='helper')"
            )
        assert run_script(code, **options).ending == Ending.RAISED, code


def test_a_missing_module_that_is_expected_is_raised(run_script):
    cell = run_script("import no_such_module", raises="ImportError")
    assert cell.ending == Ending.RAISED


def test_exit_statuses(run_script):
    assert run_script("import sys; sys.exit(3)").failure.message == "exit status 3"
    cell = run_script("import sys; sys.exit('sorry')")
    assert (cell.failure.message, cell.stderr) == ("sorry", "sorry\n")
    assert run_script("raise SystemExit(256)").ending == "ok"


def test_files_are_copied_in(run_script, tmp_path):
    origin = tmp_path / "numbers.txt"
    origin.write_text("1 2 3", encoding="utf-8")
    cell = run_script(
        "print(open('data/numbers.txt').read())\nopen('data/numbers.txt', 'w').close()",
        files=(File("data/numbers.txt", str(origin)),),
    )
    assert cell.stdout == "1 2 3\n"
    assert origin.read_text(encoding="utf-8") == "1 2 3"


def test_a_module_among_the_files_can_be_imported_even_if_it_shadows_another(run_script, tmp_path):
    origin = tmp_path / "random.py"
    origin.write_text("random = lambda: 4", encoding="utf-8")
    files = (File("random.py", str(origin)),)
    assert run_script("import random", files=()).ending == "ok"
    assert run_script("import random\nprint(random.random())", files=files).stdout == "4\n"


def test_a_file_that_is_not_there_is_said(run_script):
    cell = run_script("print(1)", files=(File("a", "/no/such/file"),))
    assert cell.ending == Ending.COULD_NOT_RUN
    assert "/no/such/file" in cell.reason


def test_programs_do_not_see_each_other(run_script):
    run_script(
        "open('left', 'w').close()\n"
        "import builtins; builtins.left = 1\n"
        "import os; os.environ['LEFT'] = '1'"
    )
    assert (
        run_script("import os; print(os.listdir(), 'LEFT' in os.environ)\nleft").failure.name
        == "NameError"
    )
    assert run_script("import os; print(os.listdir(), 'LEFT' in os.environ)").stdout == "[] False\n"


def test_source_can_be_inspected(run_script):
    code = (
        "import inspect\n"
        "class A:\n"
        "    x = 1\n"
        "def f():\n"
        "    return 2\n"
        "print(inspect.getsource(A) + inspect.getsource(f))"
    )
    expected = "class A:\n    x = 1\ndef f():\n    return 2\n\n"
    assert run_script(code).stdout == expected
    assert run_script(code, setup="# set up\nimport os").stdout == expected


def test_random_numbers_differ_and_hashes_do_not(run_script):
    code = "import random\nprint(random.random())"
    assert run_script(code).stdout != run_script(code).stdout
    assert run_script("print(hash('a'))").stdout == run_script("print(hash('a'))").stdout


def test_the_recursion_limit_is_where_it_is_in_a_program(run_script):
    code = (
        "def f(n):\n"
        "    try: return f(n + 1)\n"
        "    except RecursionError: return n\n"
        "print(f(0) > sys.getrecursionlimit() - 20)"
    )
    assert run_script("import sys\n" + code).stdout == "True\n"


def test_files_that_were_read_are_reported(engine, tmp_path):
    data = tmp_path / "data.txt"
    data.write_text("1", encoding="utf-8")
    code = (
        f"import json, sys\nsys.path.append({str(tmp_path)!r})\nopen({str(data)!r}).read()\n"
        f"try: open({str(tmp_path / 'absent')!r})\nexcept OSError: pass\n"
        f"open({str(tmp_path / 'made')!r}, 'w').close()\nopen('own', 'w').close(); open('own')\n"
        "import local_module"
    )
    (tmp_path / "local_module.py").write_text("x = 1", encoding="utf-8")
    for _ in range(2):  # the second time, the module is compiled already
        result = engine.submit(Script(code)).result(30)
        assert result.cells[0].ending == "ok", result
        names = [path for path in result.reads if str(tmp_path) in path]
        assert [Path(name).name for name in names] == [
            "absent",
            "data.txt",
            "local_module.py",
        ]
        assert result.reads == tuple(names)


def test_another_interpreter_can_run_the_programs(tmp_path):
    link = tmp_path / "python"
    link.write_text(f'#!/bin/sh\nIS_OTHER=1 exec {sys.executable} "$@"\n', encoding="utf-8")
    link.chmod(0o755)
    for warm in (True, False):
        with make_engine(Settings(python=str(link), warm=warm)) as engine:
            result = engine.submit(Script("import os; print(os.environ['IS_OTHER'])")).result(30)
        assert result.cells[0].stdout == "1\n"


def test_an_interpreter_that_is_not_there_is_named():
    for warm in (True, False):
        with make_engine(Settings(python="/no/such/python", warm=warm)) as engine:
            (cell,) = engine.submit(Script("print(1)")).result(30).cells
        assert cell.ending == Ending.COULD_NOT_RUN
        assert "'/no/such/python'" in cell.reason


def test_limits_name_themselves(run_script):
    limits = Limits(timeout=0.5, output=1500, memory=300_000_000, processes=3)
    assert run_script("print('x' * 2000)", limits=limits).reason == "output above 1.5 kB"
    assert run_script("while True: pass", limits=limits).reason == "timed out after 0.5 s"
    code = "import os, time\nfor _ in range(4): os.fork() or time.sleep(9)\ntime.sleep(9)"
    assert run_script(code, limits=limits).reason == "more than 3 processes"
    code = "x = b'x' * 500_000_000\nimport time; time.sleep(5)"
    assert run_script(code, limits=Limits(memory=300_000_000)).reason == "memory above 300 MB"
