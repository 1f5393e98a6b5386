"""`python -m bench`: every benchmark, or the named ones."""

import argparse
import gc
from importlib import import_module

NAMES = (
    "intake",
    "score",
    "month",
    "switch",
    "remind",
    "parse",
    "hear",
    "start",
    "keep",
    "pages",
    "replicas",
)


def main() -> None:
    """Run what is asked for, in order."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which ones; all if none")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    chosen = parser.parse_args()
    for name in chosen.names or NAMES:
        import_module(f"bench.{name}").run(quick=chosen.quick)
        gc.collect()


main()
