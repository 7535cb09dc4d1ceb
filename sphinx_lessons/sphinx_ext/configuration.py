"""Settings in Sphinx: ``lessons_*`` of ``conf.py`` over ``[tool.sphinx-lessons]`` of pyproject."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ConfigError

from sphinx_lessons.config import Settings, SettingsError, from_table, read_pyproject

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

PREFIX = "lessons_"


def read_settings(config: Config) -> Settings:
    """The project's settings, as :func:`merge_settings` left them in the configuration."""
    return Settings(
        **{spec.name: config[PREFIX + spec.name] for spec in dataclasses.fields(Settings)}
    )


def find_settings(app: Sphinx, config: Config) -> Settings:
    """``lessons_*`` of ``conf.py`` over ``pyproject.toml``, as far as they are known by now.

    Raises :class:`~sphinx_lessons.config.SettingsError` for bad values.
    """
    table = read_pyproject(Path(app.confdir))
    return dataclasses.replace(from_table(table), **_set_in_conf(config))


def merge_settings(app: Sphinx, config: Config) -> None:
    """Give every ``lessons_*`` value that ``conf.py`` leaves open the one of ``pyproject.toml``.

    Written back into the configuration, so that Sphinx sees when ``pyproject.toml`` changed a
    value and reads the pages anew. Raises :class:`sphinx.errors.ConfigError` for bad values.
    """
    try:
        settings = find_settings(app, config)
    except SettingsError as error:
        raise ConfigError(f"sphinx-lessons: {error}") from error
    for spec in dataclasses.fields(settings):
        value = getattr(settings, spec.name)
        config[PREFIX + spec.name] = dict(value) if isinstance(value, dict) else value


def _set_in_conf(config: Config) -> dict[str, Any]:
    values = {spec.name: config[PREFIX + spec.name] for spec in dataclasses.fields(Settings)}
    return {
        name: _read_override(name, value) if PREFIX + name in config.overrides else value
        for name, value in values.items()
        if value is not None
    }


def _read_override(name: str, value: Any) -> Any:
    """The value of ``-D lessons_NAME=VALUE``, which Sphinx hands over as a string.

    Sphinx converts by the type of a default; ours are ``None``, which says that nothing was set.
    """
    default = getattr(Settings(), name)
    if not isinstance(value, str) or isinstance(default, str):
        return value
    if isinstance(default, bool):
        return {"1": True, "true": True, "0": False, "false": False}.get(value.lower(), value)
    if isinstance(default, list):
        return value.split(",")
    try:
        return type(default)(value) if isinstance(default, int | float) else value
    except ValueError:
        return value  # the check of the setting says what is wrong with it


def setup_configuration(app: Sphinx) -> None:
    """Declare the configuration values; ``None`` means not set in ``conf.py``."""
    for spec in dataclasses.fields(Settings):
        app.add_config_value(PREFIX + spec.name, None, spec.metadata["rebuild"], types=())
    app.connect("config-inited", merge_settings)
