"""What Lightning Bolts has in ``pl_bolts.optimizers.lr_scheduler``, as schedules of ours."""

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.offset import Offset
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.joining import joined
from lrtui.schedules.foreign.kinds import GivenOptimizer, LastEpoch
from lrtui.schedules.parameters import Invalid, LearningRate, Steps

TITLE = "Lightning Bolts"
QUALIFIERS = ("pl_bolts", "bolts", "lr_scheduler")


@becomes(Sequence, CosineSwing)
def LinearWarmupCosineAnnealingLR(
    optimizer: GivenOptimizer,
    warmup_epochs: Steps,
    max_epochs: Steps,
    warmup_start_lr: LearningRate = 0.0,
    eta_min: LearningRate = 0.0,
    last_epoch: LastEpoch = -1,
) -> Schedule:
    """``LinearWarmupCosineAnnealingLR``. The warmup is at its end a step sooner; it rises again."""
    if max_epochs <= warmup_epochs:
        raise Invalid("max_epochs", f"must be above warmup_epochs, {warmup_epochs}", max_epochs)
    rate = optimizer.begin()
    rise: Schedule = Constant(warmup_start_lr)
    if warmup_epochs > 1:
        rise = LinearDecay(warmup_start_lr, warmup_epochs - 1, rate)
    swing = CosineSwing(rate, max_epochs - warmup_epochs, eta_min)
    schedule = joined([(0, rise), (warmup_epochs, swing)])
    return Offset(schedule, last_epoch + 1) if last_epoch >= 0 else schedule


WITHOUT_CURVE = {
    "linear_warmup_decay": "makes a function: take get_linear_schedule_with_warmup, or its file",
}
