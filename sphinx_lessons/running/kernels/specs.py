"""Which kernels are installed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class KernelError(Exception):
    """A kernel cannot be used; the message tells the author why."""


@dataclass(frozen=True, slots=True)
class Spec:
    """An installed kernel, as its ``kernel.json`` describes it."""

    name: str
    language: str
    """In lower case."""
    folder: Path
    argv: tuple[str, ...]


def find_spec(name: str) -> Spec:
    """Return the kernel of that name.

    Raises :class:`KernelError`, with the names of the kernels that are installed.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager = KernelSpecManager()
    try:
        spec = manager.get_kernel_spec(name)
    except NoSuchKernel:
        installed = ", ".join(sorted(manager.find_kernel_specs())) or "none"
        raise KernelError(f"no kernel named {name!r} (installed: {installed})") from None
    except (ValueError, OSError) as error:
        raise KernelError(f"the kernel {name!r} is broken: {error}") from error
    return Spec(name, spec.language.lower(), Path(spec.resource_dir), tuple(spec.argv))
