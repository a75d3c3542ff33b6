"""Schedules of programs that train language models, by their arguments: Megatron's, nanoGPT's."""

from typing import Annotated

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.family.cosine_annealing import CosineAnnealing
from lrtui.schedules.family.floor import Floor
from lrtui.schedules.family.inverse_sqrt import InverseSquareRoot
from lrtui.schedules.family.linear import LinearDecay
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.wsd import WarmupStableDecay
from lrtui.schedules.foreign.constructor import becomes
from lrtui.schedules.foreign.joining import joined
from lrtui.schedules.foreign.kinds import Ignored, StepItself
from lrtui.schedules.parameters import Invalid, LearningRate, Steps, WarmupSteps
from lrtui.schedules.quantities import Choice

TITLE = "Megatron, nanoGPT"
QUALIFIERS = ("megatron", "core", "optimizer_param_scheduler")

Style = Annotated[
    str, Choice(choices=("constant", "linear", "cosine", "inverse-square-root", "WSD"))
]
Cooldown = Annotated[str, Choice(choices=("linear", "cosine", "minus_sqrt"))]
_OURS = {"linear": "linear", "cosine": "cosine", "minus_sqrt": "1-sqrt"}


@becomes(Sequence)
def OptimizerParamScheduler(
    optimizer: Ignored,
    init_lr: LearningRate,
    max_lr: LearningRate,
    min_lr: LearningRate,
    lr_warmup_steps: WarmupSteps,
    lr_decay_steps: Steps,
    lr_decay_style: Style,
    start_wd: Ignored = None,
    end_wd: Ignored = None,
    wd_incr_steps: Ignored = None,
    wd_incr_style: Ignored = None,
    use_checkpoint_opt_param_scheduler: Ignored = None,
    override_opt_param_scheduler: Ignored = None,
    wsd_decay_steps: Steps | None = None,
    lr_wsd_decay_style: Cooldown | None = None,
) -> Schedule:
    """``megatron.core.optimizer_param_scheduler.OptimizerParamScheduler``."""
    if max_lr < max(min_lr, init_lr):
        raise Invalid("max_lr", "must be the highest rate", max_lr)
    if lr_decay_steps <= lr_warmup_steps:
        allowed = "must be more than lr_warmup_steps, which it includes"
        raise Invalid("lr_decay_steps", allowed, lr_decay_steps)
    warmup, after = lr_warmup_steps, lr_decay_steps - lr_warmup_steps
    parts: list[tuple[int, Schedule]] = []
    if warmup:
        parts.append((0, LinearDecay(init_lr, warmup, max_lr)))
    if lr_decay_style == "constant":
        parts.append((warmup, Constant(max_lr)))
    elif lr_decay_style == "linear":
        parts.append((warmup, LinearDecay(max_lr, after, min_lr)))
    elif lr_decay_style == "cosine":
        parts.append((warmup, CosineAnnealing(max_lr, after, min_lr)))
    elif lr_decay_style == "inverse-square-root":
        root = Floor(InverseSquareRoot(max_lr, 0, max(warmup, 1)), min_lr)
        parts += [] if warmup else [(0, Constant(max_lr))]
        parts += [(max(warmup, 1), root), (lr_decay_steps + 1, Constant(min_lr))]
    else:
        steps = wsd_decay_steps
        if steps is None or steps > after:
            raise Invalid("wsd_decay_steps", f"must be given, at most {after}", steps)
        if lr_wsd_decay_style is None:
            raise Invalid("lr_wsd_decay_style", f"must be one of {', '.join(_OURS)}", None)
        shape = _OURS[lr_wsd_decay_style]
        decay = WarmupStableDecay(max_lr, 0, after - steps, steps, shape, min_lr)
        parts.append((warmup, decay))
    return joined(parts)


@becomes(Sequence)
def get_lr(
    it: StepItself = None,
    learning_rate: LearningRate = 6e-4,
    warmup_iters: WarmupSteps = 2000,
    lr_decay_iters: Steps = 600_000,
    min_lr: LearningRate = 6e-5,
) -> Schedule:
    """NanoGPT's ``get_lr``, the settings of its ``train.py`` as arguments."""
    if lr_decay_iters <= warmup_iters:
        allowed = "must be more than warmup_iters, which it includes"
        raise Invalid("lr_decay_iters", allowed, lr_decay_iters)
    decay = CosineAnnealing(learning_rate, lr_decay_iters - warmup_iters, min_lr)
    if warmup_iters == 0:
        return decay
    rise = LinearDecay(learning_rate / (warmup_iters + 1), warmup_iters, learning_rate)
    return joined([(0, rise), (warmup_iters, decay)])


WITHOUT_CURVE: dict[str, str] = {}
