"""Checkpoints in every layout that people have on their disks, and what is said of those that cannot be loaded."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from flowzero.errors import BackboneError, SettingsError
from flowzero.renderer.backbones import EMBEDDED, REGISTRY, find_backbone, load_backbone
from flowzero.renderer.checkpoints import choose_weights, verify_checksums
from tests.renderer import tiny
from tests.renderer.architectures import LAYOUTS, as_written, build, to_bin, to_half_precision, to_prefixed_clip
from tests.renderer.hub import Hub, load_command


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small checkpoint as diffusers writes it."""
    return build(tmp_path_factory.mktemp("small") / "checkpoint", "sd1.4", small=True)


@pytest.fixture(scope="module", params=["sd1.4", "sd2.1"])
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small checkpoint of each architecture."""
    return build(tmp_path_factory.mktemp(request.param) / "checkpoint", request.param, small=True)


@pytest.fixture
def checkpoint(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "checkpoint")


def picture(folder: Path) -> np.ndarray:
    pipe = load_backbone(str(folder), "cpu", torch.float32)
    return pipe([tiny.frame()], num_inference_steps=2, seed=1, output_type="np").frames


@pytest.mark.parametrize("change", LAYOUTS)
def test_every_layout_of_the_same_weights_draws_the_same_picture(
    either: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """But for the last bits: tensors that lie in a file as it is are not aligned in memory, and take other kernels."""
    copy = shutil.copytree(either, tmp_path / "copy")
    change(copy)
    assert np.abs(picture(copy) - picture(either)).max() < 1e-5


def test_a_checkpoint_of_half_precision_files_alone_is_found(either: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(either, tmp_path / "copy")
    to_half_precision(copy)
    drawn = picture(copy)
    assert drawn.dtype == np.float32
    assert np.abs(drawn - picture(either)).max() < 0.02


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("sd1.4", to_bin),
        ("sd1.4", to_half_precision),
        ("sd1.4", to_prefixed_clip),
        ("sd2.1", as_written),
        ("sd2.1", to_half_precision),
    ],
)
def test_the_whole_architecture_is_loaded_from_every_layout_and_draws(
    name: str, change: Callable[[Path], None], tmp_path: Path
) -> None:
    """A billion random weights in half precision, 5 GB of memory and 3 GB of disk."""
    folder = build(tmp_path / "checkpoint", name, small=False)
    change(folder)
    pipe = load_backbone(str(folder), "cpu")
    shutil.rmtree(folder)
    assert sum(parameter.numel() for parameter in pipe.unet.parameters()) > 1_000_000_000
    (latents,) = pipe(
        tiny.moving(2), num_inference_steps=1, seed=1, width=128, height=128, output_type="latent", return_dict=False
    )
    assert latents.shape == (2, 4, 16, 16)
    assert torch.isfinite(latents).all()
    assert latents.std() > 0.1


def test_of_several_files_full_precision_and_safetensors_come_first() -> None:
    both = [
        "config.json",
        "model.fp16.safetensors",
        "pytorch_model.bin",
        "model.safetensors",
        "model.fp16.bin",
        "flax_model.msgpack",
    ]
    assert choose_weights(both) == ["model.safetensors"]
    shards = ["diffusion_pytorch_model-00001-of-00002.safetensors", "diffusion_pytorch_model-00002-of-00002.safetensors"]
    index = "diffusion_pytorch_model.safetensors.index.json"
    assert choose_weights([*shards, index, "diffusion_pytorch_model.bin"]) == [*shards, index]
    assert choose_weights(["config.json"]) == []


def test_the_embedded_models_layout_is_loaded_by_the_same_code(tmp_path: Path) -> None:
    expected = tiny.embedded(tmp_path)(
        tiny.moving(3), num_inference_steps=4, guidance_scale=2.5, seed=1, output_type="np"
    ).frames
    pipe = load_backbone(str(tmp_path), "cpu", torch.float32)
    drawn = pipe(tiny.moving(3), num_inference_steps=4, guidance_scale=2.5, seed=1, output_type="np").frames
    assert drawn.shape == (3, 64, 64, 3)
    assert np.abs(drawn - expected).max() == 0.0


def test_the_dtype_asked_for_is_the_unets_alone(checkpoint: Path) -> None:
    pipe = load_backbone(str(checkpoint), "cpu", torch.bfloat16)
    assert pipe.unet.dtype == torch.bfloat16
    assert {pipe.vae.dtype, pipe.text_encoder.dtype} == {torch.float32}


@pytest.mark.parametrize(
    ("able", "dtype"),
    [({}, torch.float32), ({"avx512_f": True, "avx512_bf16": False}, torch.float32), ({"amx_bf16": True}, torch.bfloat16)],
)
def test_on_a_cpu_the_unet_is_as_precise_as_the_cpu_is_quick(
    able: dict[str, bool], dtype: torch.dtype, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able, raising=False)
    pipe = load_backbone(str(checkpoint), "cpu")
    assert pipe.unet.dtype == dtype
    assert pipe.vae.dtype == torch.float32


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's own compiler
def test_compiled_blocks_draw_the_same_picture_but_for_rounding(checkpoint: Path) -> None:
    plain, compiled = (load_backbone(str(checkpoint), "cpu", torch.float32, compiled=choice) for choice in (False, True))
    call = {"num_inference_steps": 2, "seed": 1, "grounding_fraction": 1.0, "output_type": "np"}
    assert np.abs(plain(tiny.moving(2), **call).frames - compiled(tiny.moving(2), **call).frames).max() < 1e-3


def test_a_slow_sampler_is_replaced_by_the_registrys_and_any_other_is_kept(checkpoint: Path) -> None:
    assert type(load_backbone(str(checkpoint), "cpu").scheduler).__name__ == "UniPCMultistepScheduler"
    config = checkpoint / "scheduler" / "scheduler_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"_class_name": "EulerDiscreteScheduler"}))
    assert type(load_backbone(str(checkpoint), "cpu").scheduler).__name__ == "EulerDiscreteScheduler"


def test_weights_in_evaluation_without_gradients(checkpoint: Path) -> None:
    pipe = load_backbone(str(checkpoint), "cpu")
    for part in (pipe.unet, pipe.vae, pipe.text_encoder):
        assert not part.training
        assert not any(parameter.requires_grad for parameter in part.parameters())


def drop_unet(folder: Path) -> None:
    shutil.rmtree(folder / "unet")


def drop_weights(folder: Path) -> None:
    next((folder / "vae").glob("*.safetensors")).unlink()


def truncate(folder: Path) -> None:
    file = next((folder / "unet").glob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:1000])


def drop_a_tensor(folder: Path) -> None:
    file = next((folder / "unet").glob("*.safetensors"))
    tensors = load_file(file)
    del tensors["conv_in.weight"]
    save_file(tensors, file, {"format": "pt"})


def drop_a_text_tensor(folder: Path) -> None:
    file = next((folder / "text_encoder").glob("*.safetensors"))
    tensors = load_file(file)
    del tensors[min(name for name in tensors if "self_attn" in name)]
    save_file(tensors, file, {"format": "pt"})


def break_config(folder: Path) -> None:
    (folder / "unet" / "config.json").write_text("{")


def list_config(folder: Path) -> None:
    (folder / "unet" / "config.json").write_text("[]")


def unknown_class(folder: Path) -> None:
    config = json.loads((folder / "vae" / "config.json").read_text())
    (folder / "vae" / "config.json").write_text(json.dumps(config | {"_class_name": "AutoencoderOobleck"}))


def unknown_scheduler(folder: Path) -> None:
    (folder / "scheduler" / "scheduler_config.json").write_text('{"_class_name": "DiffusionPipeline"}')


def plain_stable_diffusion(folder: Path) -> None:
    shutil.rmtree(folder / "unet")
    tiny.unet(attention_type="default").save_pretrained(folder / "unet")


class Harm:
    """Unpickles into a call."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.witness),)


