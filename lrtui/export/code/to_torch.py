"""A schedule as source for PyTorch: its own scheduler where it means the same, else a LambdaLR.

PyTorch's schedulers scale the optimizer's own rate, so the source sets that rate too: what is drawn
is what is trained with, whatever the optimizer was made with. What the scheduler does after a step
is for the next one: ``scheduler.step()`` belongs after ``optimizer.step()``.
"""

from lrtui.export.code.formula import Dialect
from lrtui.export.code.functions import Functions
from lrtui.export.code.layout import comment, heading, literal, source
from lrtui.export.code.torch_builtin import builtin_scheduler
from lrtui.schedules import Schedule

_DIALECT = Dialect("np", "np.float32({})", fields_on_self=False)
_CASTS = {"float32": "np.float32(step)", "int64": "np.int64(step)"}
_USE = [
    "# optimizer = torch.optim.SGD(model.parameters())",
    "# scheduler = make_scheduler(optimizer)",
]
_SCHEDULERS = "torch.optim.lr_scheduler"


def torch_code(schedule: Schedule) -> str:
    """A source that defines `make_scheduler`, a function of the optimizer."""
    own = builtin_scheduler(schedule)
    title = heading(schedule, "PyTorch")
    if own is not None:
        imports = ["", f"from {_SCHEDULERS} import {own.name}"]
        made = f"{own.name}(optimizer, {own.arguments})"
        return source([[*title, *imports], _maker(made, own.rate, own.note), _USE])
    functions = Functions(_DIALECT, _CASTS)
    name = functions.add_function(schedule)
    imports = ["", *(f"import {one}" for one in sorted(functions.imports))]
    imports += [""] if functions.imports else []
    imports += ["import numpy as np", f"from {_SCHEDULERS} import LambdaLR"]
    made = f"LambdaLR(optimizer, lambda step: float({name}(step)))"
    note = "LambdaLR multiplies the optimizer's own rate, so that must be 1."
    maker = _maker(made, 1.0, note)
    return source([[*title, *imports], *functions.blocks, maker, _USE])


def _maker(made: str, rate: float | None, note: str) -> list[str]:
    lines = [
        "def make_scheduler(optimizer):",
        '    """The scheduler: call its step() after each optimizer.step()."""',
        *comment(note, "    "),
    ]
    if rate is not None:
        lines.append("    for group in optimizer.param_groups:")
        lines.append(f'        group["lr"] = group["initial_lr"] = {literal(rate)}')
    return [*lines, f"    return {made}"]
