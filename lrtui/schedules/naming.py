"""Names of schedules that stand beside each other: each by what it differs in."""

from collections import Counter
from collections.abc import Iterator, Sequence

from lrtui.schedules.base import Schedule, short_name
from lrtui.schedules.parameters import Parameter, parameters
from lrtui.schedules.user_schedule import UserSchedule

_Key = tuple[tuple[str, str], ...]
"""Where a trait is found: from the outside in, the kind of schedule and the name of its field."""
_CLASS, _COUNT = "class", "count"


def names_by_difference(schedules: Sequence[Schedule]) -> list[str]:
    """A name each, as short as tells them apart: ``decay_rate 0.9``, ``decay_rate 0.96``.

    Where the classes differ, also within a composition, their short names come first, and
    parameters are compared among those of the same class alone: ``exponential decay_rate 0.9``,
    ``cosine``. A field that several schedules of a sequence have is named with its place:
    ``schedules[1].decay_rate 0.9``. Of schedules that are the same, the second is ``cosine (2)``.

    Returns:
        As many names as schedules, in their order, no two the same.
    """
    traits = [dict(_traits(schedule)) for schedule in schedules]
    values: dict[_Key, set[str]] = {}
    for one in traits:
        for key, text in one.items():
            values.setdefault(key, set()).add(text)
    differing = {key for key, texts in values.items() if len(texts) > 1}
    places = {(_leaf(key), _place(key)) for key in differing}
    ambiguous = {leaf for leaf, count in Counter(leaf for leaf, _ in places).items() if count > 1}
    names = []
    for schedule, one in zip(schedules, traits, strict=True):
        shown = {key: text for key, text in one.items() if key in differing}
        kinds = [text for key, text in shown.items() if _leaf(key) in (_CLASS, _COUNT)]
        settings = [
            f"{_place(key) if _leaf(key) in ambiguous else _leaf(key)} {text}"
            for key, text in shown.items()
            if _leaf(key) not in (_CLASS, _COUNT)
        ]
        names.append(" ".join([*kinds, ", ".join(settings)]).strip() or _kind(schedule))
    return _numbered(names)


def _traits(schedule: Schedule, above: _Key = (), field: str = "") -> Iterator[tuple[_Key, str]]:
    """All that can differ: the class, what it is made of, each parameter."""
    kind = _kind(schedule)
    yield (*above, (field, _CLASS)), kind
    if isinstance(schedule, UserSchedule):
        return
    here = (*above, (field, kind))
    for parameter in parameters(type(schedule)):
        value = getattr(schedule, parameter.name)
        if not parameter.nested:
            yield (*here, (parameter.name, "")), _shown(parameter, value)
        elif parameter.many:
            yield (*here, (parameter.name, _COUNT)), f"{len(value)} {parameter.name}"
            for index, one in enumerate(value):
                yield from _traits(one, here, f"{parameter.name}[{index}]")
        else:
            yield from _traits(value, here, parameter.name)


def _kind(schedule: Schedule) -> str:
    """What it is called by itself; one's own by its source, which is all there is to it."""
    return str(schedule) if isinstance(schedule, UserSchedule) else short_name(type(schedule))


def _shown(parameter: Parameter, value: object) -> str:
    text = parameter.show(value)
    return f"[{text}]" if parameter.many else text


def _leaf(key: _Key) -> str:
    field, kind = key[-1]
    return kind or field


def _place(key: _Key) -> str:
    return ".".join(field for field, _ in key if field)


def _numbered(names: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
