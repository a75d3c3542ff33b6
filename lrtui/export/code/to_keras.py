"""A schedule as source for Keras: its own class, or a complete and serialisable subclass."""

import inspect
import re
from typing import Any

from lrtui.export.code.formula import Dialect, fields_of, lines_of, methods, names_in
from lrtui.export.code.keras_builtin import OWN, caveat
from lrtui.export.code.layout import WIDTH, comment, heading, literal, source
from lrtui.schedules import Schedule

_DIALECT = Dialect("ops", 'ops.array({}, "float32")', fields_on_self=True)
_USE = "# optimizer = keras.optimizers.SGD(learning_rate=schedule)"
_MODULE = "keras.optimizers.schedules"


def keras_code(schedule: Schedule) -> str:
    """A source that defines `schedule`, a ``LearningRateSchedule``."""
    classes: dict[type[Schedule], list[str]] = {}
    modules: set[str] = set()
    expression = _expression(schedule, classes, modules)
    imports = [*(f"import {name}" for name in sorted(modules)), *([""] if modules else [])]
    imports += ["import keras", *(["from keras import ops"] if classes else [])]
    use = [*comment(caveat(schedule)), f"schedule = {expression}", _USE]
    if not classes:
        return source([[*heading(schedule, "Keras"), "", *imports, "", *use]])
    return source([[*heading(schedule, "Keras"), "", *imports], *classes.values(), use])


def _expression(
    schedule: Schedule, classes: dict[type[Schedule], list[str]], modules: set[str]
) -> str:
    """The constructor expression; classes that Keras lacks are noted, inner ones first."""
    cls = type(schedule)
    arguments = []
    for index, (name, value) in enumerate(fields_of(schedule).items()):
        if index >= cls.required and value == getattr(cls(), name):
            continue
        text = _value(value, classes, modules)
        arguments.append(text if index == 0 else f"{name}={text}")
    own = cls.__name__ in OWN
    if not own and cls not in classes:
        classes[cls] = _class(schedule, modules)
    return f"{_MODULE + '.' if own else ''}{cls.__name__}({', '.join(arguments)})"


def _value(value: Any, classes: dict[type[Schedule], list[str]], modules: set[str]) -> str:
    if isinstance(value, Schedule):
        return _expression(value, classes, modules)
    if isinstance(value, tuple):
        return f"[{', '.join(_value(one, classes, modules) for one in value)}]"
    return literal(value)


def _class(schedule: Schedule, modules: set[str]) -> list[str]:
    """The class of a schedule, for any values of its arguments."""
    cls = type(schedule)
    found = methods(schedule, _DIALECT)
    modules |= {"math"} & names_in(*found.values())
    formula, *helpers = found.values()
    lines = [
        '@keras.saving.register_keras_serializable(package="lrtui")',
        f"class {cls.__name__}({_MODULE}.LearningRateSchedule):",
        *_docstring(cls),
        "",
        *_init(schedule),
        "",
        "    def __call__(self, step):",
        f'        step = ops.cast(step, "{cls.step_dtype}")',
    ]
    for statement in formula.body:
        lines += lines_of(statement, "        ")
    for helper in helpers:
        lines += ["", *lines_of(helper, "    ")]
    return [*lines, "", *_config(schedule)]


def _docstring(cls: type[Schedule]) -> list[str]:
    """The class's own, without what only our class can show."""
    text = inspect.getdoc(cls) or ""
    text = re.sub(r"\n\nExample:\n(?:[ \t].*\n|\n)*", "\n\n", text + "\n").strip()
    lines = [f"    {line}" if line else "" for line in f'"""{text}'.splitlines()]
    end = '    """'
    return [*lines, end] if len(lines) > 1 or len(lines[0]) + 3 > WIDTH else [lines[0] + '"""']


def _init(schedule: Schedule) -> list[str]:
    cls = type(schedule)
    arguments = []
    for index, (name, default) in enumerate(fields_of(cls()).items()):
        value = literal(default, brackets="()") if index >= cls.required else ""
        arguments.append(f"{name}={value}" if value else name)
    lines = [f"    def __init__({', '.join(['self', *arguments])}):", "        super().__init__()"]
    return lines + [f"        self.{name} = {name}" for name in fields_of(schedule)]


def _config(schedule: Schedule) -> list[str]:
    """``get_config``, and ``from_config`` where there are schedules within."""
    written, read = [], []
    serialize, deserialize = f"{_MODULE}.serialize", f"{_MODULE}.deserialize"
    for name, value in fields_of(schedule).items():
        written.append(f'            "{name}": self.{name},')
        if isinstance(value, Schedule):
            written[-1] = f'            "{name}": {serialize}(self.{name}),'
            read.append(f'        config["{name}"] = {deserialize}(config["{name}"])')
        elif isinstance(value, tuple) and any(isinstance(one, Schedule) for one in value):
            each = f"{serialize}(one) for one in self.{name}"
            written[-1] = f'            "{name}": [{each}],'
            each = f'{deserialize}(one) for one in config["{name}"]'
            read.append(f'        config["{name}"] = [{each}]')
        elif isinstance(value, tuple):
            written[-1] = f'            "{name}": list(self.{name}),'
    lines = ["    def get_config(self):", "        return {", *written, "        }"]
    if read:
        lines += ["", "    @classmethod", "    def from_config(cls, config):"]
        lines += ["        config = dict(config)", *read, "        return cls(**config)"]
    return lines
