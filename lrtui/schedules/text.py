"""A schedule from text: a name, lines of a script, a Keras config, a saved model's path, or the
source of one's own.

Nothing is ever evaluated but literals and their arithmetic: a text is parsed to a syntax tree, of
which only the call of a constructor is accepted, with such calls within it where a schedule is made
of others.
"""

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lrtui.schedules.base import MAX_SCHEDULES, Schedule
from lrtui.schedules.catalogue import catalogue, find, is_name
from lrtui.schedules.constructor_call import (
    as_arguments,
    foreign_constructor,
    foreign_names,
    known_parameter,
    read_constructor,
)
from lrtui.schedules.family.per_epoch import STEPS_PER_EPOCH, PerEpoch
from lrtui.schedules.given_arguments import require_arguments
from lrtui.schedules.lines import check_size, read_line, typed_value
from lrtui.schedules.lines.around import refuse_name
from lrtui.schedules.lines.epochs import named_epochs
from lrtui.schedules.lines.statements import MAX_CHARACTERS as MAX_LINE
from lrtui.schedules.lines.statements import expression
from lrtui.schedules.parameters import Invalid, parameters
from lrtui.schedules.reading import Reading, Said
from lrtui.schedules.user_function import FIRST_RATE, Arguments, arguments_of
from lrtui.schedules.user_schedule import UserSchedule, is_source

# What else can be read (PyTorch's constructors, saved models) is imported where it is met: most
# texts name a schedule of ours, and the first frame waits for them.
if TYPE_CHECKING:
    from lrtui.schedules.foreign import Constructor


_NAME = re.compile(r"[A-Za-z][\w.-]*")
_LENGTH = next(one for one in parameters(PerEpoch) if one.name == "steps_per_epoch")
_MODELS = (".keras", ".h5", ".hdf5", ".weights")
_CODE = re.compile(r":\s*[A-Za-z_][\w.]*\(")
"""In a dict that is Python and no JSON, a value is called."""
_MEANT_AS_SOURCE = re.compile(r"^[^({]*\.py(:|$)")


def parse(text: str, overrides: Mapping[str, str] | None = None) -> Schedule:
    """The schedule that a text describes; :func:`read` without its notes.

    Raises:
        Invalid: the text is not understood, or a value is not allowed.
    """
    return _read(text, overrides or {}, "step").schedule


Unit = Literal["", "step", "epoch"]
"""What the steps of a text are; empty: steps, unless the text itself says that they are epochs."""


def read(
    text: str,
    overrides: Mapping[str, str] | None = None,
    unit: Unit = "",
    steps_per_epoch: int = STEPS_PER_EPOCH,
) -> Reading:
    """The schedule that a person's text describes, and notes on what was assumed to read it.

    Args:
        text: ``exponential``, ``ExponentialDecay`` or lines as in a training script,
            ``schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 1000, decay_rate=0.96)``,
            ``OneCycleLR(optimizer, max_lr=0.1, total_steps=1000)``,
            ``optax.adam(optax.cosine_decay_schedule(0.1, 1000))``; or the JSON of
            ``keras.optimizers.schedules.serialize``; or the path of a saved ``.keras`` model;
            or ``mymodule.py:name``, which is only named here: nothing of that file is read.
        overrides: values as a person typed them: of names that stand in the line, and else of
            parameters, where they win over those in the text.
        unit: what its steps are.
        steps_per_epoch: steps of an epoch, where they are epochs.

    Raises:
        Invalid: the text is not understood, or a value is not allowed.
    """
    if not text.lstrip().startswith("{"):
        check_size(text)
    return _read(text, overrides or {}, unit, steps_per_epoch, by_person=True)


def _read(
    text: str,
    overrides: Mapping[str, str],
    unit: Unit,
    steps_per_epoch: int = STEPS_PER_EPOCH,
    *,
    by_person: bool = False,
) -> Reading:
    said = Said()
    notes = said.notes
    described = _described(text.strip(), overrides, said)
    if by_person and described.cls is UserSchedule:
        described = _of_function(described, notes)
    cls, given = described.cls, described.given
    per_epoch = unit == "epoch" or (unit == "" and described.per_epoch)
    known = {parameter.name: parameter for parameter in parameters(cls)}
    for name, typed in overrides.items():
        if name in described.used:
            continue
        if per_epoch and name == _LENGTH.name and name not in known:
            steps_per_epoch = _LENGTH.read(typed)
        elif name == _LENGTH.name and name not in known:
            raise Invalid(name, "is for a schedule of epochs: give --unit epoch, too", typed)
        else:
            given[name] = known_parameter(cls.__name__, known, name).read(typed)
            said.others.clear()  # it is changed in the first alone
    if not _NAME.fullmatch(text.strip()):
        require_arguments(cls, given, text)
    schedule = cls(**given)
    if per_epoch and not isinstance(schedule, PerEpoch):
        schedule = PerEpoch(schedule, steps_per_epoch)
        said.others = [PerEpoch(one, steps_per_epoch) for one in said.others]
        if not unit:
            notes.append(_taken_for_epochs(described.per_epoch, steps_per_epoch))
    elif not unit and described.named_epochs:
        notes.append(_may_be_epochs(described.named_epochs))
    lengths = (one for one in known.values() if one.quantity.unit == "steps")
    named_only = bool(_NAME.fullmatch(text.strip())) and not any(
        one.name in given for one in lengths
    )
    return Reading(schedule, tuple(dict.fromkeys(notes)), tuple(said.others), named_only)


