"""What is told of a run that diverged. Text from a value; pure."""

from lrtui.protocol import Diverged, from_wire
from lrtui.tui.number_format import format_loss, format_rate


def divergence_notice(event: Diverged) -> str:
    """What happened, and what can be done."""
    rate = format_rate(from_wire(event.learning_rate))
    what = f"diverged: the loss of step {event.step} is {event.loss}, at the rate {rate}"
    if event.last_finite_loss is not None:
        what += f"; before it {format_loss(from_wire(event.last_finite_loss))}"
    if event.checkpoint_step is None:
        return f"{what}. No finite state was kept: R starts over, space goes on"
    back = f"r goes back to the state of step {event.checkpoint_step} and restarts the schedule"
    return f"{what}. {back}; space goes on as it is"
