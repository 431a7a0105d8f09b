"""Graphs against diffusers at shapes and batch sizes other than those they were exported with."""

import numpy as np
import pytest
import torch

from tiny import parts
from worldexport import parts_cosmos3, parts_dit, parts_vae
from worldexport.attention import plain
from worldexport.check_vae import check_decode, check_encode
from worldexport.sessions import Graphs, difference
from worldexport.writer import ProfileWriter, describe

CLOSE = 1e-5


def graphs(folder, **components) -> Graphs:
    out = Graphs.__new__(Graphs)
    out.folder, out.profile, out._sessions = folder, {"components": components}, {}
    return out


def predict25_dit():
    return parts.dit(1, in_channels=17, rope_scale=(1.0, 3.0, 3.0), extra_pos_embed_type=None)


@pytest.mark.parametrize("batch, frames, height, width", [(1, 3, 4, 6), (2, 1, 2, 8), (2, 5, 6, 4)])
def test_transformer_at_other_shapes(tmp_path, batch, frames, height, width):
    model = predict25_dit()
    file = parts_dit.write_transformer(ProfileWriter(tmp_path), model)
    hidden, text = torch.randn(batch, 16, frames, height, width), torch.randn(batch, 9, 32)
    mask = torch.rand(batch, 1, frames, height, width).round()
    timestep = torch.rand(batch, 1, frames, 1, 1)
    padding = torch.zeros(1, 1, 8 * height, 8 * width)
    expected = model(hidden, timestep, text, condition_mask=mask, padding_mask=padding, return_dict=False)[0]
    cos, sin = model.rope(hidden)
    names = ("hidden_states", "timestep", "encoder_hidden_states", "condition_mask", "rope_cos", "rope_sin")
    values = (hidden, timestep.flatten(1), text, mask, cos, sin)
    inputs = {name: value.numpy() for name, value in zip(names, values)}
    got = graphs(tmp_path, transformer={"file": file}).run("transformer", **inputs)["sample"]
    assert difference(expected, got) < CLOSE


def test_plain_attention_writes_no_contrib_operators(tmp_path):
    import onnx

    with plain():
        file = parts_dit.write_transformer(ProfileWriter(tmp_path), predict25_dit())
    model = onnx.load(str(tmp_path / file))
    assert {node.domain for node in model.graph.node} == {""}


def test_external_data_is_listed_and_used(tmp_path):
    writer = ProfileWriter(tmp_path, external=True)
    file = parts_dit.write_transformer(writer, predict25_dit())
    paths = {entry["path"] for entry in writer.files()}
    assert paths == {file, f"{file}.data"}
    assert (tmp_path / f"{file}.data").stat().st_size > 50_000
    graphs(tmp_path, transformer={"file": file}).session(file)


@pytest.mark.parametrize("make, factor, channels", [(parts.wan21, 8, 16), (parts.wan22, 16, 48)])
def test_wan_streams_equal_diffusers(tmp_path, make, factor, channels):
    vae = make(3)
    files = parts_vae.write_wan(ProfileWriter(tmp_path), vae)
    run = graphs(tmp_path, **files)
    latents = torch.randn(1, channels, 4, 3, 2)
    assert check_decode(run, latents, vae.decode(latents).sample) < CLOSE
    frames = torch.rand(1, 3, 13, 3 * factor, 2 * factor) * 2 - 1
    posterior = vae.encode(frames).latent_dist
    assert check_encode(run, frames, posterior.mode(), posterior.std) < CLOSE


def test_an_axis_name_is_one_size(tmp_path):
    """ONNX Runtime plans memory by the names of axes, so one name must not stand for two sizes."""
    vae = parts.wan21(3)
    files = parts_vae.write_wan(ProfileWriter(tmp_path), vae)
    run = graphs(tmp_path, **files)
    latents = np.random.default_rng(0).standard_normal((1, 16, 1, 3, 2)).astype(np.float32)
    first = run.run("vae_decoder", latents=latents)
    caches = {name: value for name, value in first.items() if name != "frames"}
    following = run.run("vae_decoder", "next", latents=latents, **caches)
    session = run.session(files["vae_decoder"]["next"])
    values = {"latents": latents, **caches, **following}
    sizes = {}
    for value in [*session.get_inputs(), *session.get_outputs()]:
        for name, size in zip(value.shape, values[value.name].shape):
            assert sizes.setdefault(name, size) == size, f"{value.name}: {name} is {sizes[name]} and {size}"


def test_kl_cosmos_at_another_shape(tmp_path):
    vae = parts.kl_cosmos(3)
    run = graphs(tmp_path, **parts_vae.write_kl_cosmos(ProfileWriter(tmp_path), vae))
    latents = torch.randn(1, 4, 4, 6, 4)
    assert check_decode(run, latents, vae.decode(latents).sample) < CLOSE
    frames = torch.rand(1, 3, 13, 48, 32) * 2 - 1
    assert check_encode(run, frames, vae.encode(frames).latent_dist.mode(), None) < CLOSE


def test_cosmos3_refuses_wrong_heads(tmp_path):
    """The exported caches have the shape that the transformer graph declares."""
    model = parts.cosmos3(5, 100)
    files = parts_cosmos3.write_cosmos3(ProfileWriter(tmp_path), model)
    run = graphs(tmp_path, **files)
    table = np.zeros((4, 16), np.float32)
    und = run.run("text_encoder", input_ids=np.arange(4), rope_cos=table, rope_sin=table)
    wanted = {i.name: i.shape for i in run.session(files["transformer"]["file"]).get_inputs()}
    assert wanted["und_k"] == ["S" if i == 1 else size for i, size in enumerate(und["und_k"].shape)]


def test_digest_changes_with_the_file(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"one")
    before = describe(tmp_path, path)
    path.write_bytes(b"two")
    assert describe(tmp_path, path)["sha256"] != before["sha256"]
    assert before["bytes"] == 3
