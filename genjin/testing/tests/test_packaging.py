"""What is shipped: the dependencies are explained, and the wheel works in an empty environment."""

from __future__ import annotations

import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from genjin.kernel.processes import wait_until
from genjin.surfaces.cli.network import answers
from genjin.testing.served import PATIENCE, clean_environment, free_port, read_until

ROOT = Path(__file__).resolve().parents[3]


def direct_dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [re.split(r"[\[<>=;~! ]", wanted)[0].lower() for wanted in project["dependencies"]]


def test_every_direct_dependency_is_explained_and_no_other() -> None:
    rows = [line.split("|") for line in (ROOT / "docs" / "dependencies.md").read_text().splitlines()]
    table = {row[1].strip(): row[2:-1] for row in rows if len(row) == 6 and not set(row[1]) <= set("- ")}
    del table["package"]
    assert sorted(table) == sorted(direct_dependencies())
    assert all(cell.strip() for cells in table.values() for cell in cells)


def test_licence_is_apache() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


@pytest.fixture(scope="module")
def wheel() -> Iterator[Path]:
    """The wheel as it is published, built in a copy of the checkout."""
    uv = find_uv()
    folder = Path(tempfile.mkdtemp(prefix="genjin-wheel-"))
    folder.chmod(0o755)
    copy = folder / "checkout"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "genjin"):
        source = ROOT / name
        ignore = shutil.ignore_patterns("__pycache__", "_static", "_static.stamp", "*.mo")
        shutil.copytree(source, copy / name, ignore=ignore) if source.is_dir() else shutil.copy(source, copy)
    run([sys.executable, "-m", "genjin.surfaces.cli.assets"], cwd=copy, env=clean_environment(PYTHONPATH=str(copy)))
    run([uv, "build", "--wheel", "--quiet", "--out-dir", str(folder)], cwd=copy, env=clean_environment())
    yield next(folder.glob("genjin-*.whl"))
    shutil.rmtree(folder)


def find_uv() -> str:
    found = next(iter(sorted((ROOT / "var").glob("uv-*/uv"))), None)
    program = str(found) if found else shutil.which("uv")
    if program is None:
        pytest.skip("uv is fetched by bin/test")
    return program


def run(command: list[str], *, cwd: Path, env: dict[str, str]) -> None:
    # as bin/_setup.py does: where the system has certificates, they count
    known = ssl.get_default_verify_paths()
    trusted = known.cafile or (known.capath and any(Path(known.capath).iterdir()))
    env = {"UV_SYSTEM_CERTS": "1", **env} if trusted else env
    done = subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow(about=60)
def test_wheel_holds_static_files_templates_and_texts_but_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("genjin/_static/") and name.endswith(".css.br") for name in names)
    assert "genjin/_static/staticfiles.json" in names
    assert any(name.startswith("genjin/ui/templates/") for name in names)
    assert all(f"{po.relative_to(ROOT).with_suffix('.mo')}" in names for po in ROOT.glob("genjin/locale/*/*/*.po"))
    assert not [name for name in names if "/tests/" in name or name.startswith("genjin/testing/")]
    assert wheel.stat().st_size < 6_000_000


@pytest.mark.slow
def test_wheel_serves_from_an_empty_environment(wheel: Path) -> None:
    uv, folder = find_uv(), wheel.parent
    venv, data, port = folder / "venv", folder / "data", free_port()
    env = clean_environment(GENJIN_DATA=str(data))
    run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)], cwd=folder, env=env)
    target = ["--python", str(venv / "bin" / "python")]
    run(
        [uv, "export", "--frozen", "--quiet", "--no-dev", "--no-emit-project", "-o", str(folder / "r.txt")],
        cwd=ROOT,
        env=env,
    )
    run([uv, "pip", "install", "--quiet", *target, "-r", str(folder / "r.txt")], cwd=folder, env=env)
    run([uv, "pip", "install", "--quiet", "--no-deps", *target, str(wheel)], cwd=folder, env=env)
    static = first_static_file(wheel)
    command = [str(venv / "bin" / "genjin"), "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd="/", env=env, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert "/setup?token=" in read_until(serving, "/setup?token=")
            assert wait_until(lambda: answers(port, "/-/ready") and answers(port, static), PATIENCE)
        finally:
            serving.send_signal(signal.SIGTERM)
        assert serving.wait(PATIENCE) == 0
    assert list((data / "run").iterdir()) == []


def first_static_file(wheel: Path) -> str:
    names = zipfile.ZipFile(wheel).namelist()
    return next(
        "/static/" + n.removeprefix("genjin/_static/") for n in names if re.search(r"_static/.+\.[0-9a-f]{12}\.css$", n)
    )
