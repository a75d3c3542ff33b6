"""`lrtui show` of the most usual foreign lines: seconds of the processor from start to exit.

Beside an older tree, run in turn with it: ``python -m benchmarks.usual_lines PATH``. Limit: 1.1
times what it takes there. Without a path: beside a schedule of our own.
"""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

LINES = (
    "StepLR(optimizer, step_size=30, gamma=0.1)",
    "MultiStepLR(optimizer, [30, 80])",
    "CosineAnnealingLR(optimizer, T_max=200)",
    "OneCycleLR(optimizer, max_lr=0.01, total_steps=1000)",
    "optax.warmup_cosine_decay_schedule(0.0, 1e-3, 100, 1000)",
    "get_linear_schedule_with_warmup(optimizer, 100, 1000)",
)
OWN = "CosineDecay(0.1, 1000)"
ROUNDS = 9
KEPT = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""With bytecode, as where the program is installed."""
HERE = Path(__file__).parents[1]


def processor_seconds(line: str, tree: Path) -> float:
    """Of one `lrtui show`, with what it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "lrtui", "show", line],
        env={**KEPT, "PYTHONPATH": str(tree)},
        cwd=tree,
        check=True,
        capture_output=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    other = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    beside = str(other) if other else OWN
    print(f"lrtui show, milliseconds of the processor, medians of {ROUNDS}, beside {beside}:")
    for line in LINES:
        pairs = []
        for _ in range(ROUNDS + 1):
            ours = processor_seconds(line, HERE)
            pairs.append((ours, processor_seconds(line if other else OWN, other or HERE)))
        del pairs[0]  # it wrote bytecode
        ours, theirs = (statistics.median(one) for one in zip(*pairs, strict=True))
        ratio = statistics.median(one / two for one, two in pairs)
        print(f"  {line:<60}{1000 * ours:7.0f}{1000 * theirs:7.0f}{ratio:7.2f}")


if __name__ == "__main__":
    main()
