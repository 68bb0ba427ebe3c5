"""The registers that have saved views: each feature's page by the name that its views carry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RegisterPage:
    """A register: its name in a view, its title, and the endpoint of its page."""

    name: str
    title: str
    endpoint: str


_known: dict[str, RegisterPage] = {}


def register_page(name: str, title: str, endpoint: str) -> None:
    """Let the register under `name` have saved views; called in the factory."""
    _known[name] = RegisterPage(name, title, endpoint)


def get_page(name: str) -> RegisterPage | None:
    """The register under this name, or None."""
    return _known.get(name)
