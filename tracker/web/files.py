"""Files as answers."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep, never shown in the page."""
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name)
