"""The exported depth and seg networks."""

from pathlib import Path

import numpy as np
import onnxruntime as ort


class MapNet:
    """depth.onnx or seg.onnx of a profile: frames [T, H, W, 3] uint8 to control frames of the same shape."""

    def __init__(self, folder: Path, kind: str) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(str(folder / f"{kind}.onnx"), options, providers=["CPUExecutionProvider"])

    def run(self, frames: np.ndarray) -> np.ndarray:
        """The map of each frame as a picture."""
        video = frames.transpose(3, 0, 1, 2)[None].astype(np.float32) / 127.5 - 1
        out = self.session.run(None, {"video": video})[0]
        return ((out[0].transpose(1, 2, 3, 0) + 1) * 127.5).round().clip(0, 255).astype(np.uint8)
