"""What the program sends and holds while it is used: at rest, in training, after long use."""

import random
from itertools import pairwise

from benchmarks.terminal import Program
from benchmarks.wire import SMOOTH, milliseconds, open_ours, ratio, stand_on

SIZE = (120, 40)
LONG = SMOOTH._replace(
    schedule="ExponentialDecay(0.1, decay_steps=10000, decay_rate=0.5)", epochs="300"
)
"""Some minutes of training, at 100 steps a second."""
SECONDS = 10.0
PRESSES = 20
KEYS_OF_TEN_MINUTES = 3000
"""Five a second."""
HANDS = ("right", "left", "up", "down", "right", "left", "l", "x", "p")
ONE_REPAINT_SECONDS = 0.04
"""What comes within so short a time of what came before belongs to it."""


def at_rest(program: Program) -> int:
    """Bytes in ten seconds."""
    program.settle(1.0)
    return sum(size for _, size in program.listen(SECONDS))


def in_training(program: Program) -> tuple[float, float]:
    """Repaints and bytes a second."""
    heard = program.listen(SECONDS)
    times = [when for when, _ in heard]
    began = [later for earlier, later in pairwise(times) if later - earlier > ONE_REPAINT_SECONDS]
    repaints = (len(began) - 1) / (began[-1] - began[0])
    return repaints, sum(size for _, size in heard) / SECONDS


def use(program: Program) -> None:
    """Ten minutes of keys in less, a seeded hand on them."""
    hand = random.Random(0)
    for _ in range(KEYS_OF_TEN_MINUTES):
        program.type(hand.choice(HANDS))
    program.listen(1.0)  # the training goes on: it does not fall silent


def main() -> None:
    width, height = SIZE
    print(f"at {width}x{height}:")
    with open_ours(SMOOTH, SIZE, "--cold") as ours:
        rest = at_rest(ours)
    print(f"  at rest, sent in {SECONDS:.0f} s            {rest} bytes")
    with open_ours(LONG, SIZE) as ours:
        stand_on(ours, "decay_rate")
        ours.wait_for(" nice ")
        idle = [ours.press(key, 0.06) for _ in range(PRESSES) for key in ("right", "left")]
        ours.press("t")
        ours.wait_for("epoch 3/")
        repaints, sent = in_training(ours)
        busy = [ours.press(key, 0.06) for _ in range(PRESSES) for key in ("right", "left")]
        print(f"  in training, repaints a second     {repaints:.1f}")
        print(f"  in training, sent a second         {sent / 1000:.2f} KB")
        for name, answers in (("ready worker", idle), ("in training", busy)):
            median, high = milliseconds(answers)
            print(f"  key to last byte, {name:<14}   {median:.1f} ms (p95 {high:.0f})")
        print(f"  the one to the other               {ratio(busy, idle):.2f} x")
        use(ours)
        print(
            f"  memory after {KEYS_OF_TEN_MINUTES} keys in training  {ours.resident / 1e6:.0f} MB"
        )


if __name__ == "__main__":
    main()
