"""What is said of an explanation: plain sentences, with its numbers."""

from typing import assert_never

from lrtui.logs.audit.hypotheses import Hypothesis
from lrtui.logs.values import Log


def number(value: float) -> str:
    """To six digits."""
    return f"{value:.6g}"


def says(one: Hypothesis, length: int | None) -> str:
    """The explanation in a few words."""
    found = {name: number(value) for name, value in one.values.items()}
    match one.kind:
        case "step_late":
            return "a step late"
        case "step_early":
            return "a step early"
        case "steps_late":
            return f"{found['steps']} steps late"
        case "steps_early":
            return f"{found['steps']} steps early"
        case "epoch_late":
            return "an epoch late"
        case "epoch_early":
            return "an epoch early"
        case "epochs_for_steps":
            return "epochs taken for steps"
        case "steps_for_epochs":
            return "steps taken for epochs"
        case "base_rate":
            rate = f", {found['rate']}" if "rate" in found else ""
            return f"another base rate{rate}: {found['factor']} times the planned one"
        case "warmup_missing":
            return f"the warmup of {found['steps']} steps is missing"
        case "warmup_twice":
            return f"the warmup of {found['steps']} steps was done twice"
        case "reset_ignored":
            return f"the reset at step {found['step']} did nothing"
        case "resumed_at_zero":
            return f"a resume at step {found['step']} began again at 0"
        case "per_replica":
            return f"counted per replica, {found['factor']} of them"
        case "per_accumulated_update":
            told = f"counted per accumulated update, one in {found['factor']} steps"
            return told if length else f"{told} (or per epoch of so many)"
        case "float32":
            return "float32 noise"
        case "floor":
            return f"a floor of {found['rate']}"
        case _:
            assert_never(one.kind)


def evidence(one: Hypothesis) -> str:
    """What the explanation is seen by, a sentence."""
    found = {name: number(value) for name, value in one.values.items()}
    match one.kind:
        case "step_late":
            return "Each logged rate is the schedule's of the step before."
        case "step_early":
            return (
                "Each logged rate is the schedule's of the next step, as Keras' TensorBoard "
                "callback writes it; the training itself may be right."
            )
        case "steps_late":
            return f"Each logged rate is the schedule's of {found['steps']} steps before."
        case "steps_early":
            return f"Each logged rate is the schedule's of {found['steps']} steps later."
        case "epoch_late":
            return "Each logged rate is the schedule's of the epoch before."
        case "epoch_early":
            return "Each logged rate is the schedule's of the epoch after."
        case "epochs_for_steps":
            return "The schedule went on a step an epoch: its steps were meant to be batches."
        case "steps_for_epochs":
            return (
                f"The schedule went on {found['steps_per_epoch']} times too fast: its steps were "
                "meant to be epochs."
            )
        case "base_rate":
            return "The curve is the schedule's, at another height."
        case "warmup_missing":
            return "The rates are the schedule's without its rise."
        case "warmup_twice":
            return "The rise comes a second time, or is applied to itself."
        case "reset_ignored":
            return "From there on the rates go on as if nothing was asked for."
        case "resumed_at_zero":
            return "From there on the rates are those of the schedule's first steps."
        case "per_replica":
            return f"The schedule's count runs {found['factor']} times as fast as the log's."
        case "per_accumulated_update":
            return f"The schedule's count goes on once in {found['factor']} steps of the log."
        case "float32":
            return f"They differ by {found['largest']} at most, as rounding adds up."
        case "floor":
            return "Where the schedule is below it, this one rate is logged."
        case _:
            assert_never(one.kind)


def notes(log: Log, length: int | None, *, tried: bool) -> tuple[str, ...]:
    """What a person should know of how the log was read."""
    told = []
    if tried:
        told.append(f"{length} steps an epoch were found by trying; --steps-per-epoch says it.")
    if log.kind == "trainer_state":
        told.append(
            "transformers counts the steps done and logs the rate of the step that comes next."
        )
    return tuple(told)
