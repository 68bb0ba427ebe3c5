"""Microsoft's own validator of documents, where `make validator` has brought it. No part of the project needs it."""

import json
import subprocess
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / ".venv" / "validator"


def validator() -> Path | None:
    """The program; None where it is not installed."""
    program = _FOLDER / "node_modules" / ".bin" / "ooxml-validator"
    return program if program.exists() else None


def microsoft_problems(program: Path, content: bytes, folder: Path) -> list[str]:
    """What Microsoft's validator says of a document."""
    file = folder / "document.docx"
    file.write_bytes(content)
    done = subprocess.run([str(program), str(file)], capture_output=True, timeout=120)
    found = json.loads(done.stdout)
    return [] if found["ok"] else [f"{error['path']}: {error['description']}" for error in found["errors"]]
