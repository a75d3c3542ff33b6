"""The texts of the help screen."""

from collections.abc import Sequence

from lrtui.protocol.marks import KINDS
from lrtui.schedules import parameters, read_docstring
from lrtui.tui.form.form_state import FormState
from lrtui.tui.keys import GROUPS

NOTES = (
    (
        "The form",
        "A • before a value: it is not the default, which Backspace brings back. The row at the "
        "bottom names the keys that do something now; the others say why they do nothing.",
    ),
    (
        "What is shown",
        "used: the rate that the optimizer took for each step, read back from the training; "
        "planned: what the running schedule will give; if reset: what r would start now. "
        "The learning rate of an epoch's row is that of the epoch's last step; letters "
        "beside the epoch say how it was steered. They are those on "
        f"the axis: {', '.join(f'{one.letter} {one.meaning}' for one in KINDS.values())}. "
        "batch: loss of each batch; train, validation: means of an epoch. Arrows with numbers in "
        "the head of the table count the epochs above and below it, to which Tab and ↑ ↓ lead.",
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


def texts(
    form_state: FormState, known: Sequence[str]
) -> list[tuple[str, list[tuple[str, str]] | str]]:
    """Headings, each with a table of keys or a text.

    Args:
        form_state: what the form holds.
        known: the notes below the plot, all of them.
    """
    shown = form_state.parts.present.values.valid
    prose = read_docstring(type(shown))
    found: list[tuple[str, list[tuple[str, str]] | str]] = [
        (title, [(key.name, key.does) for key in keys]) for title, keys in GROUPS
    ]
    found += [("Notes", "\n".join(known))] if known else []
    found.append((str(shown), f"{prose.summary}\n{prose.formula}"))
    found.append(("where it comes from", prose.reference))
    found += [(one.name, one.help) for one in parameters(type(shown))]
    return [*found, *NOTES]
