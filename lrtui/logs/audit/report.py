"""An audit as lines of text."""

from collections.abc import Iterator

from lrtui.logs.audit.recognition import Recognised
from lrtui.logs.audit.values import Audit
from lrtui.logs.audit.words import number


def report_of(found: Audit, schedule: str) -> Iterator[str]:
    """What an audit found: the verdict first, then what it is seen by."""
    counted = f"{found.matching} of {found.rates} rates"
    read = f", read as {found.counted_as}" if found.counted_as else ""
    if found.same:
        noise = f" to {found.explanation.says}" if found.explanation else ""
        yield f"they are: the rates of {schedule}{noise}"
        yield f"  {found.rates} rate{'s' if found.rates != 1 else ''} compared{read}"
        yield from (f"  {note}" for note in found.notes)
        return
    best = found.explanation
    yield f"they are not: {best.says}" if best else "they are not: none of the known explanations"
    if best:
        yield f"  {best.evidence}"
        yield f"  That gives {best.fits} of {found.rates} rates; {schedule} as it stands {counted}."
    else:
        yield f"  {schedule} gives {counted}{read}."
    if found.departs:
        at = f"{found.unit} {found.departs.at}"
        logged, scheduled = number(found.departs.logged), number(found.departs.scheduled)
        yield f"  The first that departs is that of {at}: {logged} logged, {scheduled} scheduled."
    if found.also:
        others = "; ".join(one.says for one in found.also[:3])
        yield f"  {'It may also be' if best else 'Nearest, and not clear'}: {others}."
    yield from (f"  {note}" for note in found.notes)


def report_of_recognition(found: Recognised) -> Iterator[str]:
    """Which schedule it is, or that it is not clear."""
    if not found.clear:
        yield f"not clear: {found.reason}"
        yield from (f"  {one.schedule} gives {one.fits} of them" for one in found.found[:3])
        return
    first = found.found[0]
    yield first.schedule
    read = f", read as {found.counted_as}" if found.counted_as else ""
    yield f"  gives {first.fits} of {found.rates} rates{read}"
    for one in found.found[1:4]:
        yield f"  so does {one.schedule}"
