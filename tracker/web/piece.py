"""A piece of a page rendered from Python: for fields that are more than one component."""

from __future__ import annotations

from typing import Any

from flask import render_template
from markupsafe import Markup


def render_piece(template: str, **values: Any) -> Markup:
    """The HTML of `template`, escaped as on any page."""
    return Markup(render_template(template, **values))  # noqa: S704