def _taken_for_epochs(why: str, steps_per_epoch: int) -> str:
    return (
        f"{why} counts epochs: each step of the schedule is taken for an epoch of "
        f"{steps_per_epoch} steps; -p steps_per_epoch=N changes that, --unit step counts steps."
    )


def _may_be_epochs(name: str) -> str:
    return (
        f"{name} is counted in steps, one for each call of scheduler.step(); --unit epoch if that "
        "is called once an epoch."
    )


class _Described(NamedTuple):
    """What a text names."""

    cls: type[Schedule]
    given: dict[str, Any]
    """Its arguments."""
    used: frozenset[str] = frozenset()
    """The names given with -p that stood in the line."""
    per_epoch: str = ""
    """What says that its steps are epochs."""
    named_epochs: str = ""
    """A name that makes one think so."""


def _described(text: str, overrides: Mapping[str, str], said: Said) -> _Described:
    if is_source(text) or _MEANT_AS_SOURCE.search(text):
        return _Described(UserSchedule, {"source": text})
    if text.endswith(_MODELS):
        if not text.endswith(".keras"):
            allowed = "is not read: load the model in Keras and save it as .keras"
            raise Invalid(text[text.rindex(".") :], allowed, text)
        from lrtui.schedules.keras_files import from_archive

        return _Described(*as_arguments(from_archive(text)))
    if text.startswith("{") and not _CODE.search(text):
        from lrtui.schedules.keras_files import from_config

        return _Described(*as_arguments(from_config(text)))
    if _NAME.fullmatch(text):
        name = text.rpartition(".")[2]
        foreign = foreign_constructor(text)
        if not foreign and not is_name(name):
            refuse_name(text)
        return _Described(foreign.alone if foreign else find(name, foreign_names()), {})
    if len(text) > MAX_LINE:  # one that this program has written
        tree = expression(text)
        _check_calls(tree, text)
        return _Described(*read_constructor(tree, text, said))
    return _of_line(text, overrides, said)


def _of_function(described: _Described, notes: list[str]) -> _Described:
    """What the arguments of a function of the user's say of its steps, and what it is given."""
    source = described.given["source"]
    arguments = arguments_of(UserSchedule(source)) if is_source(source) else Arguments()
    called = f"{source}({', '.join(arguments.names)})"
    if arguments.take_rate:
        before = f"{called} is given the rate before as {arguments.names[1]}"
        notes.append(f"{before}, and {FIRST_RATE} at first: no optimizer is seen.")
    per_epoch = called if arguments.names[:1] == ("epoch",) else ""
    return described._replace(per_epoch=per_epoch)


def _of_line(text: str, overrides: Mapping[str, str], said: Said) -> _Described:
    line = read_line(text, overrides, _is_schedule)
    _check_calls(line.call, line.text)
    said.notes += line.notes
    foreign = foreign_constructor(ast.unparse(line.call.func), line.call)
    of_optimizer = foreign is not None and foreign.takes_optimizer
    given: dict[str, ast.expr] = {}
    if foreign:
        arguments = (*foreign.signature, *(("lr",) if of_optimizer else ()))
        given = {
            name: typed_value(typed)
            for name, typed in overrides.items()
            if name in arguments and name not in line.used
        }
    return _Described(
        *read_constructor(_with_arguments(line.call, foreign, given), line.text, said),
        used=line.used | given.keys(),
        per_epoch=line.per_epoch,
        named_epochs=named_epochs(line.call, line.text) if of_optimizer else "",
    )


def _with_arguments(
    call: ast.Call, foreign: "Constructor | None", given: Mapping[str, ast.expr]
) -> ast.Call:
    """A call with these arguments of its own in place of those that it has."""
    if not given or foreign is None:
        return call
    positions = dict(zip(foreign.signature, call.args, strict=False))
    args = [given.get(name, node) for name, node in positions.items()]
    args += call.args[len(args) :]
    kept = [one for one in call.keywords if one.arg not in given]
    new = [ast.keyword(name, value) for name, value in given.items() if name not in positions]
    return ast.copy_location(ast.Call(call.func, args, [*kept, *new]), call)


def _is_schedule(name: str) -> bool:
    """Whether a dotted name is the constructor of a schedule, also of one that has no curve."""
    last = name.rpartition(".")[2]
    if last in catalogue():
        return last == name  # `scheduler.step()` makes no schedule
    try:
        return is_name(last) or foreign_constructor(name) is not None
    except Invalid:
        return True


def _check_calls(tree: ast.expr, text: str) -> None:
    if text.count("(") <= MAX_SCHEDULES:
        return
    calls = sum(isinstance(node, ast.Call) for node in ast.walk(tree))
    if calls > MAX_SCHEDULES:
        raise Invalid("schedule", f"must hold at most {MAX_SCHEDULES} schedules", calls)
