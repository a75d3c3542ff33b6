"""A schedule as source for optax: its own function where it means the same, else one of jax.numpy.

optax's step counts are 32 bits wide, so no step of a schedule lies beyond 2**31.
"""

from lrtui.export.code.formula import Dialect
from lrtui.export.code.functions import Functions
from lrtui.export.code.layout import comment, heading, source
from lrtui.export.code.optax_builtin import builtin_schedule
from lrtui.schedules import Schedule

_DIALECT = Dialect(
    "jnp",
    "jnp.float32({})",
    fields_on_self=False,
    barrier="jax.lax.optimization_barrier(jnp.float32({}))",
)
_CASTS = {
    "float32": "jnp.asarray(step, jnp.float32)",
    "int64": "jnp.asarray(step, jnp.int32)",
}
_USE = "# optimizer = optax.sgd(learning_rate=schedule)"


def optax_code(schedule: Schedule) -> str:
    """A source that defines `schedule`, a function from the step to the rate."""
    functions = Functions(_DIALECT, _CASTS, builtin_schedule)
    own = builtin_schedule(schedule, functions.add)
    if own is not None:
        made = [*comment(own.note), f"schedule = {own.expression}"]
    else:
        made = [f"schedule = {functions.add_function(schedule)}"]
    text = "\n".join(line for block in [*functions.blocks, made] for line in block)
    standard = [f"import {one}" for one in sorted(functions.imports)]
    head = [*heading(schedule, "optax"), "", *standard, *([""] if standard else [])]
    head += ["import jax"] * ("jax.lax" in text)
    head += ["import jax.numpy as jnp"] * ("jnp." in text) + ["import optax"] * ("optax." in text)
    blocks = [*functions.blocks, [*made, _USE]]
    if not any(line.startswith("def ") for block in blocks for line in block):
        return source([[*head, "", *(line for block in blocks for line in block)]])
    return source([head, *blocks])