def harmful_pickle(folder: Path) -> None:
    to_bin(folder)
    torch.save({"conv_in.weight": Harm(folder / "harm")}, folder / "unet" / "diffusion_pytorch_model.bin")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (drop_unet, "has no folder unet"),
        (drop_weights, "vae holds no weights"),
        (truncate, "the unet of"),
        (drop_a_tensor, "unet lacks weights, such as conv_in.weight"),
        (drop_a_text_tensor, "text_encoder lacks weights"),
        (break_config, "the unet of"),
        (list_config, "holds no settings"),
        (unknown_class, "vae is a AutoencoderOobleck"),
        (unknown_scheduler, "scheduler is a DiffusionPipeline"),
        (plain_stable_diffusion, "no gated self-attention"),
        (harmful_pickle, "the unet of"),
    ],
)
def test_a_broken_checkpoint_is_refused_in_one_sentence(checkpoint: Path, damage: Callable[[Path], None], said: str) -> None:
    damage(checkpoint)
    with pytest.raises(BackboneError, match=said) as caught:
        load_backbone(str(checkpoint), "cpu")
    assert "\n" not in str(caught.value)
    assert not (checkpoint / "harm").exists()


@pytest.mark.parametrize("name", ["./nowhere", "nonsense", "/no/such/folder", "a/b/c", "", "x" * 5000, "a\0b", "~nobody/here"])
def test_a_name_that_is_neither_folder_nor_hub_id_is_refused(name: str) -> None:
    with pytest.raises(BackboneError, match=r"^(there is no folder|this is no name)"):
        load_backbone(name, "cpu")


