"""Writes one torch module as one ONNX file and fixes its metadata; external data for large weights."""

import tempfile
from pathlib import Path

import onnx
import torch
from onnx.external_data_helper import load_external_data_for_model

OPSET = 18
TWO_GB = 2**31 - 2**26  # protobuf's limit, less room for the graph itself


def write_graph(
    module: torch.nn.Module,
    inputs: tuple,
    path: Path,
    names: tuple[list[str], list[str]],
    axes: dict[str, dict[int, str]],
    external: bool = False,
) -> list[Path]:
    """Exports `module(*inputs)` and returns the files written (the graph, then its data file if there is one).

    `names`: input and output names. `axes`: dynamic axes by name. Uses the tracing exporter: it is quick, and keeps
    the fused attention node of attention.py.
    """
    path = Path(path)
    module = module.eval()
    options = {"input_names": names[0], "output_names": names[1], "opset_version": OPSET}
    # Over 2 GB the exporter leaves one file a weight beside the graph, so it writes into a folder of its own.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / path.name
        torch.onnx.export(module, inputs, str(draft), dynamic_axes=axes, dynamo=False, **options)
        model = onnx.load(str(draft), load_external_data=False)
        load_external_data_for_model(model, folder)
    return save_model(model, path, external)


def strip(model: onnx.ModelProto) -> onnx.ModelProto:
    """Removes what only helps to debug the exporter: stack traces, source lines, machine paths, shape notes."""
    model.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    return model


def save_model(model: onnx.ModelProto, path: Path, external: bool) -> list[Path]:
    """Saves with the weights inside, or beside in `<graph>.data` when asked or when they are over 2 GB."""
    model = strip(model)
    data = path.with_name(path.name + ".data")
    data.unlink(missing_ok=True)
    weights = sum(len(tensor.raw_data) for tensor in model.graph.initializer)
    if not external and weights < TWO_GB:
        onnx.save(model, str(path))
        return [path]
    onnx.save(model, str(path), save_as_external_data=True, location=data.name, size_threshold=1024)
    return [path, data]
