def test_the_failing_build_prints_what_the_readme_shows(repository, shell, fences):
    shown = fences(repository / "README.md")
    (lesson,) = [fence for fence in shown if fence.language == "markdown"]
    (session,) = [fence for fence in shown if "$ sphinx-build" in fence.text]
    docs = shell.folder / "docs"
    docs.mkdir()
    (docs / "tides.md").write_text(lesson.text, encoding="utf-8")
    (docs / "conf.py").write_text('extensions = ["sphinx_lessons"]\nroot_doc = "tides"\n')

    shell.replay(session)

    assert not shell.failures, "\n".join(shell.failures)


def test_the_lesson_in_the_readme_has_twenty_lines(repository, fences):
    shown = fences(repository / "README.md")
    (lesson,) = [fence for fence in shown if fence.language == "markdown"]

    assert len(lesson.text.splitlines()) == 20


def test_the_readme_names_the_two_commands(repository, fences):
    shown = [fence.text for fence in fences(repository / "README.md")]

    assert "python -m pip install nox && python -m nox -s docs\n" in shown
    assert "python -m pip install nox && python -m nox -s tests\n" in shown
