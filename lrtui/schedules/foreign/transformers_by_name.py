"""``transformers.get_scheduler``: the schedules of transformers by a name."""

import ast
from typing import Annotated, Any

from lrtui.schedules.base import Schedule
from lrtui.schedules.family.cosine_swing import CosineSwing
from lrtui.schedules.family.sequence import Sequence
from lrtui.schedules.family.warmup import Warmup
from lrtui.schedules.foreign.constructor import Kind, Line, becomes, constructors
from lrtui.schedules.foreign.kinds import Entries, Node, call_of
from lrtui.schedules.parameters import Invalid

_BY_TYPE = {
    "linear": "get_linear_schedule_with_warmup",
    "cosine": "get_cosine_schedule_with_warmup",
    "cosine_with_restarts": "get_cosine_with_hard_restarts_schedule_with_warmup",
    "polynomial": "get_polynomial_decay_schedule_with_warmup",
    "constant": "get_constant_schedule",
    "constant_with_warmup": "get_constant_schedule_with_warmup",
    "inverse_sqrt": "get_inverse_sqrt_schedule",
    "cosine_with_min_lr": "get_cosine_with_min_lr_schedule_with_warmup",
    "cosine_warmup_with_min_lr": "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
    "warmup_stable_decay": "get_wsd_schedule",
    "reduce_lr_on_plateau": "get_reduce_on_plateau_schedule",
    "greedy": "get_greedy_schedule",
}


class _ByType(Kind):
    """The name of a schedule, as a text or as ``SchedulerType.COSINE``."""

    def read(self, name: str, node: ast.expr, line: Line) -> tuple[str, Line]:
        """The name, and the line that its constructor is called in."""
        kind = node.attr.lower() if isinstance(node, ast.Attribute) else ""
        if isinstance(node, ast.Constant):
            kind = str(node.value)
        kind = "reduce_lr_on_plateau" if kind == "reduce_on_plateau" else kind
        if kind not in _BY_TYPE:
            raise Invalid(name, f"must be one of {', '.join(_BY_TYPE)}", line.reader.source(node))
        constructor = _BY_TYPE[kind]
        if constructor in line.library.WITHOUT_CURVE:
            raise Invalid(constructor, line.library.WITHOUT_CURVE[constructor], kind)
        return kind, line


@becomes(Warmup, CosineSwing, Sequence)
def get_scheduler(
    name: Annotated[Any, _ByType()],
    optimizer: Node,
    num_warmup_steps: Node = None,
    num_training_steps: Node = None,
    scheduler_specific_kwargs: Entries = None,
) -> Schedule:
    """``transformers.get_scheduler``: one of the others, by its name."""
    kind, line = name
    given = {"optimizer": optimizer}
    if kind != "constant":
        if num_warmup_steps is None:
            raise Invalid("num_warmup_steps", f"must be given for {kind}", None)
        given["num_warmup_steps"] = num_warmup_steps
    if kind not in ("constant", "constant_with_warmup", "inverse_sqrt", "warmup_stable_decay"):
        if num_training_steps is None:
            raise Invalid("num_training_steps", f"must be given for {kind}", None)
        given["num_training_steps"] = num_training_steps
    if kind == "warmup_stable_decay" and num_training_steps is not None:
        given["num_training_steps"] = num_training_steps
    if kind not in ("constant", "constant_with_warmup"):
        given |= scheduler_specific_kwargs or {}
    schedule: Schedule = constructors(line.library)[_BY_TYPE[kind]](call_of(given), line)
    return schedule
