"""The texts of the help screen that are not derived from a schedule."""

KEYS = (
    ("↑ ↓", "choose a line of the form"),
    ("← →", "turn it; with Shift: coarser"),
    ("Enter, a digit", "type an exact value (1e-3, 10k, 100, 200); Esc leaves it as it was"),
    ("Backspace", "back to the default"),
    ("a", "add a part: one schedule after another; Backspace on a part removes it, Shift+↑↓ moves"),
    ("t", "train a real Keras model with what the form shows"),
    ("r", "reset: restart the schedule as the form shows it, at once; weights stay"),
    ("R", "start over: fresh weights, what the last run began with"),
    ("space", "pause, go on"),
    ("s", "stop"),
    ("n, b", "rate times 2, divided by 2, from the next step on"),
    ("l", "linear or logarithmic axis of the rate"),
    ("c", "code: the schedule as source for Keras, PyTorch and optax, also copied and in a file"),
    ("o", "open a schedule from a line of a training script; pasting one into the form does too"),
    ("x", "read rates in the plot: ← → Home End move the cursor, x leaves"),
    ("Tab", "to the plots and back"),
    ("ctrl+p", "palette: every command, themes"),
    ("q", "quit"),
)

NOTES = (
    (
        "What is shown",
        "used: the rate that the optimizer took for each step, read back from the training; "
        "planned: what the running schedule will give; if reset: what r would start now. "
        "The learning rate of an epoch's row is that of the epoch's last step; an r beside the "
        "epoch says that a reset fell into it, a c that ReduceLROnPlateau cut the rate. batch: "
        "loss of each batch; train, validation: means of an epoch.",
    ),
    (
        "A schedule of your own",
        "o, then mymodule.py:name: a function from a step to its rate, a LearningRateSchedule or a "
        "class of either. It runs in the training process only. When the file is saved it is "
        "read again; Enter twice on the source reads it again at any time.",
    ),
    (
        "Where it trains",
        "In a process of its own, at low priority, on the CPU unless started with --device gpu. It "
        "ends when lrtui ends.",
    ),
)
