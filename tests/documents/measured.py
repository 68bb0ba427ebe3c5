"""Runs a function on files, each in a process of its own, and says what it gave and what it cost.

`python measured.py FUNCTION FOLDER` prints a JSON list, a row for each file in the order of their names.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tracker.documents import BadFile, clean_reference, open_reference, read_letter, specimen_letter, write_letter

MOST_SECONDS = 2.0
MOST_MEGABYTES = 200.0


@dataclass(frozen=True)
class Run:
    """What became of one file: "done", "refused" or "failed", what was said of it, and what it took."""

    outcome: str
    said: list[str]
    seconds: float
    megabytes: float


def measure(function: str, files: dict[str, bytes], folder: Path) -> dict[str, Run]:
    """Run `function` ("clean" or "read") on each file. Seconds are the processor's: a busy machine is no fault."""
    names = list(files)
    for number, name in enumerate(names):
        (folder / f"{number:04}").write_bytes(files[name])
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, __file__, function, str(folder)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    return {name: Run(*row) for name, row in zip(names, json.loads(done.stdout), strict=True)}


def _clean(content: bytes) -> list[str]:
    cleaned = clean_reference(content, "letter")
    write_letter(specimen_letter(), open_reference(cleaned.content))
    return list(cleaned.warnings)


def _read(content: bytes) -> list[str]:
    return list(read_letter(content).problems)


def _run(function: str, path: Path) -> tuple[str, list[str], float, float]:
    content = path.read_bytes()
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        outcome, said = "done", {"clean": _clean, "read": _read}[function](content)
    except BadFile as problem:
        outcome, said = "refused", [str(problem)]
    except Exception as problem:  # what the test is there to find
        outcome, said = "failed", [repr(problem)[:500]]
    seconds = time.process_time() - begun
    return outcome, said, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def _in_a_process_of_its_own(function: str, path: Path) -> list[object]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            json.dump(_run(function, path), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return list(json.loads(text)) if text else ["failed", [f"the process ended with {status}"], 0.0, 0.0]


if __name__ == "__main__":
    files = sorted(Path(sys.argv[2]).iterdir())
    json.dump([_in_a_process_of_its_own(sys.argv[1], path) for path in files], sys.stdout)
