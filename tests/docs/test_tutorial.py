from pathlib import Path


def apply_diff(file: Path, diff: str) -> None:
    """Replace the lines of a file that begin with ``-`` in the diff by those with ``+``."""
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line.startswith("-"))
    new = "".join(line[1:] for line in lines if line.startswith("+"))
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} holds this {text.count(old)} times:\n{old}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def write_listing(folder: Path, caption: str, text: str) -> None:
    name, _, where = caption.partition(" ")
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    before = file.read_text(encoding="utf-8") + "\n" if where == "(at the end)" else ""
    file.write_text(before + text, encoding="utf-8")


def test_following_the_tutorial_step_by_step(repository, shell, fences):
    for fence in fences(repository / "docs" / "tutorial" / "index.md"):
        if fence.language == "console":
            shell.replay(fence)
        elif fence.language == "diff":
            apply_diff(shell.folder / fence.caption, fence.text)
        elif fence.caption:
            write_listing(shell.folder, fence.caption, fence.text)

    assert not shell.failures, "\n".join(shell.failures)
    page = (shell.folder / "site" / "tides.html").read_text(encoding="utf-8")
    assert "range: 0.6 m" in page
