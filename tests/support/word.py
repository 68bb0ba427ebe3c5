"""Word files changed as somebody would in Word, and saved again by LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

SOFFICE = shutil.which("libreoffice") or shutil.which("soffice")


def edited(content: bytes, *changes: tuple[str, str], part: str = "word/document.xml") -> bytes:
    """The file with each old text, which must stand in `part`, replaced by the new one."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                text = data.decode()
                for old, new in changes:
                    assert old in text, f"{old!r} is not in {name}"
                    text = text.replace(old, new)
                data = text.encode()
            archive.writestr(name, data)
    return target.getvalue()


def saved_by_libreoffice(content: bytes) -> bytes:
    """The file as LibreOffice saves it."""
    assert SOFFICE
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "letter.docx"), Path(folder, "out")
        source.write_bytes(content)
        command = [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "docx"]
        subprocess.run([*command, "--outdir", str(out), str(source)], check=True, capture_output=True, timeout=120)
        return (out / "letter.docx").read_bytes()
