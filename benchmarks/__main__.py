"""All benchmarks, one after the other: ``make bench``."""

from importlib import import_module

# Those that bring TensorFlow into this process come last: its threads would be in the way.
NAMES = (
    *(
        "opening",
        "importing",
        "wire",
        "use",
        "drawing",
        "values",
        "boundaries",
        "usual_lines",
        "recording",
        "logs",
        "step_cost",
        "swapping",
        "torch_compiled",
        "training",
        "following",
    ),
    "at_once",
    "million",
)

for name in NAMES:
    import_module(f"benchmarks.{name}").main()
    print(flush=True)
