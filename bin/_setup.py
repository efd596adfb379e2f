"""Makes the virtual environment from the lock file with nothing but a bare Python; prints its folder.

Gets uv from its wheel (version and hash are pinned below), from the package mirror that pip or uv is configured
to use. Run by bin/_setup.sh; uses the standard library only.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PYPI = "https://pypi.org/simple"
UV = "0.13.9"
WHEELS = {
    "linux-x86_64": (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    "linux-aarch64": (
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    "darwin-arm64": (
        "macosx_11_0_arm64",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
    "darwin-x86_64": (
        "macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
}


def main() -> None:
    """Print the environment's folder, after making it when it is not there or not the one that is locked."""
    groups = sys.argv[1:]
    venv = place_of_venv()
    stamp = venv / "genjin-setup"
    wanted = fingerprint()
    have = stamp.read_text().split() if stamp.exists() else []
    if wanted not in have or not set(groups) <= set(have):
        say("Setting up (only the first time and after an update) …")
        stamp.unlink(missing_ok=True)
        install(venv, groups, find_uv())
        stamp.write_text(" ".join([wanted, *groups]))
    print(venv)


def fingerprint() -> str:
    """Changes with the lock, the project file, this script, the Python and the place of the checkout."""
    seen = hashlib.sha256(f"{sys.version} {sys.executable} {ROOT}".encode())
    for name in ("uv.lock", "pyproject.toml", "bin/_setup.py"):
        seen.update((ROOT / name).read_bytes())
    return seen.hexdigest()


def place_of_venv() -> Path:
    """`.venv` in the checkout; elsewhere when the checkout is read-only, or hidden from the user of the database.

    As root the database runs as a system user, who must be able to run its programs in the environment.
    """
    short = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    if os.geteuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in (ROOT, *ROOT.parents)):
        base = next((base for base in (Path("/opt"), Path("/var/lib")) if os.access(base, os.W_OK)), None)
        if base is None:
            stop(
                f"Other users cannot reach {ROOT}, as the database must when root starts it: move the checkout to /opt."
            )
        return base / "genjin" / f"venv-{short}"
    if os.access(ROOT, os.W_OK):
        return ROOT / ".venv"
    return cache() / f"venv-{short}"


def cache() -> Path:
    """A folder for what can be made again."""
    if os.access(ROOT, os.W_OK):
        return ROOT / "var"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "genjin"


def find_uv() -> Path:
    """The pinned uv, downloaded when it is not there."""
    uv = cache() / f"uv-{UV}" / "uv"
    if uv.exists():
        return uv
    key = f"{sys.platform}-{platform.machine().lower()}".replace("amd64", "x86_64").replace(
        "linux-arm64", "linux-aarch64"
    )
    if key not in WHEELS:
        stop(f"There is no ready-made environment for {key}: install Genjin with pip and set DATABASE_URL.")
    tags, sha256 = WHEELS[key]
    name = f"uv-{UV}-py3-none-{tags}.whl"
    wheel = download(name, sha256)
    unpack(wheel, uv)
    return uv


def download(name: str, sha256: str) -> bytes:
    """The wheel from the first index that has it with the right content."""
    troubles = []
    for index in indexes():
        try:
            content = fetch(link_to(name, index.rstrip("/") + "/uv/"))
        except (OSError, ValueError, LookupError) as trouble:
            troubles.append(f"{without_password(index)}: {trouble}")
            continue
        if hashlib.sha256(content).hexdigest() == sha256:
            return content
        troubles.append(f"{without_password(index)}: {name} is not the file that it should be")
    raise SystemExit("Cannot get uv, which installs the rest; set PIP_INDEX_URL to a mirror. " + "; ".join(troubles))


def indexes() -> list[str]:
    """The package indexes in use: uv's variables, then pip's, then pip's files; else PyPI."""
    primary = first("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL") or pip_option("index-url")[:1] or [PYPI]
    extra = first("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL") or pip_option("extra-index-url")
    # A named index of uv looks like name=https://….
    return [url.partition("=")[2] if "=" in url.partition("://")[0] else url for url in [*primary, *extra]]


def first(*names: str) -> list[str]:
    """The words of the first of these variables that is set."""
    return next((os.environ[name].split() for name in names if os.environ.get(name, "").strip()), [])


