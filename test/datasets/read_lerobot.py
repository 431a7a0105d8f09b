"""Checks a LeRobot v3 folder file by file against its documented layout, and says what it saw, as JSON.

Follows what lerobot's own loader does: info.json, tasks.parquet as a frame indexed by task, episodes/*/*.parquet,
data/*/*.parquet, and one lookup of each episode's video by its chunk and file index.
"""

import json
import os
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

folder = sys.argv[1]
info = json.load(open(f"{folder}/meta/info.json"))
assert info["codebase_version"] == "v3.0"
for name in ("robot_type", "total_episodes", "total_frames", "total_tasks", "chunks_size", "fps", "splits"):
    assert name in info, name
assert isinstance(info["fps"], int)
stats = json.load(open(f"{folder}/meta/stats.json"))
assert set(stats) == set(info["features"]), set(stats) ^ set(info["features"])
spans = sorted(tuple(int(edge) for edge in span.split(":")) for span in info["splits"].values())
assert spans[0][0] == 0 and spans[-1][1] == info["total_episodes"], spans
assert all(before[1] == after[0] for before, after in zip(spans, spans[1:])), spans

tasks = pd.read_parquet(f"{folder}/meta/tasks.parquet")
assert tasks.index.name == "task", tasks.index.name
assert len(tasks) == info["total_tasks"]
assert sorted(tasks["task_index"]) == list(range(len(tasks)))

episodes = pq.read_table(f"{folder}/meta/episodes/chunk-000/file-000.parquet").to_pylist()
assert [episode["episode_index"] for episode in episodes] == list(range(info["total_episodes"]))
frames = pd.read_parquet(f"{folder}/data/chunk-000/file-000.parquet")
assert len(frames) == info["total_frames"]
assert list(frames["index"]) == list(range(len(frames)))
assert str(frames["timestamp"].dtype) == "float32"

cameras = [name for name, feature in info["features"].items() if feature["dtype"] == "video"]
videos = []
for episode in episodes:
    own = frames.iloc[episode["dataset_from_index"] : episode["dataset_to_index"]]
    assert len(own) == episode["length"]
    assert set(own["episode_index"]) == {episode["episode_index"]}
    assert list(own["frame_index"]) == list(range(episode["length"]))
    assert set(own["task_index"]) == {tasks.loc[episode["tasks"][0]]["task_index"]}
    for camera in cameras:
        path = info["video_path"].format(
            video_key=camera,
            chunk_index=episode[f"videos/{camera}/chunk_index"],
            file_index=episode[f"videos/{camera}/file_index"],
        )
        assert os.path.getsize(f"{folder}/{path}") > 0, path
        span = episode[f"videos/{camera}/to_timestamp"] - episode[f"videos/{camera}/from_timestamp"]
        assert abs(span * info["fps"] - episode["length"]) < 1e-6
        videos.append(path)
assert len(set(videos)) == len(videos)
for name, statistic in stats.items():
    shape = [3, 1, 1] if name in cameras else [1]
    for figure in ("min", "max", "mean", "std"):
        assert list(np.array(statistic[figure]).shape) == shape, (name, figure)
    assert statistic["count"][0] > 0
for camera in cameras:
    assert 0 <= np.min(stats[camera]["min"]) < np.max(stats[camera]["max"]) <= 1
for name, feature in info["features"].items():
    assert name in cameras or name in frames.columns, name
json.dump({"episodes": len(episodes), "splits": info["splits"], "videos": videos}, sys.stdout)
