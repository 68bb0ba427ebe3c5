"""Copy the front-end files that the pages use from their npm packages into static/vendor/.

Run by a developer when a version changes: `python tools/vendor.py`. It needs npm (for `npm pack`) and nothing else;
what it writes is committed, so setting up, testing and serving need neither npm nor Node. A package whose content
changed under an unchanged version stops the script.
"""

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "static" / "vendor"
LOCK = VENDOR / "vendor.lock.json"
NHSUK_CSS = "nhsuk/nhsuk-frontend.min.css"

# The npm package states its licence (MIT) in package.json and carries no licence file.
NHSUK_LICENCE = """\
MIT License

Copyright (c) 2019 NHS.UK

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


@dataclass(frozen=True)
class Package:
    """An npm package at one version, and the files to take: path in the package → path in static/vendor/."""

    name: str
    version: str
    files: dict[str, str]

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"


# Of NHS.UK frontend's images only those that its stylesheet draws: its favicons and logo are protected.
NHSUK_ICONS = ("arrow-down", "arrow-up", "arrow-up-down", "cross")
PACKAGES = (
    Package(
        "nhsuk-frontend",
        "10.6.1",
        {
            "dist/nhsuk/nhsuk-frontend.min.css": NHSUK_CSS,
            "dist/nhsuk/nhsuk-frontend.min.js": "nhsuk/nhsuk-frontend.min.js",
        }
        | {
            f"dist/nhsuk/assets/images/nhsuk-icon-{icon}.svg": f"nhsuk/assets/images/nhsuk-icon-{icon}.svg"
            for icon in NHSUK_ICONS
        },
    ),
    Package("htmx.org", "2.0.11", {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"}),
)


def main() -> None:
    """Replace static/vendor/ by the files of PACKAGES and a lock file: the hashes of what was fetched and written."""
    integrity: dict[str, str] = {}
    written: dict[str, bytes] = {"nhsuk/LICENSE": NHSUK_LICENCE.encode()}
    locked = json.loads(LOCK.read_text())["packages"] if LOCK.exists() else {}
    for package in PACKAGES:
        tarball = pack(package.spec)
        integrity[package.spec] = hash_of(tarball)
        if locked.get(package.spec, integrity[package.spec]) != integrity[package.spec]:
            raise SystemExit(f"{package.spec} is not what the lock file says it was: nothing was written")
        written |= take(package, tarball)
    check_images(written)
    shutil.rmtree(VENDOR, ignore_errors=True)
    for path, content in written.items():
        target = VENDOR / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    files = {path: hash_of(written[path]) for path in sorted(written)}
    LOCK.write_text(json.dumps({"packages": integrity, "files": files}, indent=2) + "\n")


def pack(spec: str) -> bytes:
    """The package's tarball by npm as it is set up on this machine (npm itself checks it against the registry)."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", spec]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (specs are ours)
        (tarball,) = Path(folder).glob("*.tgz")
        return tarball.read_bytes()


def take(package: Package, tarball: bytes) -> dict[str, bytes]:
    """The wanted files, by their path in static/vendor/. Raises KeyError when the package lacks one."""
    taken = {}
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for source, target in package.files.items():
            member = archive.extractfile(f"package/{source}")
            if member is None:
                raise SystemExit(f"{source} of {package.spec} is not a file")
            taken[target] = adapt(target, member.read())
    return taken


def adapt(target: str, content: bytes) -> bytes:
    """Take out source maps, which are not served, and what the stylesheet would load from elsewhere."""
    if target == NHSUK_CSS:
        return adapt_stylesheet(content.decode()).encode()
    if target.endswith(".js"):
        return re.sub(rb"\s*//# sourceMappingURL=\S+\s*$", b"\n", content)
    return content


def adapt_stylesheet(css: str) -> str:
    """Take out the Frutiger font, which needs a licence and another site, and make the addresses of images relative."""
    css, fonts = re.subn(r"@font-face\{[^}]*assets\.nhs\.uk[^}]*\}", "", css)
    css = css.replace("Frutiger W01,", "")
    css = css.replace("url(/assets/", "url(assets/")
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    if fonts != 2 or "Frutiger" in css or "://" in css.replace("http://www.w3.org", ""):
        raise SystemExit("the stylesheet has changed: a font or a remote address may be left in it")
    return css


def check_images(written: dict[str, bytes]) -> None:
    """Stop when the stylesheet draws an image that is not taken, or one is taken that it does not draw."""
    drawn = {f"nhsuk/{url}" for url in re.findall(r"url\((assets/[^)]+)\)", written[NHSUK_CSS].decode())}
    taken = {path for path in written if path.startswith("nhsuk/assets/")}
    if drawn != taken:
        raise SystemExit(f"NHSUK_ICONS and the stylesheet differ: {sorted(drawn ^ taken)}")


def hash_of(content: bytes) -> str:
    """As in a subresource integrity attribute: "sha512-…"."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


if __name__ == "__main__":
    main()
