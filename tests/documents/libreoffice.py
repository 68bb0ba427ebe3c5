"""Re-saving documents with LibreOffice, many in one go."""

import shutil
import subprocess
from pathlib import Path

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")


def resaved(documents: list[bytes], folder: Path) -> list[bytes]:
    """The documents as LibreOffice saves them in Word's format."""
    assert PROGRAM is not None
    names = [f"{number:04}.docx" for number in range(len(documents))]
    for name, content in zip(names, documents, strict=True):
        (folder / name).write_bytes(content)
    out = folder / "saved"
    subprocess.run(
        [PROGRAM, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "docx"]
        + ["--outdir", str(out), *(str(folder / name) for name in names)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return [(out / name).read_bytes() for name in names]
