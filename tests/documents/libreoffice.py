"""Re-saving documents with LibreOffice, many in one go, and printing one."""

import re
import shutil
import subprocess
from pathlib import Path

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")


def resaved(documents: list[bytes], folder: Path) -> list[bytes]:
    """The documents as LibreOffice saves them in Word's format."""
    names = [f"{number:04}.docx" for number in range(len(documents))]
    for name, content in zip(names, documents, strict=True):
        (folder / name).write_bytes(content)
    out = _convert("docx", [folder / name for name in names], folder)
    return [(out / name).read_bytes() for name in names]


def printed_pages(document: bytes, folder: Path) -> int:
    """On how many pages LibreOffice prints it."""
    (folder / "printed.docx").write_bytes(document)
    pdf = (_convert("pdf", [folder / "printed.docx"], folder) / "printed.pdf").read_bytes()
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def _convert(kind: str, files: list[Path], folder: Path) -> Path:
    assert PROGRAM is not None
    out = folder / "saved"
    subprocess.run(
        [PROGRAM, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind]
        + ["--outdir", str(out), *map(str, files)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return out
