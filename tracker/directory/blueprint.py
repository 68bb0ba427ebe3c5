"""The blueprint that the pages of the directory hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("directory", __name__)
