"""What the environment remembers of the lessons: the only reader and writer of it.

Problems live here so that every build repeats those that still stand, also a build that re-read
nothing. Records are slim on purpose: they are pickled with the environment at every build.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinx_lessons.model import Challenge, Lesson, LessonReport, Problem, Word

ATTRIBUTE = "lessons_records"


@dataclass(frozen=True, slots=True)
class Record:
    """What a page's lesson (or an included one) leaves behind."""

    docname: str
    lesson: Lesson
    """Without programs and prose."""
    problems: tuple[Problem, ...]
    verdicts: tuple[Word, ...]
    """Of the lesson's challenges, in their order."""
    programs: int
    run: int
    """How many of them were run, not taken from the store, when the page was last read."""
    failed: int
    """Demos and challenges whose verdict fails."""
    anonymous: bool = False
    """An ordinary page with directives of ours, not a lesson."""
    pending: str = ""
    """The build that still has to judge starters of the lesson; see ``starters``."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What is known of a lesson only when all its starters are judged."""

    path: str
    problems: tuple[Problem, ...]
    """All of them."""
    run: int
    reads: tuple[str, ...]
    """Absolute paths of the files that its programs have read."""


@dataclass(slots=True)
class Records:
    """All records, by docname."""

    by_docname: dict[str, list[Record]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Remember a record of a page."""
        self.by_docname.setdefault(record.docname, []).append(record)

    def add_problem(self, docname: str, problem: Problem) -> None:
        """Add a problem to the page's first record of the file that it is in."""
        records = self.by_docname[docname]
        for index, record in enumerate(records):
            if record.lesson.path == problem.path:
                problems = (*record.problems, problem)
                records[index] = dataclasses.replace(record, problems=problems)
                return

    def complete(self, docname: str, completion: Completion, build: str) -> list[Problem]:
        """Complete the record that waits for this in that build; the problems that it had not."""
        records = self.by_docname.get(docname, [])
        for index, record in enumerate(records):
            if record.pending == build and record.lesson.path == completion.path:
                new = [problem for problem in completion.problems if problem not in record.problems]
                problems = sorted((*record.problems, *new), key=lambda problem: problem.line)
                records[index] = dataclasses.replace(
                    record, problems=tuple(problems), run=completion.run, pending=""
                )
                return new
        return []

    def __iter__(self) -> Iterator[Record]:
        """All records in the order of their docnames."""
        for docname in sorted(self.by_docname):
            yield from self.by_docname[docname]

    def lessons(self) -> Iterator[Record]:
        """The records of lessons proper."""
        return (record for record in self if not record.anonymous)


def make_record(
    docname: str, report: LessonReport, *, anonymous: bool = False, build: str = ""
) -> Record:
    """The record of a report, which that build will complete if starters are left to be judged."""
    verdicts = [demo.verdict for demo in report.demos]
    verdicts += [challenge.verdict for challenge in report.challenges]
    return Record(
        docname=docname,
        lesson=_slim(report.lesson),
        problems=report.problems,
        verdicts=tuple(challenge.verdict.word for challenge in report.challenges),
        programs=report.programs,
        run=report.run,
        failed=sum(verdict.fails for verdict in verdicts),
        anonymous=anonymous,
        pending=build if report.unjudged else "",
    )


def completion_of(report: LessonReport) -> Completion:
    """What a whole report adds to the record of one that was not."""
    return Completion(report.lesson.path, report.problems, report.run, report.reads)


def _slim(lesson: Lesson) -> Lesson:
    challenges = tuple(_slim_challenge(challenge) for challenge in lesson.challenges)
    return dataclasses.replace(
        lesson, demos=(), try_its=(), blocks=(), preamble=None, challenges=challenges
    )


def _slim_challenge(challenge: Challenge) -> Challenge:
    return dataclasses.replace(challenge, task=None, sections=(), hints=())


def records_of(env: BuildEnvironment) -> Records:
    """The environment's records; made on first use."""
    records = getattr(env, ATTRIBUTE, None)
    if records is None:
        records = Records()
        setattr(env, ATTRIBUTE, records)
    return records


def _purge(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    records_of(env).by_docname.pop(docname, None)


def _merge(
    _app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    theirs = records_of(other).by_docname
    records_of(env).by_docname.update(
        {docname: theirs[docname] for docname in docnames if docname in theirs}
    )


def setup_store(app: Sphinx) -> None:
    """Keep the records in step with the pages."""
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