def test_a_file_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(BackboneError, match="is a file"):
        load_backbone(str(tmp_path / "model.safetensors"), "cpu")


def load_apart(name: str, hub: str, home: Path) -> str:
    environment = os.environ | {"HF_ENDPOINT": hub, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(load_command(name), env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_hub_id_is_downloaded_once_without_what_is_not_needed_and_then_found_without_the_hub(
    checkpoint: Path, tmp_path: Path
) -> None:
    unet = checkpoint / "unet"
    shutil.copy(unet / "diffusion_pytorch_model.safetensors", unet / "diffusion_pytorch_model.bin")
    (checkpoint / "safety_checker").mkdir()
    (checkpoint / "safety_checker" / "model.safetensors").write_bytes(b"large")
    with Hub(checkpoint) as hub:
        assert load_apart("owner/model", hub.url, tmp_path / "home") == "loaded UNet2DConditionModel"
        assert "unet/diffusion_pytorch_model.safetensors" in hub.fetched
        assert not [name for name in hub.fetched if name.endswith(".bin") or name.startswith("safety_checker")]
        assert load_apart("owner/other", hub.url, tmp_path / "home").startswith("there is neither a folder nor a public hub")
    assert load_apart("owner/model", hub.url, tmp_path / "home") == "loaded UNet2DConditionModel"


def test_a_hub_id_without_a_way_to_the_hub_is_refused_in_one_sentence(tmp_path: Path) -> None:
    said = load_apart("owner/model", "http://127.0.0.1:9", tmp_path)
    assert said.startswith("'owner/model' is not on this machine and the hub cannot be reached")


def test_a_device_that_is_not_there_is_refused(checkpoint: Path) -> None:
    with pytest.raises(SettingsError, match="device is 'tpu'"):
        load_backbone(str(checkpoint), "tpu")
    if not torch.cuda.is_available():
        with pytest.raises(SettingsError, match="no cuda device"):
            load_backbone(str(checkpoint), "cuda")


def list_checksums(folder: Path) -> None:
    """SHA256SUMS of every file, as sha256sum writes it."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def test_a_folder_with_checksums_is_compared_with_them(checkpoint: Path, tmp_path: Path) -> None:
    (checkpoint / "safety_checker").mkdir()
    (checkpoint / "safety_checker" / "model.safetensors").write_bytes(b"large")
    list_checksums(checkpoint)
    shutil.rmtree(checkpoint / "safety_checker")
    load_backbone(str(checkpoint), "cpu")
    file = next((checkpoint / "unet").glob("*.safetensors"))
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(BackboneError, match=rf"the file unet/{file.name} of '{checkpoint}' is damaged: get the checkpoint"):
        load_backbone(str(checkpoint), "cpu")


def test_checksums_that_name_files_elsewhere_or_are_none_are_not_followed(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret")
    (checkpoint / "SHA256SUMS").write_text("".join(f"{'0' * 64}  {name}\n" for name in ("../outside", "/dev/zero", "nothing")))
    load_backbone(str(checkpoint), "cpu")
    (checkpoint / "SHA256SUMS").write_bytes(b"\xff\xfe")
    with pytest.raises(BackboneError, match="missing or cannot be read"):
        load_backbone(str(checkpoint), "cpu")
    (checkpoint / "SHA256SUMS").write_text("not a checksum\n")
    with pytest.raises(BackboneError, match="a line that is no checksum"):
        load_backbone(str(checkpoint), "cpu")


def test_of_the_packages_own_files_none_may_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BackboneError, match=r"^SHA256SUMS of 'embedded' is missing or cannot be read: reinstall flowzero\.$"):
        verify_checksums(tmp_path, "embedded", ours=True)
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  unet/config.json\n")
    with pytest.raises(BackboneError, match=r"^'embedded' lacks its file unet/config\.json: reinstall flowzero\.$"):
        verify_checksums(tmp_path, "embedded", ours=True)


def test_a_copy_of_the_embedded_model_renders_as_the_embedded_model_does(tmp_path: Path) -> None:
    tiny.embedded(tmp_path)
    entry = load_backbone(str(tmp_path), "cpu").backbone
    assert entry is not None
    assert (entry.name, entry.source) == (str(tmp_path), str(tmp_path))
    same = ("steps", "guidance_scale", "grounding_fraction", "noise_mode", "resolver")
    assert [getattr(entry, name) for name in same] == [getattr(EMBEDDED, name) for name in same]


def test_the_registry_is_found_by_name_and_by_source_without_loading_torch() -> None:
    for entry in REGISTRY:
        assert find_backbone(entry.name) is entry
        assert find_backbone(entry.source) is entry
    code = "import sys, flowzero.renderer.backbones\nprint('torch' in sys.modules, 'diffusers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
