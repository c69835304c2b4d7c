"""The key is replaced by the real command: apps and pseudonyms stay, sessions end, also when it is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.records.test_upgrade import trodden
from trodden.store.folder import Workspace
from trodden.web.keys import before_path, find_key, find_naming, key_path

ADA = """
import json, sys
from trodden.web.records import open_records
open_records(sys.argv[1], "default", "http://localhost")
from django.conf import settings
settings.TRODDEN_SIGN_IN = True
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.test import Client
from trodden.web.audit.log import pseudonym
from trodden.web.people.models import User
"""
MAKE = """
from tests.http.people import someone
ada = someone("admin", "ada@example.org")
RecoveryCodes.activate(User.objects.get())
assert ada.sign_in().status_code == 302
print(json.dumps({"secret": ada.secret, "cookie": ada.client.cookies["session"].value,
                  "codes": RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes(),
                  "pseudonym": pseudonym("K1")}))
"""
LOOK = """
from tests.support.factors import totp
from trodden.web.audit.check import check_records
client = Client(headers={"host": "localhost"})
client.cookies["session"] = sys.argv[3]
codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
print(json.dumps({"is_right": TOTP(Authenticator.objects.get(type="totp")).validate_code(totp(sys.argv[2])),
                  "codes": codes, "pseudonym": pseudonym("K1"),
                  "is_in": client.get("/account/").status_code == 200,
                  "told": [one.state for one in check_records(sys.argv[1], "default") if one.name == "key"]}))
"""


def run(code: str, *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", ADA + code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def replaced(home: Path, fault: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trodden", "--home", str(home), "key", "replace"]
    more = {"TRODDEN_FAULTS": f"kill={fault}:1"} if fault else {}
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **more})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """Make a home with an admin who has an app, recovery codes and a session."""
    home = tmp_path_factory.mktemp("made")
    return home, run(MAKE, str(home))


@pytest.fixture
def home(made: tuple[Path, dict[str, object]], tmp_path: Path) -> tuple[Path, dict[str, object]]:
    """Copy it."""
    return Path(shutil.copytree(made[0], tmp_path / "home")), made[1]


def look(home: Path, before: dict[str, object]) -> dict[str, object]:
    return run(LOOK, str(home), str(before["secret"]), str(before["cookie"]))


def test_53_a_new_key_seals_everything_anew_and_ends_every_session(
    home: tuple[Path, dict[str, object]],
) -> None:
    place, before = home
    old = find_key(place, {})
    done = replaced(place)
    assert done.returncode == 0, done.stderr
    assert "2 second factors were sealed anew" in done.stdout
    assert find_key(place, {}) != old == find_naming(place, {})
    assert not before_path(place).exists()
    assert key_path(place).stat().st_mode & 0o077 == 0
    kept = {"codes": before["codes"], "pseudonym": before["pseudonym"]}
    assert look(place, before) == {**kept, "is_right": True, "is_in": False, "told": []}


def test_53_a_key_that_is_given_or_in_use_is_not_replaced(home: tuple[Path, dict[str, object]]) -> None:
    place, _before = home
    old = find_key(place, {})
    (place / "run").mkdir(exist_ok=True)
    said = {"pid": os.getpid(), "url": "http://localhost:1", "workspace": "default", "token": "t"}
    (place / "run" / "serve.json").write_text(json.dumps(said))
    assert "Stop it first" in replaced(place).stderr
    assert find_key(place, {}) == old


def test_53_a_key_of_the_environment_is_replaced_by_its_owner_who_is_told_of_pseudonyms(
    home: tuple[Path, dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, _before = home
    monkeypatch.setenv("TRODDEN_SECRET_KEY", find_key(place, {}))
    assert "Set TRODDEN_PSEUDONYM_KEY to the key there is" in replaced(place).stderr
    Workspace.create(place)
    told = "warning pseudonyms: "
    assert told in trodden(place, "doctor").stdout
    assert told not in trodden(place, "doctor", TRODDEN_PSEUDONYM_KEY=find_key(place, {})).stdout


@pytest.mark.slow
@pytest.mark.parametrize("point", ["key.after_before", "key.after_new", "key.after_records"])
def test_53_killed_in_the_middle_both_keys_work_and_the_next_call_finishes(
    home: tuple[Path, dict[str, object]], point: str
) -> None:
    place, before = home
    assert replaced(place, point).returncode == -signal.SIGKILL
    seen = look(place, before)
    assert (seen["is_right"], seen["codes"], seen["told"]) == (True, before["codes"], ["warning"])
    put = find_key(place, {})
    assert replaced(place).returncode == 0
    assert (find_key(place, {}) == put) is (point != "key.after_before")
    seen = look(place, before)
    kept = {"codes": before["codes"], "pseudonym": before["pseudonym"]}
    assert seen == {**kept, "is_right": True, "is_in": False, "told": []}
