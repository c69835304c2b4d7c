"""Make `.venv` hold what `uv.lock` says, with nothing but Python and a package index.

Usage: ``python3 tools/bootstrap.py build|dev``. ``build`` is what `make run` needs, ``dev`` adds the tools of
the checks and tests. The first run fetches the uv that the lock pins (its wheel is checked against the lock's
hash), so neither pip nor ensurepip is needed; a later run with the same lock does nothing and is offline.

The index, proxy and certificate variables of pip and uv are honoured. Every file is checked against the
lock's hash, so it does not matter which index it comes from.
"""

import base64
import hashlib
import io
import json
import os
import platform
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
GROUPS = ("build", "dev")
OLDEST, NEWEST = (3, 11), (3, 14)
TIMEOUT = 60
TAIL = 20
"""Lines of a failed program's output that are shown."""

PIP_TWINS = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
    "PIP_PROXY": "ALL_PROXY",
    "PIP_TRUSTED_HOST": "UV_INSECURE_HOST",
}
"""What uv calls pip's variables; uv's own win where both are set."""


class BootstrapError(Exception):
    """Something the machine lacks; the text says what to do about it."""


def main(arguments: list[str]) -> int:
    """Bring the environment up to date for the group named, and say so only when there was work."""
    if len(arguments) != 1 or arguments[0] not in GROUPS:
        print(f"usage: python3 tools/bootstrap.py {'|'.join(GROUPS)}", file=sys.stderr)
        return 2
    try:
        ensure_environment(arguments[0])
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    return 0


def ensure_environment(group: str) -> None:
    """Install the locked packages of ``group`` unless the stamps say that they are there."""
    check_python()
    wanted = fingerprint()
    if is_current(group, wanted):
        return
    print("Setting up .venv with the Python packages of uv.lock, once ...", flush=True)
    environment = uv_environment(os.environ)
    if not is_usable():
        venv.create(VENV, with_pip=False, symlinks=True, clear=True)
    if not has_pinned_uv():
        install_uv(environment)
    install_locked(group, environment)
    stamp(group).write_text(wanted)


