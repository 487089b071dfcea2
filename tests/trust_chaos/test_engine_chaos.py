"""Faults of the engine and around it, as a user with one window meets them."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
import pytest

from cornerman.engine.protocol import PROTOCOL
from support.engine import DEADLINE, engines_in
from support.faults import Window, end_engines, mounted, window
from support.rpc import SERVE
from support.tiny_models import tiny_family

SMALL = "size=256k"
ENGINE = (*SERVE[:-1], "engine")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    end_engines(tmp_path)


async def test_killed_engines_cost_nobody_a_word(folder: Path) -> None:
    async with window(folder) as editor:
        for _ in range(2):
            await editor.back()
            await editor.kill_engine()
        await editor.back()
        editor.was_told()


async def test_an_engine_that_dies_again_and_again_is_told_once(folder: Path) -> None:
    async with window(folder) as editor:
        for _ in range(3):
            await editor.back()
            await editor.kill_engine()
        assert not await editor.served()
        await editor.back()
        editor.was_told("failed several times")


async def test_a_pause_of_both_processes_is_nothing(folder: Path) -> None:
    async with window(folder) as editor:
        await editor.back()
        both = [editor.engine().pid, editor.client.process.pid]
        for pid in both:
            os.kill(pid, signal.SIGSTOP)
        asking = asyncio.ensure_future(editor.served())
        done, _ = await asyncio.wait([asking], timeout=2)
        assert not done
        for pid in both:
            os.kill(pid, signal.SIGCONT)
        assert await asking
        await editor.back()
        editor.was_told()


async def test_a_hanging_engine_holds_up_nobody_and_is_told_once(folder: Path) -> None:
    """The request in which it began to hang ends at its deadline, those after it at once."""
    async with window(folder, completion={"deadlineMs": 21_000}) as editor:
        await editor.back()
        engine = editor.engine()
        engine.suspend()
        assert not await editor.served()
        for _ in range(2):
            assert not await editor.served()
        engine.resume()
        await editor.back()
        assert editor.engine() == engine
        editor.was_told("has not answered for a while")


async def test_a_hanging_engine_can_be_stopped(folder: Path) -> None:
    async with window(folder) as editor:
        await editor.back()
        editor.engine().suspend()
        own = {"CORNERMAN_RUNTIME_DIR": str(folder / "run")}
        stopping = await asyncio.create_subprocess_exec(*ENGINE, "stop", env={**os.environ, **own})
        assert await stopping.wait() == 0
        assert engines_in(folder) == []
        await editor.back()
        editor.was_told()


async def test_a_folder_that_others_can_open_is_refused_until_it_is_closed(folder: Path) -> None:
    run = folder / "run"
    run.mkdir(mode=0o755)
    async with window(folder) as editor:
        for _ in range(2):
            assert not await editor.served()
        assert engines_in(folder) == []
        run.chmod(0o700)
        await editor.back()
        editor.was_told("chmod 700")


async def test_leftovers_of_another_life_are_no_obstacle(folder: Path) -> None:
    run = folder / "run"
    run.mkdir(mode=0o700)
    for name in ("engine.sock", "engine.lock", "launch.lock", "crashes", "engine.out"):
        (run / name).write_bytes(b"\xff\x00 not what it should be")
    async with window(folder) as editor:
        await editor.back()
        editor.was_told()


async def test_a_model_that_vanishes_is_truncated_or_replaced(folder: Path) -> None:
    whole = tiny_family("qwen2.5-coder").gguf
    model = shutil.copy(whole, folder / "model.gguf")
    nonsense = folder / "nonsense.gguf"
    nonsense.write_bytes(b"GGUF" + b"\xff" * 64)
    async with window(folder, model=str(model)) as editor:
        await editor.back()

        shutil.move(model, folder / "elsewhere.gguf")
        while await editor.served():  # For some seconds it is not looked for again.
            pass
        shutil.copy(whole, model)
        await editor.back()

        await editor.kill_engine()
        cut_in_half(Path(model))
        assert not await editor.served()
        shutil.copy(nonsense, model)
        assert not await editor.served()
        shutil.copy(whole, model)
        await editor.back()

        editor.was_told(str(model), str(model), str(model))
        assert len(set(editor.told)) == 3


async def test_a_model_that_is_damaged_while_it_runs_ends_no_session(folder: Path) -> None:
    whole = tiny_family("qwen2.5-coder").gguf
    model = Path(shutil.copy(whole, folder / "model.gguf"))
    async with window(folder, model=str(model)) as editor:
        await editor.back()
        os.truncate(model, 100)
        while await editor.served():
            pass
        shutil.copy(whole, folder / "new.gguf")
        (folder / "new.gguf").replace(model)
        await editor.back()
        editor.was_told(str(model))


async def test_a_model_that_does_not_fit_is_told_once(folder: Path) -> None:
    async with window(folder, engine={"memoryLimitMib": 256}) as editor:
        for _ in range(2):
            assert not await editor.served()
        editor.was_told("needs about")
        end_engines(folder)
    async with window(folder) as editor:
        await editor.back()
        editor.was_told()


async def test_memory_that_runs_out_while_a_model_is_loaded_is_told_once(folder: Path) -> None:
    async with window(folder) as editor:
        async with editor.engine_of(*ENGINE) as engine:
            engine.rlimit(psutil.RLIMIT_AS, (engine.memory_info().vms + (32 << 20), -1))
            for _ in range(2):
                assert not await editor.served()
        await editor.back()
        assert len(editor.told) == 1


@pytest.mark.timeout(600)
async def test_twenty_windows_that_open_at_once_share_an_engine(folder: Path) -> None:
    async with AsyncExitStack() as open_windows:
        opening = [window(folder, deadline=4 * DEADLINE) for _ in range(20)]
        editors = await asyncio.gather(*map(open_windows.enter_async_context, opening))
        await asyncio.gather(*(editor.back() for editor in editors))
        assert len(engines_in(folder)) == 1
        for editor in editors:
            editor.was_told()


async def test_an_engine_of_an_older_version_is_replaced_without_a_word(folder: Path) -> None:
    async with window(folder) as editor, editor.engine_of(*engine_of_version("0.0.1")) as old:
        await editor.back()
        assert editor.engine() != old
        editor.was_told()


async def test_an_engine_that_this_version_cannot_use_is_told_once(folder: Path) -> None:
    async with window(folder) as editor:
        async with editor.engine_of(*engine_of_version("999.0", protocol=999)) as newer:
            for _ in range(2):
                assert not await editor.served()
            assert editor.engine() == newer
        await editor.back()
        editor.was_told("restart the editor, or run `cornerman engine stop`")


async def test_a_clock_that_was_set_back_is_nothing(folder: Path) -> None:
    tomorrow = time.time() + 86_400
    run, model = folder / "run", folder / "model.gguf"
    run.mkdir(mode=0o700)
    shutil.copy(tiny_family("qwen2.5-coder").gguf, model)
    (run / "crashes").write_text("\n".join([str(tomorrow)] * 9))
    (run / "engine.lock").touch()
    for path in (model, run, run / "crashes", run / "engine.lock"):
        os.utime(path, (tomorrow, tomorrow))
    async with window(folder, model=str(model)) as editor:
        await editor.back()
        editor.was_told()


async def test_a_full_disk_costs_notes_and_not_work(folder: Path) -> None:
    disk = folder / "disk"
    disk.mkdir()
    env = {f"CORNERMAN_{kind}_DIR": str(disk / kind) for kind in ("STATE", "RUNTIME", "CONFIG")}
    fill = "dd if=/dev/zero of=fill bs=4k 2>/dev/null"
    async with window(folder, env=env, command=mounted(disk, SMALL, fill, SERVE)) as editor:
        await editor.back()
        await stop_engine(editor)
        await editor.back()  # with an engine that had to be started
        editor.was_told()
        await stop_engine(editor)


async def test_a_home_that_is_read_only_costs_notes_and_not_work(folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    env = {
        **{f"CORNERMAN_{kind}_DIR": str(home / kind) for kind in ("STATE", "CONFIG")},
        "HOME": str(home),
    }
    readonly = "cd / && mount -o remount,ro none " + str(home)
    async with window(folder, env=env, command=mounted(home, SMALL, readonly, SERVE)) as editor:
        await editor.back()
        editor.was_told()


def engine_of_version(version: str, protocol: int = PROTOCOL) -> tuple[str, ...]:
    """What starts an engine that says it is of that version."""
    script = (
        f"import cornerman; cornerman.__version__ = {version!r}; "
        f"from cornerman.engine import protocol; protocol.PROTOCOL = {protocol}; "
        "from cornerman.cli import main; main()"
    )
    return sys.executable, "-c", script, "engine"


async def stop_engine(editor: Window) -> None:
    """End the engine of a window that sees other files than this process."""
    around = psutil.Process(editor.client.process.pid)
    (engine,) = [child for child in around.children() if "engine" in child.cmdline()]
    engine.kill()
    await asyncio.to_thread(psutil.wait_procs, [engine], DEADLINE)


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)
