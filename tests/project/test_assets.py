import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.scripts import ROOT, load_script

assets = load_script("assets")


@pytest.fixture
def toolchain(tmp_path: Path) -> Path:
    """Give a front-end folder with the real tools and no sources."""
    subprocess.run([sys.executable, "tools/assets.py", "build"], cwd=ROOT, check=True)
    ui = tmp_path / "ui"
    for folder in (ui / "src", ui / "styles"):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "ui" / "build.mjs", ui)
    (ui / "node_modules").symlink_to(ROOT / "ui" / "node_modules")
    return ui


def build(ui: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the build; return how it went."""
    command = [assets.NODE_HOME / "bin" / "node", "build.mjs", *options]
    return subprocess.run(command, cwd=ui, capture_output=True, text=True, check=False)


def built(ui: Path) -> dict[str, str]:
    """Return what was built, by file name."""
    folder = ui.parent / "src" / "trodden" / "web" / "static" / "built"
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_every_file_directly_in_a_folder_of_sources_becomes_an_asset(toolchain: Path) -> None:
    (toolchain / "src" / "parts").mkdir()
    (toolchain / "src" / "parts" / "shared.ts").write_text("export const word: string = 'trodden';\n")
    for name in ("main", "map"):
        source = f"import {{ word }} from './parts/shared.ts';\ndocument.title = word + '{name}';\n"
        (toolchain / "src" / f"{name}.ts").write_text(source)
    (toolchain / "styles" / "main.css").write_text("body { color: red; }\n")
    done = build(toolchain)
    assert done.returncode == 0, done.stderr
    found = built(toolchain)
    chunks = [name for name in found if name.startswith("chunk-")]
    assert set(found) == {"main.js", "map.js", "main.css", *chunks}
    assert [("trodden" in found[name]) for name in chunks] == [True]


def test_what_was_built_before_and_is_no_asset_any_more_goes(toolchain: Path) -> None:
    (toolchain / "src" / "old.ts").write_text("document.title = 'old';\n")
    build(toolchain)
    (toolchain / "src" / "old.ts").rename(toolchain / "src" / "new.ts")
    build(toolchain)
    assert set(built(toolchain)) == {"new.js"}


def test_the_icons_that_are_named_become_one_sprite(toolchain: Path) -> None:
    (toolchain / "styles" / "main.css").write_text("body { color: red; }\n")
    (toolchain / "icons.txt").write_text("check\nsearch\n")
    build(toolchain)
    sprite = built(toolchain)["icons.svg"]
    assert sprite.count("<symbol") == 2
    assert '<symbol id="search" viewBox="0 0 24 24"><' in sprite


def test_a_script_over_the_budget_fails_the_check_and_is_named(toolchain: Path) -> None:
    noise = random.Random(1).randbytes(60_000).hex()
    (toolchain / "src" / "main.ts").write_text(f"document.title = '{noise}';\n")
    done = build(toolchain, "--check")
    assert done.returncode == 1
    assert "main.js: " in done.stdout
    assert "EXCEEDED" in done.stdout


def test_a_small_script_passes_the_check_and_nothing_is_written(toolchain: Path) -> None:
    (toolchain / "src" / "main.ts").write_text("document.title = 'small';\n")
    assert build(toolchain, "--check").returncode == 0
    assert not (toolchain.parent / "src").exists()


def test_a_second_build_of_the_same_sources_does_nothing() -> None:
    command = [sys.executable, "tools/assets.py", "build"]
    subprocess.run(command, cwd=ROOT, check=True)
    nowhere = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9"}
    again = subprocess.run(command, cwd=ROOT, env=nowhere, capture_output=True, text=True, check=True)
    assert again.stdout == ""


@pytest.mark.slow
def test_two_that_set_up_at_once_do_not_take_each_others_packages_away(tmp_path: Path) -> None:
    leave = shutil.ignore_patterns("node_modules", ".trodden-lock")
    shutil.copytree(ROOT / "ui", tmp_path / "ui", ignore=leave)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "assets.py", tmp_path / "tools")
    command = [sys.executable, "tools/assets.py", "build"]
    both = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=600)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(output.count("Installing") for output in outputs) == [0, 1]


def test_a_step_that_works_says_nothing_and_one_that_fails_says_why_and_keeps_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assets, "LOG", tmp_path / "assets.log")
    assert assets.quietly("--eval", "console.log('added 113 packages')") == 0
    assert capfd.readouterr() == ("", "")
    talk = "for (let n = 0; n < 100; n++) console.log(`line ${n}`); console.error('broken'); process.exit(3)"
    assert assets.quietly("--eval", talk) == 3
    said = capfd.readouterr().err.splitlines()
    assert said[-2:] == ["broken", f"This failed; all that was said is in {tmp_path / 'assets.log'}."]
    assert "line 0" not in said
    assert (tmp_path / "assets.log").read_text().startswith("line 0\n")
