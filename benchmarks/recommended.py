"""Whether training at the rate that ``lrtui find`` recommends diverges: all tasks, ten optimizers.

Each is trained at it for 500 steps on two seeds that it was not tried with. Takes some minutes:
``python -m benchmarks.recommended [TASK...]``.
"""

import os
import sys
from collections.abc import Sequence

OPTIMIZERS = (
    *("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "nadam", "adamax"),
    *("adagrad", "lion"),
)
SEEDS = (100, 101)


def main(tasks: Sequence[str] = ()) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import numpy as np

    from lrtui.live.range_test import Nobody
    from lrtui.protocol import Settings
    from lrtui.protocol.range_test import Sweep
    from lrtui.protocol.recommendation import has_diverged
    from lrtui.tasks import NAMES
    from lrtui.worker.at_once.range_test import range_test_at_once
    from lrtui.worker.at_once.training import Row, Trainings

    wrong = done = 0
    for task in tasks or NAMES:
        for optimizer in OPTIMIZERS:
            trainings = Trainings()
            settings = Settings(task=task, optimizer=optimizer)
            test = range_test_at_once(settings, Sweep(), trainings, Nobody())
            one = test.recommendation
            if one is None:
                print(f"{task:<11}{optimizer:<9} none: {test.trouble or 'none held'}", flush=True)
                continue
            rates = np.full((1, 500), one.rate, np.float32)
            diverged = 0
            for seed in SEEDS:
                pieces = trainings.train(settings, rates, [Row(0, seed)])
                losses = np.concatenate([piece.losses[0] for piece in pieces])
                diverged += has_diverged(losses, fresh=True)
            done, wrong = done + 1, wrong + (diverged > 0)
            said = f"{one.rate:<9.3g} {one.name}, halved {len(one.refused)} times"
            print(f"{task:<11}{optimizer:<9} {said}; diverged on {diverged} of 2", flush=True)
    print(f"diverged at {wrong} of {done} recommended rates")


if __name__ == "__main__":
    main(sys.argv[1:])
