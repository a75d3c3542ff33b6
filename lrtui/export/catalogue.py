"""The catalogue as a page of documentation; ``make docs`` writes it."""

from lrtui.schedules import Parameter, Schedule, catalogue, parameters, read_docstring, short_name

HEAD = """# The schedules

Made from the classes by `make docs`; do not edit it here. Steps are counted from 0. Each name works
as `lrtui NAME`, and the constructor as `lrtui 'Class(...)'`.
"""


def page() -> str:
    """The page, in Markdown."""
    classes = list(catalogue().values())
    single = [cls for cls in classes if not cls.composition]
    composed = [cls for cls in classes if cls.composition]
    sections = [HEAD, *map(_section, single)]
    if composed:
        sections += ["# Made of other schedules\n", *map(_section, composed)]
    return "\n".join(sections)


def _section(cls: type[Schedule]) -> str:
    prose = read_docstring(cls)
    lines = [f"## {short_name(cls)}", "", f"`{cls()}`", "", prose.summary, ""]
    lines += ["```", prose.formula, "```", ""]
    lines += ["| argument | default | what it is |", "| --- | --- | --- |"]
    lines += [_row(parameter) for parameter in parameters(cls)]
    if prose.note:
        lines += ["", f"**Note.** {prose.note}"]
    lines += ["", f"Reference: {prose.reference}", ""]
    return "\n".join(lines)


def _row(parameter: Parameter) -> str:
    allowed = parameter.allowed.removeprefix("must be ")
    about = f"{parameter.help.rstrip('.')}; {allowed}"
    return f"| `{parameter.name}` | {parameter.show(parameter.default)} | {about} |"


if __name__ == "__main__":
    print(page(), end="")
