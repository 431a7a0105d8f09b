"""Puts the tool's folder on the path and prepares diffusers once."""

import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
warnings.filterwarnings("ignore")

from worldexport import runtime  # noqa: E402

runtime.prepare()
