"""What `pip install ninefold` puts on disk: fresh environments, without extras, pip itself not counted."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import results

LIMIT = 700
"""Megabytes (10^6 bytes) that the core install may take."""
OWN = ("pip", "setuptools", "_distutils_hack", "distutils-precedence.pth")
SIZES = "import sysconfig; print(sysconfig.get_path('purelib'))"


def installed(packages: list[Path], folder: Path) -> dict[str, int]:
    """Bytes by top-level entry of site-packages after installing ``packages`` into a fresh environment."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    site = Path(subprocess.run([python, "-c", SIZES], check=True, capture_output=True, text=True).stdout.strip())
    return {entry.name: _bytes(entry) for entry in site.iterdir() if not entry.name.startswith(OWN)}


def _bytes(entry: Path) -> int:
    files = entry.rglob("*") if entry.is_dir() else [entry]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())


def main() -> int:
    runtime, trainer = results.ROOT / "runtime", results.ROOT
    rows, largest = [], ""
    with tempfile.TemporaryDirectory() as scratch:
        for name, packages in {"ninefold-runtime": [runtime], "ninefold": [runtime, trainer]}.items():
            sizes = installed(packages, Path(scratch, name))
            total = sum(sizes.values()) / 1e6
            rows.append([name, sum(entry.endswith(".dist-info") for entry in sizes), f"{total:.0f}"])
            top = sorted(sizes.items(), key=lambda item: -item[1])[:8]
            largest = ", ".join(f"{entry} {count / 1e6:.0f}" for entry, count in top)
    verdict = f"The core install is held to {LIMIT} MB: {'kept' if total < LIMIT else 'MISSED'}. Largest: {largest}."
    results.write("install", results.table(["distribution", "packages", "MB"], rows) + f"\n\n{verdict}")
    return int(total >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
