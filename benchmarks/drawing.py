"""What a picture costs, from schedules to cells, at three sizes."""

from benchmarks.timing import median_of
from lrtui.plotting.columns import schedule_columns
from lrtui.plotting.drawing import plot
from lrtui.plotting.layout import columns_of
from lrtui.plotting.picture import Curve
from lrtui.schedules import Schedule, parse

SIZES = ((80, 24), (120, 40), (200, 60))
CASES = {
    "smooth, 2 curves, 1 280 steps": (("exponential", "cosine"), 1280),
    "restarts of period 50, 100 000 steps": (
        ("CosineDecayRestarts(0.1, 50, t_mul=1.0)", "CosineDecay(0.1, 100000)"),
        100_000,
    ),
    "9 curves, dashed, 1 280 steps": (
        [f"CosineDecay(0.1, {steps})" for steps in range(400, 1300, 100)],
        1280,
    ),
    "20 000 restarts, 1e9 steps": (("CosineDecayRestarts(0.1, 50000, t_mul=1.0)",), 10**9),
}
ROUNDS = 20


def draw(schedules: list[Schedule], steps: int, size: tuple[int, int]) -> None:
    columns = columns_of(size[0])
    curves = [
        Curve(schedule_columns(schedule, 0, steps, columns), 1 + place, place, f"curve {place}")
        for place, schedule in enumerate(schedules)
    ]
    plot(*size, curves, start=0, stop=steps)


def main() -> None:
    print(f"evaluating and drawing, milliseconds, medians of {ROUNDS}:")
    print(" " * 40 + "".join(f"{width}x{height}".rjust(9) for width, height in SIZES))
    for name, (texts, steps) in CASES.items():
        schedules = [parse(text) for text in texts]
        times = [median_of(lambda: draw(schedules, steps, size), ROUNDS) for size in SIZES]  # noqa: B023
        print(f"  {name:<38}" + "".join(f"{1000 * time:9.1f}" for time in times))


if __name__ == "__main__":
    main()
