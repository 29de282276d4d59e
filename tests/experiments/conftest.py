"""The experiments are scripts in a folder of their own; their tests find them there."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "experiments"))