def check_python() -> None:
    """Raise BootstrapError where this Python is too old or too new."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        message = (
            "Trodden needs Python {}.{} to {}.{}; this is {}. Name another one: `make PYTHON=python3.12 ...`."
        )
        raise BootstrapError(message.format(*OLDEST, *NEWEST, platform.python_version()))


def fingerprint() -> str:
    """Return what the environment depends on: the lock, the project's own table, the place and the Python."""
    project = load_toml(ROOT / "pyproject.toml")
    parts = [
        (ROOT / "uv.lock").read_text(),
        json.dumps([project["project"], project["dependency-groups"]], sort_keys=True),
        str(ROOT),
        platform.python_version(),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def load_toml(path: Path) -> dict:
    """Read a TOML file; imported late, so that an old Python still gets `check_python`'s message."""
    import tomllib

    return tomllib.loads(path.read_text())


def stamp(group: str) -> Path:
    """Return the file that holds the fingerprint ``group`` was last installed with."""
    return VENV / f".trodden-{group}"


def is_current(group: str, wanted: str) -> bool:
    """Say whether ``group``, or a group that includes it, is installed as wanted."""
    enough = GROUPS[GROUPS.index(group) :]
    return PYTHON.exists() and any(read_stamp(name) == wanted for name in enough)


def read_stamp(group: str) -> str:
    """Return the fingerprint of the last installation, or nothing."""
    path = stamp(group)
    return path.read_text() if path.exists() else ""


def is_usable() -> bool:
    """Say whether `.venv` was made at this place by a Python of this version."""
    probe = "import sys; print(sys.prefix, '%d.%d' % sys.version_info[:2])"
    try:
        found = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return found.stdout.split() == [str(VENV), "{}.{}".format(*sys.version_info)]


# What the variables say


def uv_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with pip's settings under uv's names and downloads of Python forbidden."""
    result = dict(variables)
    for theirs, ours in PIP_TWINS.items():
        if variables.get(theirs):
            result.setdefault(ours, variables[theirs])
    result.update(UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1", VIRTUAL_ENV=str(VENV))
    # Files are pinned by hash, so a second index cannot slip in another one.
    result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    # An authority this machine trusts is believed, as pip and Python do; firms have their own.
    result.setdefault("UV_SYSTEM_CERTS", "1")
    return result


def indexes(environment: Mapping[str, str]) -> list[str]:
    """Return the simple indexes to ask, in uv's order: extra ones first, then the default."""
    extra = environment.get("UV_INDEX", "") + " " + environment.get("UV_EXTRA_INDEX_URL", "")
    default = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL")
    default = default or locked_uv()["source"]["registry"]
    return [re.sub(r"^[\w-]+=", "", url).rstrip("/") for url in [*extra.split(), default]]


# The pinned uv


def locked_uv() -> dict:
    """Return uv's entry in the lock."""
    packages = load_toml(ROOT / "uv.lock")["package"]
    return next(package for package in packages if package["name"] == "uv")


def has_pinned_uv() -> bool:
    """Say whether `.venv` has the uv that the lock pins."""
    try:
        found = subprocess.run([UV, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return found.stdout.split()[1:2] == [locked_uv()["version"]]


def install_uv(environment: Mapping[str, str]) -> None:
    """Fetch the wheel of the pinned uv, check its hash, and unpack its one program."""
    name, digest = uv_wheel(locked_uv()["wheels"])
    content = fetch_wheel(name, environment)
    if hashlib.sha256(content).hexdigest() != digest:
        message = f"{name} does not have the hash that uv.lock pins ({digest}); an index or proxy changed it."
        raise BootstrapError(message)
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        member = next(entry for entry in wheel.namelist() if entry.endswith("/scripts/uv"))
        UV.parent.mkdir(parents=True, exist_ok=True)
        UV.write_bytes(wheel.read(member))
    UV.chmod(0o755)


def uv_wheel(wheels: list[dict]) -> tuple[str, str]:
    """Pick the wheel for this machine; return its file name and SHA-256."""
    ending = f"_{platform.machine()}"
    for wheel in wheels:
        name = wheel["url"].rsplit("/", 1)[-1]
        tags = name.removesuffix(".whl").split("-")[-1].split(".")
        if any(tag.startswith(system_tag()) and tag.endswith(ending) for tag in tags):
            return name, wheel["hash"].removeprefix("sha256:")
    message = (
        f"uv has no wheel for {platform.platform()}; install the packages of uv.lock by hand into .venv."
    )
    raise BootstrapError(message)


def system_tag() -> str:
    """Return how the platform tags of this system's wheels begin."""
    if sys.platform == "darwin":
        return "macosx"
    return "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"


def fetch_wheel(name: str, environment: Mapping[str, str]) -> bytes:
    """Return the file ``name`` of the project uv from the first place that has it."""
    failures = []
    for place in places(environment):
        try:
            url = find_link(place, name, environment)
            if url:
                return fetch(url, environment)
            failures.append(f"{shown(place)}: no such file there")
        except (OSError, ValueError) as error:
            failures.append(f"{shown(place)}: {error}")
    message = (
        f"cannot fetch {name}: {'; '.join(failures)}. Set PIP_INDEX_URL, HTTPS_PROXY or PIP_CERT as needed."
    )
    raise BootstrapError(message)


def places(environment: Mapping[str, str]) -> list[str]:
    """Return the folders and pages that may link to the wheel, in the order they are asked."""
    folders = re.split(r"[\s,]+", environment.get("UV_FIND_LINKS", ""))
    return [*filter(None, folders), *(f"{index}/uv/" for index in indexes(environment))]


def find_link(place: str, name: str, environment: Mapping[str, str]) -> str | None:
    """Return the address of ``name`` in a folder or on a page of links, or None."""
    folder = Path(urllib.parse.urlsplit(place).path if place.startswith("file:") else place)
    if "://" not in place or place.startswith("file:"):
        return (folder / name).as_uri() if (folder / name).is_file() else None
    page = fetch(place, environment).decode()
    for link in re.findall(r"""href\s*=\s*["']([^"'#]+)""", page):
        if urllib.parse.unquote(link).rsplit("/", 1)[-1] == name:
            return with_credentials(urllib.parse.urljoin(place, link), place)
    return None


def with_credentials(url: str, place: str) -> str:
    """Carry the user and password of an index over to a file on the same host."""
    source, target = urllib.parse.urlsplit(place), urllib.parse.urlsplit(url)
    if source.hostname == target.hostname and "@" not in target.netloc:
        return target._replace(netloc=source.netloc).geturl()
    return url


def fetch(url: str, environment: Mapping[str, str]) -> bytes:
    """Return what stands at ``url``, through the proxy and with the certificates the variables name."""
    parts = urllib.parse.urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]).geturl()
    request = urllib.request.Request(bare, headers={"Accept": "text/html, */*;q=0.1"})  # noqa: S310 - the user's index
    if parts.username:
        secret = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + base64.b64encode(secret.encode()).decode())
    with opener(parts.hostname or "", environment).open(request, timeout=TIMEOUT) as answer:
        return answer.read()


def opener(host: str, environment: Mapping[str, str]) -> urllib.request.OpenerDirector:
    """Return what opens addresses of ``host`` as uv would."""
    context = ssl.create_default_context(cafile=environment.get("SSL_CERT_FILE") or None)
    if host in re.split(r"[\s,]+", environment.get("UV_INSECURE_HOST", "")):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    proxy = environment.get("ALL_PROXY")
    if proxy and not urllib.request.getproxies().get("https"):
        handlers.append(urllib.request.ProxyHandler({"http": proxy, "https": proxy}))
    return urllib.request.build_opener(*handlers)


def shown(place: str) -> str:
    """Return an address without its password."""
    return re.sub(r"//[^@/]*@", "//", place)


# The locked packages


def install_locked(group: str, environment: dict[str, str]) -> None:
    """Install what the lock pins for ``group`` and, editable, this project itself."""
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        export = [
            "export",
            "--frozen",
            "--quiet",
            "--no-emit-project",
            "--no-default-groups",
            "--group",
            group,
        ]
        uv([*export, "--output-file", str(pins)], environment)
        uv(["pip", "install", "--quiet", "--require-hashes", "--requirements", str(pins)], environment)
    # The build backend is one of the locked packages: nothing unpinned is fetched to build with.
    editable = ["pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--offline", "--editable"]
    uv([*editable, str(ROOT)], environment)


def uv(arguments: list[str], environment: dict[str, str]) -> None:
    """Run the pinned uv; where it fails, its own words tell what went wrong, and a log keeps them all."""
    command = [str(UV), *arguments, "--python", str(PYTHON)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        log = VENV / "setup.log"
        log.write_bytes(done.stdout)
        said = "\n".join(done.stdout.decode(errors="replace").splitlines()[-TAIL:])
        message = f"uv could not install the locked packages. It said (all of it is in {log}):\n{said}"
        raise BootstrapError(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
