"""What drives the rate of an attached optimizer: the user's own rate, or a table of rates.

A restart moves an origin. It never touches ``optimizer.iterations``, from which Adam counts its
bias correction.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from lrtui.live.attachment import Attachment
from lrtui.live.backends import RateInputs
from lrtui.live.hooks import say
from lrtui.live.keras_schedule import text_of
from lrtui.live.rate_supply import NO_START, RateSupply, ScheduleRates
from lrtui.schedules.arrays import Float32s
from lrtui.schedules.family.constant import Constant
from lrtui.schedules.invalid import NotGiven

_MOST_REST = (1 << 30) - 1
"""More executions than this need not begin before it is asked again."""
_STATE = ("_supply", "_begin", "_origin", "_rewound", "_base", "factor", "held")


class Driving:
    """Says which rates are used, by inputs that the step reads.

    Args:
        attachment: to the optimizer that takes them.
        capacity: how many rates a table holds.
        first: drives from the beginning, in place of the optimizer's own rate.
    """

    def __init__(
        self, attachment: Attachment, capacity: int, first: RateSupply | None = None
    ) -> None:
        self._attachment, self._step = attachment, attachment.step
        self._optimizer, self._capacity = attachment.optimizer, capacity
        rate = self._optimizer._learning_rate
        self._float = rate if isinstance(rate, keras.Variable) else None
        self._base = 0.0 if self._float is None else self._step.number(self._float)
        self._initial = self._shown = self._base
        self._first = self._supply = first
        self._begin = self._origin = self._rewound = 0
        self.factor = 1.0
        self.held: float | None = None
        """The rate that was set, in place of what drives."""
        self.on_assigned: Callable[[float, bool], None] = lambda rate, steered: None
        """Called when someone else has set the rate, and whether that ended what was steered."""
        self._table = _Table(capacity)
        self.put_inputs()

    # ------------------------------------------------------------------ steering

    def reset(self, supply: RateSupply | None = None, at: int = 0) -> None:
        """Begin at a step of what drives, or of another supply, unscaled."""
        if supply is None and self._supply is None and self._float is None:
            if self._attachment.own_getter:
                raise NotGiven("schedule", NO_START)
            self._origin = self._count() - at
        if supply is None and self._supply is None:
            self._base = self._initial
        self.factor, self.held = 1.0, None
        self._supply = supply if supply is not None else self._supply
        if self._supply is not None:
            self._begin = self._step.done()[1] - at
        self.put_inputs()

    def undo(self) -> None:
        """Go on as if nobody had ever steered."""
        self.factor, self.held, self._supply = 1.0, None, self._first
        self._begin, self._origin = 0, -self._rewound
        self.put_inputs()

    def hold(self, rate: float) -> None:
        """Use this rate until a reset, unscaled."""
        self.factor, self.held = 1.0, rate
        self.put_inputs()

    def scale(self, factor: float) -> None:
        """Multiply the rate."""
        self.factor *= factor
        self.put_inputs()

    def rewind(self, by: int) -> None:
        """The optimizer's count was just set back by so many: the rates go on all the same."""
        self._origin -= by
        self._rewound += by
        self.put_inputs()

    def state(self) -> Any:
        """What is steered, with the step that comes next."""
        return {name: getattr(self, name) for name in _STATE}, self._step.done()[1]

    def put_back(self, state: Any) -> None:
        """Go on from a state as if the steps since had not been."""
        kept, position = state
        for name, value in kept.items():
            setattr(self, name, value)
        self._begin += self._step.done()[1] - position
        self.put_inputs()

    def position(self) -> int:
        """The step that comes next, as what drives counts it."""
        if self._supply is not None:
            return self._step.done()[1] - self._begin
        return self._count() - (0 if self._float is not None else self._origin)

    @property
    def drives(self) -> Any:
        """What drives, as whatever gives rates; None: it cannot be told so."""
        if self.held is not None:
            return self.held
        if self._supply is not None:
            return self._supply
        if self._attachment.own_getter:
            return None
        return self._base if self._float is not None else self._optimizer._learning_rate

    @property
    def text(self) -> str:
        """What drives, as text."""
        if self._supply is not None:
            return self._supply.text
        return text_of(self._optimizer._learning_rate if self._float is None else self._base)

    def put_inputs(self) -> None:
        """Have the next steps use what drives now."""
        scale, driven = self.factor, self._by_table
        if driven:
            supply, begin = self._supply, self._begin
            if self.held is not None:
                supply, begin = ScheduleRates(Constant(self.held)), self._step.done()[1]
            assert supply is not None
            self._table.fill(supply, self._step.done()[1], begin)
        elif self._float is not None:
            # Its own variable holds the rate, so that whoever reads it reads what is used.
            scale = 1.0
            rate = self._base if self.held is None else self.held
            self._show(rate * self.factor if self.factor != 1 else rate)
        table = self._table
        self._step.put_inputs(RateInputs(table.rates, table.first, driven, self._origin, scale))
        self._attachment.ask_soon()

    @property
    def _by_table(self) -> bool:
        """Whether the table drives, and not the user's own rate."""
        return self._supply is not None or (self.held is not None and self._float is None)

    def release(self) -> None:
        """What was traced meanwhile keeps our operations: have them change nothing."""
        self.factor, self.held, self._supply, self._origin = 1.0, None, None, 0
        self.put_inputs()
        self._step.settle()

    # ------------------------------------------------------------------ see ``Drives``

    def before_execution(self, begun: int) -> int:
        """Refill a table that is half used up.

        Args:
            begun: so many executions have begun since this was last asked, with this one.

        Returns:
            How many more may begin before this must be asked again.
        """
        if self._supply is None or self.held is not None:
            return _MOST_REST
        position = self._step.done()[1]
        ended = self._table.ended(position)
        if ended:
            say(f"{self._supply.text} {ended}")
        if self._table.half_used(position):
            self.put_inputs()
            return 0
        return self._table.rest(position, begun)

    def read(self, own: Callable[[], Any]) -> Any:
        """The rate that the next step will use; of a float, its variable with that value."""
        self._step.settle()
        if self._by_table:
            at = self._step.done()[1] - self._table.first
            rate = np.float32(self.factor) * self._table.rates[min(at, self._capacity - 1)]
            if self._float is None:
                return keras.ops.convert_to_tensor(rate)
            self._show(float(rate))
        if self._float is not None or (self.factor == 1 and self._origin == 0):
            return own()
        rate = keras.ops.convert_to_tensor(self._attachment.own_rate(self._origin))
        return rate * keras.ops.cast(self.factor, rate.dtype)

    def assigned(self, value: Any) -> None:
        """Whoever sets the rate last has it: what was steered before is over."""
        new = float(keras.ops.convert_to_numpy(value))
        if np.float32(new) == np.float32(self._shown):
            return
        steered = self._supply is not None or self.held is not None or self.factor != 1
        self._base = self._shown = new
        self._supply, self.held, self.factor = None, None, 1.0
        if steered:
            self.put_inputs()
        self.on_assigned(new, steered)

    @contextmanager
    def saving(self) -> Iterator[None]:
        """The optimizer's float is the user's own, not the steered one."""
        if self._float is None or self._shown == self._base:
            yield
            return
        shown = self._shown
        self._show(self._base)
        self._step.settle()
        try:
            yield
        finally:
            if self._shown == self._base:  # what was loaded stays
                self._show(shown)

    def saved_rate(self) -> float | None:
        """The user's own float."""
        return None if self._float is None else self._base

    # ------------------------------------------------------------------

    def _show(self, rate: float) -> None:
        if self._float is None or np.float32(rate) == np.float32(self._shown):
            return
        self._shown = rate
        with self._attachment.ours():
            self._step.assign(self._float, self._float.assign, rate)

    def _count(self) -> int:
        # `optimizer.iterations` is divided by gradient_accumulation_steps, what a schedule is asked
        # for is not.
        return int(self._step.number(self._optimizer._iterations))


