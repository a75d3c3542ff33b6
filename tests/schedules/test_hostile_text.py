"""Text that means harm: refused in one line, and nothing of it runs."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.schedules import Invalid, parse
from tests.schedules.strategies import patient

NAME = "ExponentialDecay"

HOSTILE = {
    "10 000 brackets": "[" * 10_000,
    "10 000 brackets as an argument": f"{NAME}({'[' * 10_000}{']' * 10_000})",
    "closed before they are opened": f"{NAME}('{')' * 9000}', {'(' * 9000}",
    "brackets within the limit, nothing in them": "(" * 49 + ")" * 49,
    "a comprehension": f"{NAME}([n for n in range(10 ** 12)])",
    "a generator": f"{NAME}(max(n for n in range(10 ** 12)))",
    "an f-string": f"{NAME}(f'{{open(0)}}')",
    "an f-string for a name": f"{NAME}(0.1, name=f'{{open(0)}}')",
    "a call": f"{NAME}(float('0.1'))",
    "a call of a call": f"{NAME}()()",
    "a schedule as a number": f"{NAME}({NAME}(0.1))",
    "a method": f"{NAME}(0.1).__class__.__mro__",
    "a lambda": f"(lambda: {NAME})()",
    "many lambdas": f"{NAME}({'lambda:' * 2500}1)",
    "a subscript": f"{NAME}([0.1][0])",
    "an assignment": f"{NAME}(x := 0.1)",
    "a statement": "import os",
    "two statements": f"{NAME}(0.1); import os",
    "a row of attributes": "a." * 9000 + "b(1)",
    "attributes as an argument": f"{NAME}({'a.' * 9000}b)",
    "20 000 characters of plus": f"{NAME}({'1+' * 9900}1)",
    "20 000 characters of minus": f"{NAME}({'-' * 19_900}1)",
    "20 000 characters of spaced minus": f"{NAME}({'- ' * 9900}1)",
    "not not not": f"{NAME}({'not ' * 4900}1)",
    "powers": f"{NAME}({'9**' * 6000}9)",
    "one huge power": f"{NAME}(9**9**9**9)",
    "a shift": f"{NAME}(1 << 10 ** 12)",
    "comparisons": f"{NAME}({'1<' * 9900}1)",
    "conditions": f"{NAME}({'1 if 1 else ' * 1600}1)",
    "more than 20 000 characters": f"{NAME}({' ' * 20_000}0.1)",
    "a long name": "a" * 100_000,
    "an integer of 15 000 digits": f"{NAME}({'9' * 15_000})",
    "a hexadecimal of 15 000 digits": f"{NAME}(0x{'F' * 15_000})",
    "the same in a list": f"PiecewiseConstantDecay([[0x{'F' * 15_000}]], [0.1])",
    "more than a float holds": f"{NAME}(1e999)",
    "not a number": f"{NAME}(1e999 - 1e999)",
    "an imaginary rate": f"{NAME}(1 + 2j)",
    "a set of lists": f"{NAME}({{[]}})",
    "bytes": f"{NAME}(b'0.1')",
    "an ellipsis": f"{NAME}(...)",
    "unpacked": f"{NAME}(*[0.1, 1000])",
    "unpacked by name": f"{NAME}(**{{'decay_rate': 0.1}})",
    "10 000 schedules within each other": "Warmup(" * 10_000 + ")" * 10_000,
    "many schedules after each other": f"Sequence([{'Rex(),' * 3000}], [])",
    "many schedules, each wrong": f"Sequence([{'Rex(-1),' * 2000}], [])",
    "a call where a schedule stands": "Warmup(open('/dev/zero'))",
    "an optimizer that calls": "StepLR(open('/dev/zero').read(), step_size=0)",
    "an optimizer with a rate that calls": "StepLR(SGD(lr=open('/dev/zero').read()), 9)",
    "a huge dict": f"piecewise_constant_schedule(0.1, {{{'1: -2, ' * 2500}}})",
    "a dict of dicts": "piecewise_constant_schedule(0.1, {1: {2: 3}})",
    "JSON nested 10 000 deep": '{"a":' * 3000 + "{}" + "}" * 3000,
    "JSON of more than 20 000 characters": '{"a": "' + "x" * 30_000 + '"}',
    "JSON that names a class of Python": '{"class_name": "os.system", "config": {}}',
    "a Keras lambda": '{"class_name": "Lambda", "config": {"function": "__import__"}}',
    "a device": "/dev/zero.keras",
    "a long path": "a/" * 40_000 + "x.keras",
    "a zero byte": f"{NAME}(\0)",
    "half a surrogate pair": f"{NAME}(\udcff)",
    "a comment alone": "# nothing",
    "await": f"{NAME}({'await ' * 3000}1)",
    "yield": f"{NAME}((yield))",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_refused_in_one_line(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(text)
    message = str(refusal.value)
    assert "\n" not in message
    assert len(message) < 300


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_refused_at_once(text: str) -> None:
    """Within 50 ms of this process' own time; the least of three, so that no pause counts."""
    spent = []
    for _ in range(3):
        before = time.process_time()
        with pytest.raises(Invalid):
            parse(text)
        spent.append(time.process_time() - before)
    assert min(spent) < 0.05


@pytest.mark.parametrize("place", ["{}", "ExponentialDecay({})", "ExponentialDecay(0.1, name={})"])
def test_nothing_runs(place: str, tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    with pytest.raises(Invalid):
        parse(place.format(f"__import__('pathlib').Path({str(witness)!r}).touch()"))
    assert not witness.exists()


def outcome(text: str, overrides: dict[str, str] | None = None) -> str:
    try:
        return str(parse(text, overrides))
    except Invalid as refusal:
        return str(refusal)


@given(text=st.text(max_size=200) | st.text("()[]{}.,=*'\"0e-+ DecayCosin\\#\n", max_size=200))
@patient
def test_any_text_is_a_schedule_or_a_refusal(text: str) -> None:
    wholes = (text, f"CosineDecay({text})", f"piecewise({text}", f"Warmup({text})")
    for whole in (*wholes, f"StepLR(optimizer, {text})", "{" + text, f"{text}.keras"):
        assert "\n" not in outcome(whole)


@given(value=st.text(max_size=100))
@patient
def test_any_typed_override_is_read_or_refused(value: str) -> None:
    for name in ("decay_rate", "decay_steps", "staircase", value):
        assert "\n" not in outcome("exponential", {name: value})
