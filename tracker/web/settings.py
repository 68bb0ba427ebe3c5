"""A setting of the running application, for what has no request: a job's handler, say."""

from __future__ import annotations

from typing import Any

from flask import current_app


def setting(name: str) -> Any:
    """The setting under this name of config.py. Raises KeyError where there is none."""
    return current_app.config[name]