class _Table:
    """A stretch of a supply's rates, and when it must be looked at again."""

    def __init__(self, capacity: int) -> None:
        self.rates: Float32s = np.ones(capacity, np.float32)
        self.first = 0
        self._known = capacity
        self._told = False
        self._executions = 0

    def fill(self, supply: RateSupply, position: int, begin: int) -> None:
        """Hold the rates from a position on; beyond what the supply knows, its last."""
        capacity = len(self.rates)
        first = position - begin
        rates = supply.rates(max(first, 0), max(first, 0) + capacity)
        last = rates[-1] if len(rates) else self.rates[-1]
        self.rates = np.concatenate([rates, np.full(capacity - len(rates), last, np.float32)])
        self.first, self._executions = position, 0
        self._known = len(rates)

    def half_used(self, position: int) -> bool:
        """Whether to refill it."""
        return position - self.first >= len(self.rates) // 2

    def rest(self, position: int, begun: int) -> int:
        """How many executions may begin, beside the next one, before it must be looked at.

        A step of one's own may make several updates: how many an execution makes is measured.
        """
        self._executions += begun
        used, half = position - self.first, len(self.rates) // 2
        each = max(1, -(-used // self._executions))
        left = (min(half, self._known + 1) if self._known > used else half) - used
        return max(0, min(self._executions, left // each) - 1)

    def ended(self, position: int) -> str:
        """What to say, once, of steps for which it had no rate; nothing if there are none."""
        used = position - self.first
        if used <= self._known or self._told:
            return ""
        self._told = True
        last = f"its last rate, {self.rates[-1]:.6g}, is held"
        if self._known < len(self.rates):
            return f"has no more rates: {last}"
        return f"could not be read on in time: for {used - self._known} steps {last}"
