"""The blueprint that the pages of transfers hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("transfers", __name__)
