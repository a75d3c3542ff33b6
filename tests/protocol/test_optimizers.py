"""What may be written for an optimizer. Nothing here needs Keras, and nothing imports it."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrtui.protocol import Settings, Start, decode_command, encode
from lrtui.protocol.optimizers import CHOICES, accepted, read
from lrtui.schedules import Invalid, parameters

(PARAMETER,) = (one for one in parameters(Settings) if one.name == "optimizer")


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("sgd", "SGD", {}),
        ("momentum", "SGD", {"momentum": 0.9}),
        ("nesterov", "SGD", {"momentum": 0.9, "nesterov": True}),
        ("adamw", "AdamW", {}),
        # As in a script.
        ("SGD(momentum=0.9, nesterov=True)", "SGD", {"momentum": 0.9, "nesterov": True}),
        ("keras.optimizers.AdamW(weight_decay=1e-2)", "AdamW", {"weight_decay": 0.01}),
        ("tf.keras.optimizers.Adam()", "Adam", {}),
        ("Adam(clipnorm=1.0, use_ema=True)", "Adam", {"clipnorm": 1.0, "use_ema": True}),
        ("Muon(exclude_layers=['a'])", "Muon", {"exclude_layers": ["a"]}),
        # A short name with arguments: what it stands for, and these.
        ("nesterov(momentum=0.5)", "SGD", {"momentum": 0.5, "nesterov": True}),
        ("adam(beta_1=0.8)", "Adam", {"beta_1": 0.8}),
        # One that is not known here: Keras will tell.
        ("Ftrl", "Ftrl", {}),
        ("Brandnew(heat=-2, mode='fast', on=None)", "Brandnew", {}),
    ],
)
def test_understood(text: str, name: str, arguments: dict[str, Any]) -> None:
    assert read(text).name == name
    assert arguments.items() <= read(text).arguments.items()
    assert arguments or name == "Brandnew" or not read(text).arguments


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be one of sgd, momentum"),
        ("admaw", "must be one of sgd, momentum"),
        ("SGD(momentum=0.9", "must be one of sgd, momentum"),
        ("SGD + Adam", "must be one of sgd, momentum"),
        ("torch.optim.SGD(momentum=0.9)", "a class of keras.optimizers, as in SGD(momentum=0.9"),
        ("optax.adam()", "a class of keras.optimizers"),
        ("keras.optimizers.schedules.CosineDecay()", "a class of keras.optimizers"),
        ("__import__('os')", "a class of keras.optimizers"),
        ("SGD\n(momentum=0.9)", "a class of keras.optimizers"),
        ("(" * 400, "a class of keras.optimizers"),
        ("-" * 400 + "1", "a class of keras.optimizers"),
        ("Adam(beta_1=" + "9" * 500 + ")", "a class of keras.optimizers"),
        ("SGD(learning_rate=0.1)", "must leave out learning_rate: the schedule gives the rate"),
        ("SGD(lr=0.1)", "must leave out lr: the schedule gives the rate"),
        ("SGD(0.1)", "must name its arguments (Keras' first is the learning rate"),
        ("SGD(momentum=0.9, momentum=0.8)", "must name each argument once"),
        ("SGD(**arguments)", "must name each argument once"),
        ("SGD(momentum=m)", "must give momentum as a number, a text, True, False or None"),
        ("SGD(momentum=0.9 * 2)", "must give momentum as a number"),
        ("SGD(momentum=open('x'))", "must give momentum as a number"),
        ("SGD(momentum=1e999)", "must give momentum as a number"),
        ("SGD(momentum=[[1]])", "must give momentum as a number"),
        ("SGD(momentum=1j)", "must give momentum as a number"),
    ],
)
def test_refused_at_once_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Settings(optimizer=text)
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("optimizer must ")
    assert "\n" not in str(refusal.value)


@given(st.text(max_size=40) | st.text("SGDadm(=0.9,[]-+'*)\n\0 ", max_size=40))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert accepted(accepted(text)) == accepted(text)


def test_what_is_not_said_is_kerass_default() -> None:
    assert str(read("nesterov(momentum=0.5)")) == "SGD(momentum=0.5, nesterov=True)"
    assert str(read("adam(clipnorm=1.0)")) == (
        "Adam(beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False, clipnorm=1.0)"
    )
    assert read("adafactor").note
    for name in CHOICES:
        assert read(str(read(name))).main == read(name).main


def test_it_is_turned_through_and_typed() -> None:
    assert not PARAMETER.quantity.closed
    assert PARAMETER.read("  SGD(momentum=0.8) ") == "SGD(momentum=0.8)"
    assert PARAMETER.turn("sgd", 1) == "momentum"
    assert PARAMETER.turn("sgd", -1) == CHOICES[-1]
    assert PARAMETER.turn("SGD(momentum=0.8)", 1) == CHOICES[0]
    assert PARAMETER.turn("SGD(momentum=0.8)", -1) == CHOICES[-1]
    assert next(one for one in parameters(Settings) if one.name == "drive").quantity.closed


def test_it_travels() -> None:
    start = Start("Constant(0.1)", Settings(optimizer="SGD(momentum=0.8)"))
    assert decode_command(encode(start)) == start