def pip_option(option: str) -> list[str]:
    """What pip's configuration files say, the user's own last and strongest."""
    import configparser

    home = Path.home()
    files = ["/etc/pip.conf", "/Library/Application Support/pip/pip.conf", home / ".pip/pip.conf"]
    files += [Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf"]
    files += [os.environ["PIP_CONFIG_FILE"]] if os.environ.get("PIP_CONFIG_FILE") else []
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(files, encoding="utf-8")
    except configparser.Error as trouble:
        stop(f"pip's configuration cannot be read: {trouble}")
    return parser.get("global", option, fallback="").split()


def link_to(name: str, page: str) -> str:
    """Where the index says that this file is. Every index, also a mirror, speaks this simple HTML."""
    from html import unescape
    from re import findall
    from urllib.parse import unquote, urljoin, urlsplit

    if page.startswith("file:"):
        folder = Path(unquote(urlsplit(page).path))
        page = (folder / "index.html").as_uri() if (folder / "index.html").exists() else page
    for link in findall(r"""href\s*=\s*["']([^"']+)""", fetch(page).decode("utf-8", "replace")):
        address = urljoin(page, unescape(link))
        if unquote(urlsplit(address).path).endswith("/" + name):
            return address.partition("#")[0]
    raise LookupError(f"has no {name}")


def fetch(address: str) -> bytes:
    """The bytes at the address. Proxies come from the environment; name and password may stand in the address."""
    import base64
    import ssl
    from urllib.parse import unquote, urlsplit, urlunsplit
    from urllib.request import Request, urlopen

    parts = urlsplit(address)
    request = Request(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + base64.b64encode(secret.encode()).decode())
    context = ssl.create_default_context(cafile=certificates()) if parts.scheme == "https" else None
    if context and not has_certificates() and not parts.username:
        # The pinned hash proves the file, whoever sent it; uv itself brings certificates for all the rest.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urlopen(request, timeout=60, context=context) as answer:
        return answer.read()


def certificates() -> str | None:
    """The file with certificates that the user has set."""
    return next((os.environ[n] for n in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE") if os.environ.get(n)), None)


def has_certificates() -> bool:
    """False on a bare system without the package ca-certificates."""
    import ssl

    paths = ssl.get_default_verify_paths()
    return bool(certificates() or paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())))


def unpack(wheel: bytes, uv: Path) -> None:
    """Take the one program out of the wheel."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        program = archive.read(f"uv-{UV}.data/scripts/uv")
    uv.parent.mkdir(parents=True, exist_ok=True)
    draft = uv.with_name(f"uv.{os.getpid()}")
    draft.write_bytes(program)
    draft.chmod(0o755)
    draft.rename(uv)


def install(venv: Path, groups: list[str], uv: Path) -> None:
    """Bring the environment to what is locked. A mirror gets the locked versions by name, checked by their hashes."""
    environment = {
        **os.environ,
        "UV_PROJECT_ENVIRONMENT": str(venv),
        "UV_PYTHON_DOWNLOADS": "never",
        "VIRTUAL_ENV": str(venv),
    }
    if certificates():
        environment["SSL_CERT_FILE"] = str(certificates())
    if has_certificates():
        environment.setdefault("UV_SYSTEM_CERTS", "1")
    chosen = ["--no-default-groups", *(word for group in groups for word in ("--group", group))]
    used = indexes()
    if used[0].rstrip("/") == PYPI:
        for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"):
            environment.pop(name, None)
        run([uv, "sync", "--locked", "--inexact", "--quiet", "--python", sys.executable, *chosen], environment)
        return
    locked = cache() / "requirements.txt"
    run([uv, "export", "--frozen", "--quiet", "--no-emit-project", *chosen, "-o", locked], environment)
    for name in ("UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"):
        environment.pop(name, None)
    environment["UV_DEFAULT_INDEX"] = used[0]
    if not (venv / "bin" / "python").exists():
        run([uv, "venv", "--quiet", "--python", sys.executable, venv], environment)
    extra = [word for index in used[1:] for word in ("--index", index)]
    mirror = ["--index-strategy", "unsafe-best-match", *extra]
    run([uv, "pip", "install", "--quiet", "--require-hashes", *mirror, "-r", locked], environment)
    run([uv, "pip", "install", "--quiet", "--no-deps", *mirror, "--editable", ROOT], environment)


def run(command: list[str | Path], environment: dict[str, str]) -> None:
    """Run uv; its own words explain a failure."""
    if subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode != 0:
        stop("The environment could not be set up, see above. Behind a firewall set PIP_INDEX_URL to a mirror.")


def without_password(address: str) -> str:
    """For messages."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def say(text: str) -> None:
    """Words for the user; standard output carries the answer."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> NoReturn:
    """End with one sentence."""
    say(text)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except ImportError as missing:
        stop(f"This Python lacks a part of its standard library ({missing.name}): install the full python3 package.")
