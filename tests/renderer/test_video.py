import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from flowzero.dss import Box, FrameObject
from flowzero.errors import EncodingError, OutputError
from flowzero.renderer.video import check_output, contact_sheet, read_frames, write_image, write_video


def ball(count: int = 8, height: int = 64, width: int = 96) -> np.ndarray:
    """A red disc that crosses a green field from left to right."""
    y, x = np.mgrid[:height, :width]
    frames = np.empty((count, height, width, 3), np.uint8)
    frames[:] = (60, 170, 70)
    for index in range(count):
        cx = width * (0.15 + 0.7 * index / max(count - 1, 1))
        frames[index][(x - cx) ** 2 + (y - height / 2) ** 2 < (height / 6) ** 2] = (220, 40, 30)
    return frames


def decode(path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def pil_frames(path) -> tuple[np.ndarray, list[int]]:
    frames, durations = [], []
    with Image.open(path) as image:
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append(np.asarray(image.convert("RGB")))
            durations.append(image.info["duration"])
    return np.stack(frames), durations


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_video_holds_every_frame_with_its_colours(tmp_path, suffix):
    frames = ball()
    back = decode(write_video(frames, tmp_path / f"a{suffix}", 8))
    assert back.shape == frames.shape
    assert np.abs(back.astype(int) - frames).mean() < 4


def test_mp4_is_h264_in_420_with_the_index_in_front(tmp_path):
    path = write_video(ball(), tmp_path / "a.mp4", Fraction(24000, 1001), metadata={"title": "ein bäll"})
    data = path.read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == Fraction(24000, 1001)
        assert container.metadata["title"] == "ein bäll"


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.webp"])
def test_the_same_frames_give_the_same_bytes(tmp_path, name):
    first = write_video(ball(), tmp_path / name, 8).read_bytes()
    assert write_video(ball(), tmp_path / f"b{name}", 8).read_bytes() == first


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_odd_sizes_gain_a_row_and_a_column(tmp_path, suffix):
    frames = ball(3, 33, 47)
    back = decode(write_video(frames, tmp_path / f"a{suffix}", 8))
    assert back.shape == (3, 34, 48, 3)
    assert np.abs(back[:, :33, :47].astype(int) - frames).mean() < 5


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.webp", "frames"])
def test_one_frame_is_a_video_too(tmp_path, name):
    assert write_video(ball(1), tmp_path / name, 8).exists()


@pytest.mark.parametrize("fps", [8, 24, 30])
@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_an_animation_lasts_as_long_as_the_video(tmp_path, suffix, fps):
    frames = ball(24)
    back, durations = pil_frames(write_video(frames, tmp_path / f"a{suffix}", fps))
    assert back.shape == frames.shape
    assert np.abs(back.astype(int) - frames).mean() < 4
    assert sum(durations) == pytest.approx(24_000 / fps, abs=10)


@pytest.mark.parametrize(
    ("fps", "rate"),
    [(23.976, (24000, 1001)), (29.97, (30000, 1001)), (24, (24, 1)), (7, (7, 1)), (12.5, (25, 2)), (1, (1, 1))],
)
def test_an_mp4_has_the_rate_that_was_asked_for(tmp_path, fps, rate):
    with av.open(str(write_video(ball(), tmp_path / "a.mp4", fps))) as container:
        assert container.streams.video[0].average_rate == Fraction(*rate)


def test_a_gif_too_fast_for_browsers_drops_frames_and_keeps_its_length(tmp_path):
    back, durations = pil_frames(write_video(ball(60), tmp_path / "a.gif", 60))
    assert len(back) == 30
    assert min(durations) >= 20
    assert sum(durations) == pytest.approx(1000, abs=20)


def test_a_name_without_suffix_becomes_a_folder_of_frames(tmp_path):
    frames = ball(3)
    folder = write_video(frames, tmp_path / "clip", 8, metadata={"title": "a ball"})
    names = sorted(entry.name for entry in folder.iterdir())
    assert names == ["frame_0000.png", "frame_0001.png", "frame_0002.png"]
    assert np.array_equal(np.stack([np.asarray(Image.open(folder / name)) for name in names]), frames)
    write_video(ball(2), folder, 8, overwrite=True)
    assert len(list(folder.iterdir())) == 2


def test_a_folder_with_other_things_is_never_replaced(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="other things"):
        write_video(ball(), tmp_path / "home", 8, overwrite=True)
    assert (tmp_path / "home" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("name", ["a.avi", "a.mp4.exe", ".mp4", "-", "", "a.png"])
def test_a_name_of_unknown_kind_is_refused(tmp_path, name):
    with pytest.raises(OutputError, match=r"\.mp4"):
        check_output(name)


def test_an_existing_file_is_kept_unless_told_otherwise(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_text("precious")
    with pytest.raises(OutputError, match="exists"):
        write_video(ball(), path, 8)
    assert path.read_text() == "precious"
    write_video(ball(), path, 8, overwrite=True)
    assert decode(path).shape[0] == 8


def test_a_folder_that_is_a_file_or_a_name_that_is_too_long_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="not a folder"):
        check_output(tmp_path / "file" / "a.mp4")
    with pytest.raises(OutputError, match="too long"):
        check_output(tmp_path / ("x" * 300 + ".mp4"))
    with pytest.raises(OutputError, match="null"):
        check_output(tmp_path / "a\0b.mp4")
    with pytest.raises(OutputError, match="device"):
        (tmp_path / "null.mp4").symlink_to("/dev/null")
        check_output(tmp_path / "null.mp4", overwrite=True)


def test_a_colon_in_a_name_is_a_colon(tmp_path):
    assert write_video(ball(), tmp_path / "http:x.mp4", 8).stat().st_size > 500


def test_folders_on_the_way_are_made_and_permissions_are_the_usual_ones(tmp_path):
    path = write_video(ball(), tmp_path / "new" / "deep" / "a.mp4", 8)
    (tmp_path / "plain").write_text("")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    "frames",
    [
        np.zeros((0, 8, 8, 3), np.uint8),
        np.zeros((2, 8, 8, 3), np.float32),
        np.zeros((2, 8, 8), np.uint8),
        np.zeros((2, 0, 8, 3), np.uint8),
    ],
)
def test_arrays_that_are_not_frames_are_refused_and_leave_nothing(tmp_path, frames):
    with pytest.raises(EncodingError, match="uint8"):
        write_video(frames, tmp_path / "a.mp4", 8)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf"), 1e9])
def test_an_impossible_rate_is_refused(tmp_path, fps):
    with pytest.raises(EncodingError, match="frames a second"):
        write_video(ball(), tmp_path / "a.mp4", fps)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.webp", "frames"])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, name):
    script = """
import resource, signal, sys
import numpy as np
from flowzero.errors import ResourceError
from flowzero.renderer.video import write_video
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
noise = np.random.default_rng(0).integers(0, 255, (6, 96, 96, 3), dtype=np.uint8)
try:
    write_video(noise, sys.argv[1], 8)
except ResourceError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / name)], check=False, capture_output=True, text=True)
    assert "the disk is full" in done.stdout, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_encoding_leaves_nothing(tmp_path, monkeypatch):
    class Interrupted(np.ndarray):
        """Frames during whose encoding Ctrl-C is pressed."""

        def __getitem__(self, index):
            if index == 4:
                raise KeyboardInterrupt
            return np.asarray(self)[index]

    with pytest.raises(KeyboardInterrupt):
        write_video(ball().view(Interrupted), tmp_path / "a.mp4", 8)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.webp", "frames"])
def test_a_written_video_can_be_read_back(tmp_path, name):
    back = read_frames(write_video(ball(), tmp_path / name, 8))
    assert back.shape == ball().shape
    assert np.abs(back.astype(int) - ball()).mean() < 4


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "frames"])
def test_what_is_not_a_video_cannot_be_read(tmp_path, name):
    with pytest.raises(EncodingError, match="cannot be read"):
        read_frames(tmp_path / name)
    (tmp_path / name).mkdir() if name == "frames" else (tmp_path / name).write_text("not a video")
    with pytest.raises(EncodingError, match="cannot be read"):
        read_frames(tmp_path / name)


def test_a_picture_keeps_its_pixels_and_its_title(tmp_path):
    path = write_image(ball()[0], tmp_path / "a.png", metadata={"title": "ein bäll"})
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image), ball()[0])
        assert image.text["title"] == "ein bäll"
    for suffix in (".jpg", ".webp"):
        with Image.open(write_image(ball()[0], tmp_path / f"a{suffix}")) as image:
            assert np.abs(np.asarray(image.convert("RGB")).astype(int) - ball()[0]).mean() < 6


def test_a_contact_sheet_shows_every_frame_in_order():
    frames = np.stack([np.full((20, 30, 3), 10 * index + 5, np.uint8) for index in range(7)])
    sheet = np.asarray(contact_sheet(frames, columns=3))
    values = [int(sheet[6 + 26 * row + 10, 6 + 36 * column + 15, 0]) for row in range(3) for column in range(3)]
    assert values[:7] == [10 * index + 5 for index in range(7)]
    assert set(values[7:]) == {24}


def test_a_contact_sheet_draws_each_objects_box_in_a_colour_of_its_own():
    frames = np.zeros((2, 100, 100, 3), np.uint8)
    ball_ = FrameObject(id="ball", phrase="a ball", box=Box(x=0.1, y=0.2, w=0.3, h=0.4), depth=0)
    dog = FrameObject(id="dog", phrase="a dog", box=Box(x=0.5, y=0.5, w=0.9, h=0.2), depth=0)
    sheet = np.asarray(contact_sheet(frames, columns=2, boxes=[[ball_, dog], [dog]]))
    cells = [sheet[6:106, 6:106], sheet[6:106, 112:212]]
    edge_ball, edge_dog = tuple(cells[0][59, 30]), tuple(cells[0][69, 70])
    assert edge_ball != edge_dog
    assert (0, 0, 0) not in (edge_ball, edge_dog)
    assert tuple(cells[1][69, 70]) == edge_dog
    assert tuple(cells[1][59, 30]) == (0, 0, 0)


def test_ids_in_a_contact_sheet_do_not_hide_each_other():
    def background_of_ids(names: str) -> int:
        boxes = [Box(x=0.4 + 0.02 * index, y=0.5, w=0.2, h=0.2) for index in range(3)]
        objects = [FrameObject(id=f"bird-{name}", phrase="a bird", box=boxes[int(name)], depth=0) for name in names]
        sheet = np.asarray(contact_sheet(np.full((1, 200, 200, 3), 90, np.uint8), boxes=[objects]))
        return int((sheet[6:206, 6:206] == (24, 26, 32)).all(-1).sum())

    assert background_of_ids("012") > 2.8 * background_of_ids("0") > 0


def test_a_contact_sheet_can_be_small_and_captioned():
    frames = ball(16, 128, 128)
    plain = contact_sheet(frames, side=64)
    named = contact_sheet(frames, side=64, labels=[f"{index}: a very long description" for index in range(16)], title="t" * 500)
    assert plain.size == (4 * 70 + 6, 4 * 70 + 6)
    assert named.width == plain.width
    assert named.height > plain.height
