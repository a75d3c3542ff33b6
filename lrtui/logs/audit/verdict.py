"""An audit in a line, quick enough for every key: what a screen says beside the curves. Pure."""

import msgspec
import numpy as np
from msgspec.structs import replace

from lrtui.logs.audit.judge import audit
from lrtui.logs.audit.words import number
from lrtui.logs.values import Log, Series
from lrtui.schedules import Schedule

_LOOKED_AT = 20_000
"""So many rates are held against the schedule; of more only some, evenly spread, and it is said."""


class AuditVerdict(msgspec.Struct, frozen=True):
    """Whether the logged rates are the schedule's, as a screen says it."""

    text: str
    same: bool
    departs: int | None = None
    """The first step or epoch that departs, by the log's count."""


def verdict(log: Log, schedule: Schedule, steps_per_epoch: int | None) -> AuditVerdict | None:
    """Hold a log against a schedule; None: it has no rates."""
    if log.rate is None or not log.has_rates:
        return None
    found = audit(_thinned(log, log.rate), schedule, steps_per_epoch)
    some = len(log.rate) > _LOOKED_AT
    if found.same:
        last = int(log.rate.at[-1])
        seen = f" ({found.rates} of {len(log.rate)} rates looked at)" if some else ""
        return AuditVerdict(f"as scheduled, to {found.unit} {last}{seen}", True)
    why = f": {found.explanation.says}" if found.explanation else ""
    assert found.departs is not None
    at = found.departs.at
    rates = f"{number(found.departs.logged)}, not {number(found.departs.scheduled)}"
    return AuditVerdict(
        f"departs {'by' if some else 'at'} {found.unit} {at} ({rates}){why}", False, at
    )


def _thinned(log: Log, rate: Series) -> Log:
    if len(rate) <= _LOOKED_AT:
        return log
    some = np.unique(np.linspace(0, len(rate) - 1, _LOOKED_AT).astype(np.int64))
    kept = Series(rate.name, rate.at[some], rate.values[some], rate.unit)
    return replace(log, series=(kept,), columns={"rate": rate.name})
