"""Runs the graphs of a profile folder with ONNX Runtime on the CPU, to check them against torch."""

import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch


class Graphs:
    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.profile = json.loads((self.folder / "profile.json").read_text(encoding="utf-8"))
        self._sessions: dict[str, ort.InferenceSession] = {}

    def session(self, file: str) -> ort.InferenceSession:
        if file not in self._sessions:
            options = ort.SessionOptions()
            options.intra_op_num_threads = torch.get_num_threads()
            options.log_severity_level = 3
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self._sessions[file] = ort.InferenceSession(
                str(self.folder / file), options, providers=["CPUExecutionProvider"]
            )
        return self._sessions[file]

    def run(self, component: str, key: str = "file", **inputs) -> dict[str, np.ndarray]:
        """Runs a component's graph; inputs that the graph does not have are refused by ONNX Runtime."""
        session = self.session(self.profile["components"][component][key])
        names = [output.name for output in session.get_outputs()]
        feeds = {name: np.asarray(value) for name, value in inputs.items()}
        return dict(zip(names, session.run(names, feeds)))

    def stream(self, component: str, data_name: str, chunks: list[np.ndarray]) -> list[dict[str, np.ndarray]]:
        """A first/next pair over chunks: the first chunk goes to `first`, the others to `next` with the caches."""
        outputs, caches = [], {}
        for index, chunk in enumerate(chunks):
            key = "file" if index == 0 else "next"
            out = self.run(component, key, **{data_name: chunk}, **caches)
            prefix = "cache_" if index == 0 else "next_cache_"
            caches = {"cache_" + k.removeprefix(prefix): v for k, v in out.items() if k.startswith(prefix)}
            outputs.append(out)
        return outputs


def difference(expected, got) -> float:
    expected = expected.numpy() if isinstance(expected, torch.Tensor) else expected
    assert expected.shape == got.shape, f"shape {got.shape}, expected {expected.shape}"
    return float(np.abs(expected - got).max())
