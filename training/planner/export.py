"""The trained updates as a GGUF adapter that llama.cpp loads beside the unmodified base model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.planner.config import Config

_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip
_HEAD = 64
"""Channels of one attention head of the base model."""


def export(config: Config, run: Path, path: Path, report: Callable[[str], None]) -> Path:
    """Write the adapter in half precision: its running mean if the run has one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    saved = torch.load(run / "state.pt", map_location="cpu", weights_only=True)
    tensors = {name: tensor.float().numpy() for name, tensor in saved.get("mean", saved["lora"]).items()}
    write_adapter(path, tensors, config.lora.alpha)
    report(f"{path}: {path.stat().st_size / 1e6:.1f} MB after {saved['done']} examples")
    return path


def write_adapter(path: Path, tensors: dict[str, Any], alpha: float) -> None:
    """Write A and B of each layer under llama.cpp's names; A is [rank, in], B [out, rank]."""
    from gguf import GGUFWriter

    part = path.with_name(f"{path.name}.part")
    writer = GGUFWriter(str(part), "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_string("general.name", "FlowZero small planner")
    writer.add_string("general.license", "mit")
    for name in sorted({name.rpartition(".")[0] for name in tensors}):
        a, b = tensors[f"{name}.A"], tensors[f"{name}.B"]
        _, _, layer, kind = name.split(".", 3)
        if kind in ("self_attn.q_proj", "self_attn.k_proj"):
            b = interleaved(b)
        for suffix, array in (("a", a), ("b", b)):
            writer.add_tensor(f"blk.{layer}.{_NAMES[kind]}.weight.lora_{suffix}", array.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(path)


def read_adapter(path: Path) -> dict[str, Any]:
    """The tensors of an adapter that :func:`write_adapter` wrote, by their names in training: to go on from what is shipped."""
    from gguf import GGUFReader

    kinds = {name: kind for kind, name in _NAMES.items()}
    found: dict[str, Any] = {}
    for tensor in GGUFReader(path).tensors:
        _, layer, name, _, part = tensor.name.replace("weight.lora_", "weight.").split(".")
        array = torch.from_numpy(np.array(tensor.data, dtype=np.float32))
        turned = part == "b" and name in ("attn_q", "attn_k")
        found[f"model.layers.{layer}.{kinds[name]}.{part.upper()}"] = halved(array) if turned else array
    return found


def interleaved(b: Any) -> Any:
    """Rows of each head in GGUF's order: rotary pairs lie side by side, where transformers has them half a head apart."""
    out, rank = b.shape
    return b.reshape(out // _HEAD, 2, _HEAD // 2, rank).swapaxes(1, 2).reshape(out, rank)


def halved(b: Any) -> Any:
    """Undoes :func:`interleaved`."""
    out, rank = b.shape
    return b.reshape(out // _HEAD, _HEAD // 2, 2, rank).swapaxes(1, 2).reshape(out, rank)
