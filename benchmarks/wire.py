"""What a key press costs on the line, and how soon it is answered, beside other plot widgets.

lrtui as it is, with form, header and landmarks, beside minimal apps that show nothing but the two
curves. All of them run at once, each in a pseudo-terminal of its own, and are pressed in turn.
"""

import os
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks.cells import difference, picture
from benchmarks.terminal import Answer, Program

SIZES = ((80, 24), (120, 40), (200, 60))
ROUNDS = 5
"""Of each key there and back."""
BESIDE = {"textual-plotext": "with_plotext", "textual-plot": "with_plot"}


class Case(NamedTuple):
    """A schedule, what is turned in it, and what comes of that."""

    name: str
    schedule: str
    parameters: Sequence[str]
    """Those that are turned, each by one notch and back."""
    turned: Sequence[str]
    """Such schedules as that gives, for the apps beside."""
    epochs: str = "20"
    steps_per_epoch: str = "64"


SMOOTH = Case(
    "two smooth curves",
    "ExponentialDecay(0.1, decay_steps=500, decay_rate=0.5)",
    ("initial_learning_rate", "decay_steps", "decay_rate"),
    (
        "ExponentialDecay(0.125, decay_steps=500, decay_rate=0.5)",
        "ExponentialDecay(0.1, decay_steps=500, decay_rate=0.5)",
        "ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.5)",
        "ExponentialDecay(0.1, decay_steps=500, decay_rate=0.5)",
        "ExponentialDecay(0.1, decay_steps=500, decay_rate=0.51)",
        "ExponentialDecay(0.1, decay_steps=500, decay_rate=0.5)",
    ),
)
DENSE = Case(
    "restarts of period 50 over 100 000 steps",
    "CosineDecayRestarts(0.1, first_decay_steps=50, t_mul=1.0, alpha=0.1)",
    ("first_decay_steps", "alpha"),
    (
        "CosineDecayRestarts(0.1, first_decay_steps=100, t_mul=1.0, alpha=0.1)",
        "CosineDecayRestarts(0.1, first_decay_steps=50, t_mul=1.0, alpha=0.1)",
        "CosineDecayRestarts(0.1, first_decay_steps=50, t_mul=1.0, alpha=0.11)",
        "CosineDecayRestarts(0.1, first_decay_steps=50, t_mul=1.0, alpha=0.1)",
    ),
    steps_per_epoch="5000",
)


def stand_on(program: Program, label: str) -> None:
    """Go down the form to a parameter."""
    for _ in range(60):
        rows = [line[1:] for line in program.text.splitlines()]
        if any(row.startswith(label[:12]) and "◂" in row.partition("│")[0] for row in rows):
            return
        program.press("down", quiet=0.05)
    raise RuntimeError(f"the form has no line {label}; the screen:\n{program.text}")


def type_value(program: Program, label: str, value: str) -> None:
    """Type a value for a parameter."""
    stand_on(program, label)
    for key in (*value, "enter"):
        program.press(key)


def open_ours(case: Case, size: tuple[int, int], *options: str) -> Program:
    """Open lrtui with its curve pinned, so that the one that is turned is a second one."""
    ours = Program("-m", "lrtui", *options, case.schedule, size=size)
    ours.wait_for("quit")
    ours.settle(0.5)
    type_value(ours, "epochs", case.epochs)
    type_value(ours, "steps per epoch", case.steps_per_epoch)
    ours.press("p")
    return ours


def open_beside(module: str, case: Case, size: tuple[int, int]) -> Program:
    stop = int(case.epochs) * int(case.steps_per_epoch)
    arguments = (str(stop), case.schedule, *case.turned)
    program = Program("-m", f"benchmarks.beside.{module}", *arguments, size=size)
    program.settle(3.0)
    return program


class Measured(NamedTuple):
    """The answers of each app, and the bytes that a cell-exact difference would have needed."""

    answers: dict[str, list[Answer]]
    exact: list[int]


def measure(case: Case, size: tuple[int, int]) -> Measured:
    """Press every app in turn."""
    with ExitStack() as stack:
        ours = stack.enter_context(open_ours(case, size, "--cold"))
        beside = {
            name: stack.enter_context(open_beside(module, case, size))
            for name, module in BESIDE.items()
        }
        answers: dict[str, list[Answer]] = {name: [] for name in ("lrtui", *beside)}
        exact: list[int] = []
        for parameter in case.parameters:
            stand_on(ours, parameter)
            for _ in range(ROUNDS):
                for key in ("right", "left"):
                    before = picture(ours.screen)
                    answers["lrtui"].append(ours.press(key))
                    exact.append(len(difference(before, picture(ours.screen))))
                    for name, program in beside.items():
                        answers[name].append(program.press("right"))
        return Measured(answers, exact)


def median_bytes(answers: Sequence[Answer]) -> float:
    return statistics.median(len(answer.sent) for answer in answers)


def milliseconds(answers: Sequence[Answer]) -> tuple[float, float]:
    """Median, and what 95 of 100 stay below."""
    times = sorted(1000 * answer.seconds for answer in answers)
    return statistics.median(times), times[min(len(times) - 1, round(0.95 * len(times)))]


def ratio(ours: Sequence[Answer], others: Sequence[Answer]) -> float:
    """The median of the ratios pair by pair."""
    return statistics.median(
        one.seconds / other.seconds for one, other in zip(ours, others, strict=True)
    )


def tell_bytes(found: dict[tuple[int, int], Measured]) -> None:
    print("bytes for one parameter change, medians; lrtui's whole screen included; truecolor:")
    print(f"{'':10}{'lrtui':>8}" + "".join(f"{name:>17}{'ratio':>7}" for name in BESIDE), end="")
    print(f"{'cell-exact':>13}{'above it':>10}")
    for size, measured in found.items():
        ours = median_bytes(measured.answers["lrtui"])
        line = f"  {size[0]}x{size[1]}".ljust(10) + f"{ours:8.0f}"
        for name in BESIDE:
            other = median_bytes(measured.answers[name])
            line += f"{other:17.0f}{ours / other:7.2f}"
        sent = sum(len(answer.sent) for answer in measured.answers["lrtui"])
        exact = statistics.median(measured.exact)
        print(line + f"{exact:13.0f}{sent / max(1, sum(measured.exact)):9.2f}x")


def tell_times(case: Case, found: dict[tuple[int, int], Measured]) -> None:
    print(f"key to last byte, {case.name}, milliseconds, medians (p95) and medians of ratios:")
    print(f"{'':10}{'lrtui':>14}" + "".join(f"{name:>18}{'ratio':>7}" for name in BESIDE))
    for size, measured in found.items():
        line = f"  {size[0]}x{size[1]}".ljust(10) + _times(measured.answers["lrtui"], 14)
        for name in BESIDE:
            line += _times(measured.answers[name], 18)
            line += f"{ratio(measured.answers['lrtui'], measured.answers[name]):7.2f}"
        print(line)


def _times(answers: Sequence[Answer], width: int) -> str:
    median, high = milliseconds(answers)
    return f"{median:.1f} ({high:.0f})".rjust(width)


def main() -> None:
    load = os.getloadavg()[0]
    print(f"load of the machine at the start: {load:.1f} on {os.cpu_count()} cores")
    smooth = {size: measure(SMOOTH, size) for size in SIZES}
    tell_bytes(smooth)
    tell_times(SMOOTH, smooth)
    tell_times(DENSE, {size: measure(DENSE, size) for size in SIZES})


if __name__ == "__main__":
    main()
