"""Long videos: what grows with the number of frames lies in files, and nothing else changes."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import EulerAncestralDiscreteScheduler, PNDMScheduler, UniPCMultistepScheduler

import flowzero
from flowzero.errors import RenderCancelledError
from flowzero.renderer.frames import Film
from flowzero.renderer.pipeline import FlowZeroPipeline
from flowzero.renderer.produce import IN_MEMORY
from flowzero.renderer.render import Rendering, render
from flowzero.renderer.sampling import State
from flowzero.renderer.sheet import contact_sheet
from flowzero.renderer.shelf import Shelf
from flowzero.renderer.video import read_frames, write_video
from tests.renderer import tiny
from tests.renderer.test_render import PLAN


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> FlowZeroPipeline:
    return tiny.pipeline(tmp_path_factory.mktemp("tokenizer"), painted=True)


def draw(pipe: FlowZeroPipeline, **options: Any) -> Rendering:
    return render(PLAN, **({"backbone": pipe, "seed": 3, "steps": 3, "chunk_size": 2} | options))


@pytest.mark.parametrize("sampler", [UniPCMultistepScheduler, PNDMScheduler, EulerAncestralDiscreteScheduler])
@pytest.mark.parametrize("noise_mode", ["canvas", "layered"])
def test_a_video_kept_in_files_is_the_one_kept_in_memory(tmp_path: Path, sampler: Any, noise_mode: str) -> None:
    pipe = tiny.pipeline(tmp_path / "tokenizer", painted=True)
    pipe.scheduler = sampler.from_config(pipe.scheduler.config)
    folder = tmp_path / "scratch"
    folder.mkdir()
    in_memory, in_files = (draw(pipe, steps=4, noise_mode=noise_mode, scratch=place).frames for place in (None, folder))
    assert isinstance(in_memory, np.ndarray)
    assert isinstance(in_files, Film)
    assert np.array_equal(np.asarray(in_files), in_memory)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("sampler", [UniPCMultistepScheduler, EulerAncestralDiscreteScheduler])
def test_chunks_change_nothing_whatever_a_sampler_remembers_or_draws(tmp_path: Path, sampler: Any) -> None:
    pipe = tiny.pipeline(tmp_path, painted=True)
    pipe.scheduler = sampler.from_config(pipe.scheduler.config)
    two, three = (draw(pipe, frames=8, guidance_interval=(0, 1), chunk_size=size).frames for size in (4, 3))
    assert np.array_equal(two, three)


def held(pipe: FlowZeroPipeline, frames: int, folder: Path) -> int:
    """The most bytes that tensors hold at once, besides those that are there before, while so many frames are drawn."""
    most = 0

    def count() -> bool:
        nonlocal most
        tensors = [thing for thing in gc.get_objects() if type(thing) is torch.Tensor]
        most = max(most, sum({t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}.values()))
        return False

    gc.freeze()  # what is there before is not looked through each time
    try:
        draw(pipe, frames=frames, steps=2, chunk_size=4, scratch=folder, should_cancel=count)
    finally:
        gc.unfreeze()
    return most


def test_memory_does_not_grow_with_the_number_of_frames(pipe: FlowZeroPipeline, tmp_path: Path) -> None:
    held(pipe, 8, tmp_path)
    few, many = (held(pipe, frames, tmp_path) for frames in (8, 24))
    one_latent = 4 * 8 * 8 * 4
    assert many - few < 16 * one_latent / 8


def test_a_killed_long_render_goes_on_and_gives_the_same_bytes(pipe: FlowZeroPipeline, tmp_path: Path) -> None:
    """Killed between two chunks of a step: it goes on from the end of the step before."""
    whole = draw(pipe, frames=7, steps=4).frames
    asked: list[None] = []

    def killed() -> bool:
        asked.append(None)
        return len(asked) == 10  # four chunks a step

    with pytest.raises(RenderCancelledError):
        draw(pipe, frames=7, steps=4, scratch=tmp_path, snapshot=tmp_path / "kept", should_cancel=killed)
    seen: list[int] = []
    rest = draw(
        pipe,
        frames=7,
        steps=4,
        chunk_size=7,
        scratch=tmp_path,
        snapshot=tmp_path / "kept",
        on_step=lambda done, _: seen.append(done),
    )
    assert seen == [3, 4]
    assert rest.options["chunk_size"] == 2
    assert np.array_equal(np.asarray(rest.frames), whole)
    assert list(tmp_path.iterdir()) == []


def test_a_long_video_is_written_with_all_that_stands_beside_it(tmp_path: Path) -> None:
    tiny.pipeline(tmp_path / "tokenizer").save_pretrained(tmp_path / "model")
    out, count = tmp_path / "out", IN_MEMORY + 4
    video = flowzero.render(
        PLAN.model_copy(update={"seconds": 4.0}),
        out / "long.mp4",
        backbone=str(tmp_path / "model"),
        frames=count,
        steps=1,
        seed=1,
        sheet=out / "sheet.png",
        frames_dir=out / "frames",
        tracks=out / "tracks",
    )
    assert video.frames == count
    assert len(read_frames(out / "long.mp4")) == count
    assert len(list((out / "frames").iterdir())) == count
    assert sorted(path.name for path in out.iterdir()) == [
        "frames",
        "long.mp4",
        "long.mp4.manifest.json",
        "sheet.png",
        "tracks",
    ]


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.webp", "frames"])
def test_frames_in_a_file_are_written_as_those_in_an_array(tmp_path: Path, name: str) -> None:
    array = np.random.default_rng(0).integers(0, 255, (5, 33, 48, 3), dtype=np.uint8)
    film = Film(array.shape, tmp_path)
    for k, frame in enumerate(array):
        film[k] = frame
    for folder, frames in (("film", film), ("array", array)):
        write_video(frames, tmp_path / folder / name, 8)
    written = [sorted(path for path in (tmp_path / folder).rglob("*") if path.is_file()) for folder in ("film", "array")]
    assert [path.read_bytes() for path in written[0]] == [path.read_bytes() for path in written[1]]
    assert np.array_equal(contact_sheet(film), contact_sheet(array))


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.webp", "frames"])
def test_frames_are_taken_one_by_one_and_let_go(tmp_path: Path, name: str) -> None:
    """However many there are, those that anything still holds are a few."""

    class Counted:
        shape, dtype, alive, peak = (40, 32, 48, 3), np.dtype(np.uint8), 0, 0

        def __len__(self) -> int:
            return self.shape[0]

        def __getitem__(self, index: int) -> np.ndarray:
            frame = np.full(self.shape[1:], index * 6, np.uint8)
            self.alive += 1
            self.peak = max(self.peak, self.alive)
            weakref.finalize(frame, self.let_go)
            return frame

        def let_go(self) -> None:
            self.alive -= 1

    frames = Counted()
    write_video(frames, tmp_path / name, 8)
    assert frames.peak <= 4
    assert len(read_frames(tmp_path / name)) == 40


def test_a_film_holds_frames_and_nothing_beyond_them(tmp_path: Path) -> None:
    film = Film((2, 4, 4, 3), tmp_path)
    film[1] = np.full((4, 4, 3), 7, np.uint8)
    assert film[1].sum() == 7 * 48
    assert [frame.shape for frame in film] == [(4, 4, 3)] * 2
    for index in (-1, 2):
        with pytest.raises(IndexError):
            film[index]


def test_a_shelf_keeps_values_under_their_numbers(tmp_path: Path) -> None:
    shelf: Shelf[Any] = Shelf(tmp_path, State)
    shelf[0], shelf[1] = State(torch.zeros(10), {}), State(torch.zeros(1), {"past": [torch.ones(4), None, 0.5]})
    shelf[0], shelf[1] = State(torch.ones(1000), {}), State(torch.ones(3), {"past": [torch.ones(4)], "index": 7})
    shelf[0] = State(torch.ones(2), {})
    assert torch.equal(shelf[0].latents, torch.ones(2))
    assert torch.equal(shelf[1].latents, torch.ones(3))
    assert torch.equal(shelf[1].scheduler.pop("past")[0], torch.ones(4))
    assert shelf[1].scheduler["index"] == 7
    assert sorted(shelf) == [0, 1]
    del shelf[0]
    assert len(shelf) == 1
    with pytest.raises(KeyError):
        shelf[0]


def test_a_sheet_of_many_frames_stays_small() -> None:
    class Many:
        """More pixels than a sheet has."""

        shape, dtype = (500, 200, 200, 3), np.dtype(np.uint8)

        def __len__(self) -> int:
            return self.shape[0]

        def __getitem__(self, index: int) -> np.ndarray:
            return np.broadcast_to(np.uint8(index % 256), self.shape[1:])

    sheet = contact_sheet(Many())
    assert sheet.width * sheet.height < 18_000_000
    tops = [sheet.getpixel((sheet.width // 16, y)) for y in range(sheet.height)]
    assert sum(a != b for a, b in pairwise(tops)) > 60  # rows of eight, each other than the one above


def test_a_disk_that_fills_up_while_drawing_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
import numpy as np, torch
from flowzero.errors import ResourceError
from flowzero.renderer.frames import Film
from flowzero.renderer.sampling import State
from flowzero.renderer.shelf import Shelf
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
folder = Path(sys.argv[1])
def fill(kept, value):
    try:
        for k in range(100):
            kept[k] = value
    except ResourceError as error:
        print(k, error)
fill(Shelf(folder, State), State(torch.zeros(5000), {}))
fill(Film((100, 64, 64, 3), folder), np.zeros((64, 64, 3), np.uint8))
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["4", "8"], done.stderr
    assert all("the disk is full" in line for line in lines)
    assert list(tmp_path.iterdir()) == []
