"""The command line on the pipelines that need more than a folder: control branches, modular Cosmos3."""

import pytest

import export
from tiny import parts, pipelines

SMALL = ["--parity", "--parity-size", "32x16", "--parity-frames", "5", "--max-length", "96"]


def worst(capsys) -> float:
    """The largest difference that --parity printed."""
    lines = [line for line in capsys.readouterr().out.splitlines() if "transformer" in line]
    assert lines
    return max(float(part.split()[-1]) for line in lines for part in line.split(","))


def test_transfer_with_two_branches(tmp_path, capsys):
    pipelines.transfer25().save_pretrained(str(tmp_path / "pipe"))
    parts.controlnet(46).save_pretrained(tmp_path / "depth")
    controls = ["--control", f"edge={tmp_path / 'pipe' / 'controlnet'}", "--control", f"depth={tmp_path / 'depth'}"]
    arguments = ["--checkpoint", str(tmp_path / "pipe"), "--out", str(tmp_path / "out"), *controls, "--single", "edge"]
    profile = export.main([*arguments, *SMALL])
    branches = {k: v["controls"] for k, v in profile["components"].items() if k.startswith("transformer")}
    assert branches == {"transformer": ["edge", "depth"], "transformer_edge": ["edge"]}
    assert worst(capsys) < 1e-5


def test_modular_cosmos3_with_a_shifted_schedule(tmp_path, capsys):
    pipelines.cosmos3_modular(pipelines.cosmos3()).save_pretrained(str(tmp_path / "pipe"))
    arguments = ["--checkpoint", str(tmp_path / "pipe"), "--out", str(tmp_path / "out"), "--flow-shift", "5"]
    profile = export.main([*arguments, *SMALL])
    assert profile["scheduler"]["config"]["flow_shift"] == 5
    assert profile["tokenizer"]["templates"].keys() == {"video", "image", "transfer", "bare"}
    assert (tmp_path / "out" / "golden" / "transfer-edge-p-s0" / "case.json").is_file()
    assert worst(capsys) < 1e-5


def test_refuses_an_unknown_control(tmp_path, capsys):
    with pytest.raises(SystemExit):
        export.main(["--checkpoint", "x", "--out", str(tmp_path), "--control", "smell=./x"])
    assert "edge, blur, depth, seg" in capsys.readouterr().err
