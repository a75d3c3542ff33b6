"""What the program's entry turns off to start sooner is on when there is work to do."""

import subprocess
import sys

PROGRAM = """
import atexit, gc, sys
from lrtui.__main__ import main
atexit.register(lambda: print("collecting:", gc.isenabled()))
sys.argv = ["lrtui", "values", "constant", "--steps", "1"]
main()
"""


def test_a_command_runs_with_garbage_collection() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.stdout.endswith("collecting: True\n"), done.stderr
