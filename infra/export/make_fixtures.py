"""Makes the fixtures of libs/diffusion: tiny random checkpoints, exported by the same code as real ones, with goldens.

python make_fixtures.py --out ../../libs/diffusion/fixtures [--only predict2.5 ...]
"""

import argparse
import json
import tempfile
import time
import warnings
from pathlib import Path

from worldexport import runtime

runtime.prepare()

from cases.schedulers import record_schedulers  # noqa: E402
from cases.tokenizers import record_tokenizers  # noqa: E402
from fixtures import FIXTURES  # noqa: E402
from worldexport.checkpoint import load  # noqa: E402
from worldexport.profile import export_pipeline  # noqa: E402

HERE = Path(__file__).resolve().parent
DEFAULT_OUT = HERE.parent.parent / "libs" / "diffusion" / "fixtures"


SMALL = {"schedulers": record_schedulers, "tokenizers": record_tokenizers}


def make(name: str, out: Path) -> dict:
    """Saves the tiny checkpoint, exports it, records its goldens; returns the largest differences of each case."""
    fixture = FIXTURES[name]
    with tempfile.TemporaryDirectory() as folder:
        fixture.pipeline().save_pretrained(folder)
        pipe = load(folder)
        fixture.prepare(pipe)
    export_pipeline(pipe, out / name, fixture.options(name))
    return fixture.record(pipe, out / name)


def merge(path: Path, name: str, differences: dict) -> None:
    known = json.loads(path.read_text()) if path.exists() else {}
    known[name] = {case: {k: float(f"{v:.2e}") for k, v in parts.items()} for case, parts in differences.items()}
    path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    parser.add_argument("--only", nargs="*", choices=[*SMALL, *FIXTURES], default=[*SMALL, *FIXTURES])
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    for name in arguments.only:
        start = time.time()
        if name in SMALL:
            print(f"{name}: {SMALL[name](arguments.out / name)} goldens")
            continue
        differences = make(name, arguments.out)
        merge(arguments.out / "differences.json", name, differences)
        worst = max(v for parts in differences.values() for v in parts.values())
        print(
            f"{name}: {len(differences)} cases, largest difference of a graph {worst:.1e}, {time.time() - start:.0f} s"
        )


if __name__ == "__main__":
    main()
