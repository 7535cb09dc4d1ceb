"""Programs and results as plain values that JSON can hold, for other processes and the store."""

from __future__ import annotations

from typing import Any

from sphinx_lessons.model import (
    Cell,
    CellResult,
    Ending,
    Failure,
    File,
    Frame,
    Limits,
    Output,
    Program,
    Rich,
    RunResult,
    Script,
    Session,
    Stream,
)

Plain = dict[str, Any]


def encode_program(program: Program) -> Plain:
    """A program as a dictionary; sessions are those that have ``cells``."""
    limits = program.limits
    plain: Plain = {
        "language": program.language,
        "kernel": program.kernel,
        "files": [[file.target, file.origin] for file in program.files],
        "limits": {
            "timeout": limits.timeout,
            "output": limits.output,
            "memory": limits.memory,
            "processes": limits.processes,
        },
    }
    if isinstance(program, Session):
        cells = [[cell.code, cell.timeout] for cell in program.cells]
        return plain | {"cells": cells}
    return plain | {
        "code": program.code,
        "setup": program.setup,
        "checks": program.checks,
        "stdin": program.stdin,
        "raises": program.raises,
    }


def decode_program(plain: Plain) -> Program:
    """The inverse of :func:`encode_program`."""
    language = plain["language"]
    files = tuple(File(target, origin) for target, origin in plain["files"])
    limits = Limits(**plain["limits"])
    if "cells" in plain:
        cells = tuple(Cell(code, timeout) for code, timeout in plain["cells"])
        return Session(cells, language, plain["kernel"], files, limits)
    return Script(
        code=plain["code"],
        language=language,
        setup=plain["setup"],
        checks=plain["checks"],
        stdin=plain["stdin"],
        files=files,
        limits=limits,
        raises=plain["raises"],
        kernel=plain["kernel"],
    )


def encode_result(result: RunResult) -> Plain:
    """A result as a dictionary; whether it came from the store is left out."""
    return {
        "cells": [_encode_cell(cell) for cell in result.cells],
        "seconds": result.seconds,
        "reads": list(result.reads),
    }


def _encode_cell(cell: CellResult) -> Plain:
    return {
        "ending": cell.ending.value,
        "outputs": [_encode_output(output) for output in cell.outputs],
        "failure": _encode_failure(cell.failure),
        "reason": cell.reason,
        "seconds": cell.seconds,
        "in_checks": cell.in_checks,
    }


def _encode_output(output: Output) -> list[Any]:
    if isinstance(output, Rich):
        return ["rich", dict(output.data), output.result]
    return [output.name, output.text]


def _encode_failure(failure: Failure | None) -> Plain | None:
    if failure is None:
        return None
    return {
        "name": failure.name,
        "message": failure.message,
        "frames": [[f.file, f.line, f.function, f.text] for f in failure.frames],
        "bases": list(failure.bases),
        "before": _encode_failure(failure.before),
    }


def decode_result(plain: Plain, *, stored: bool = False) -> RunResult:
    """The inverse of :func:`encode_result`.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` if it is no such dictionary.
    """
    cells = tuple(_decode_cell(cell) for cell in plain["cells"])
    return RunResult(cells, plain["seconds"], tuple(plain["reads"]), stored)


def _decode_cell(plain: Plain) -> CellResult:
    return CellResult(
        Ending(plain["ending"]),
        tuple(_decode_output(output) for output in plain["outputs"]),
        _decode_failure(plain["failure"]),
        plain["reason"],
        plain["seconds"],
        plain["in_checks"],
    )


def _decode_output(plain: list[Any]) -> Output:
    kind, *rest = plain
    if kind == "rich":
        data, result = rest
        return Rich(dict(data), result)
    if kind not in ("stdout", "stderr"):
        raise ValueError(f"unknown output {kind!r}")
    (text,) = rest
    return Stream(kind, text)


def _decode_failure(plain: Plain | None) -> Failure | None:
    if plain is None:
        return None
    return Failure(
        plain["name"],
        plain["message"],
        tuple(Frame(*frame) for frame in plain["frames"]),
        tuple(plain["bases"]),
        _decode_failure(plain["before"]),
    )
