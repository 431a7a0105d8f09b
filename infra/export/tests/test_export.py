"""The command line on a tiny saved checkpoint: a whole profile, goldens, float16, and its refusals."""

import hashlib
import json

import numpy as np
import pytest

import export
from tiny import pipelines


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    pipelines.predict25().save_pretrained(folder)
    return folder


def test_exports_a_profile_with_goldens(checkpoint, tmp_path):
    arguments = ["--checkpoint", str(checkpoint), "--out", str(tmp_path), "--id", "tiny", "--max-length", "96"]
    profile = export.main([*arguments, "--parity", "--parity-size", "32x16", "--parity-frames", "5"])
    assert profile["pipeline"]["type"] == "predict2.5"
    assert profile["scheduler"]["config"]["use_flow_sigmas"] is True
    for entry in profile["files"]:
        assert hashlib.sha256((tmp_path / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    case = json.loads((tmp_path / "golden" / "image-p-s0" / "case.json").read_text())
    frames = np.fromfile(tmp_path / "golden" / "image-p-s0" / case["outputs"]["frames"]["file"], "<f4")
    assert frames.size == np.prod(case["outputs"]["frames"]["shape"]) == 5 * 3 * 16 * 32
    assert frames.min() >= 0 and frames.max() <= 1


@pytest.mark.parametrize("make", [pipelines.predict1, pipelines.predict25, pipelines.cosmos3])
def test_float16_stays_near(make, tmp_path, capsys):
    make().save_pretrained(str(tmp_path / "pipe"))
    arguments = ["--checkpoint", str(tmp_path / "pipe"), "--out", str(tmp_path / "out"), "--max-length", "96"]
    export.main([*arguments, "--precision", "fp16", "--parity", "--parity-size", "32x16", "--parity-frames", "9"])
    worst = [float(part.split()[-1]) for line in capsys.readouterr().out.splitlines()[1:] for part in line.split(",")]
    assert worst and max(worst) < 0.1


def test_refuses_a_folder_that_is_no_checkpoint(tmp_path):
    with pytest.raises(SystemExit, match="not a diffusers pipeline folder"):
        export.main(["--checkpoint", str(tmp_path), "--out", str(tmp_path / "out")])


def test_refuses_an_unknown_pipeline(tmp_path):
    (tmp_path / "model_index.json").write_text('{"_class_name": "NoSuchPipeline"}')
    with pytest.raises(SystemExit, match="unknown pipeline class NoSuchPipeline"):
        export.main(["--checkpoint", str(tmp_path), "--out", str(tmp_path / "out")])


@pytest.mark.parametrize(
    "name, expected", [("nvidia/Cosmos-Predict2.5-2B", "cosmos-predict2.5-2b"), ("/data/My Model/", "my-model")]
)
def test_names_a_profile_after_its_checkpoint(name, expected):
    assert export.identifier(name) == expected
