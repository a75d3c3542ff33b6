"""Lines of libraries around PyTorch that are not installed for tests, beside their formulas.

Each formula is written down from the library's own, for one step at a time. PyTorch, optax,
transformers and timm are asked themselves, in a group of its own.
"""

import math

from hypothesis import given
from hypothesis import strategies as st

from tests.export_libraries.formulas import half_cosine, same
from tests.export_libraries.spelling import many, rates

# ---------------------------------------------------------------- Lightning Bolts


@many
@given(rates, st.integers(1, 30), st.integers(1, 60), st.floats(0, 0.1), st.floats(0, 0.1))
def test_bolts(rate: str, warmup: int, more: int, start: float, low: float) -> None:
    """As long as it is in its first half swing: after that it rises again."""
    high = float(rate)

    def formula(step: int) -> float:
        if step < warmup:
            return start + step * (high - start) / max(warmup - 1, 1)
        return low + (high - low) * half_cosine((step - warmup) / more)

    line = (
        f"LinearWarmupCosineAnnealingLR(SGD(p, lr={rate}), warmup_epochs={warmup}, "
        f"max_epochs={warmup + more}, warmup_start_lr={start!r}, eta_min={low!r})"
    )
    same(line, formula)


# ---------------------------------------------------------------- DeepSpeed


def deepspeed_rise(step: int, steps: int, kind: str) -> float:
    return math.log(step + 1) / math.log(steps) if kind == "log" else step / steps


@many
@given(rates, rates, st.integers(1, 40), st.integers(0, 80), st.sampled_from(["log", "linear"]))
def test_deepspeed(low: str, high: str, warmup: int, total: int, kind: str) -> None:
    steps, first, last = max(2, warmup), float(low), float(high)

    def risen(step: int) -> float:
        return first + (last - first) * deepspeed_rise(step, steps, kind)

    def constant(step: int) -> float:
        if step == 0:
            return first
        return risen(step - 1) if step - 1 < steps else last

    def decayed(step: int) -> float:
        if step <= steps:
            return constant(step)
        left = max(0.0, (total - step + 1) / max(1.0, total - steps))
        return first + (last - first) * left

    given = f"warmup_min_lr={low}, warmup_num_steps={warmup}, warmup_type={kind!r}"
    same(f"WarmupLR(o, {given}, warmup_max_lr={high})", constant)
    same(f"WarmupLR(SGD(p, {high}), {given})", constant)
    same(f"WarmupDecayLR(o, {total}, {given}, warmup_max_lr={high})", decayed)


@many
@given(rates, st.floats(0, 1), st.floats(0, 1), st.integers(1, 40), st.integers(0, 80))
def test_deepspeed_cosine(rate: str, low: float, end: float, warmup: int, total: int) -> None:
    steps, high = max(2, warmup), float(rate)

    def formula(step: int) -> float:
        if step == 0:
            return 0.0
        done = step - 1
        if done < steps:
            return high * (low + (1 - low) * deepspeed_rise(done, steps, "log"))
        part = min(1.0, (done - steps + 1) / max(1, total - steps))
        return high * (end + (1 - end) * half_cosine(part))

    line = f"WarmupCosineLR(Adam(p, lr={rate}), {total}, {low!r}, {warmup}, {end!r})"
    same(line, formula)


@many
@given(rates, st.integers(1, 60), st.floats(0, 5, allow_subnormal=False))
def test_deepspeed_s_range_test(low: str, steps: int, rise: float) -> None:
    same(
        f"LRRangeTest(o, lr_range_test_min_lr={low}, lr_range_test_step_size={steps}, "
        f"lr_range_test_step_rate={rise!r})",
        lambda step: float(low) * (1 + rise * step / steps),
    )


# ---------------------------------------------------------------- Composer


@many
@given(rates, st.integers(0, 30), st.integers(31, 90), st.floats(0, 1))
def test_composer(rate: str, warmup: int, total: int, low: float) -> None:
    high = float(rate)

    def risen(step: int) -> float:
        return high * step / warmup

    def after(step: int) -> float:
        return min(1.0, (step - warmup) / (total - warmup))

    def cosine(step: int) -> float:
        done = half_cosine(after(step)) if step >= warmup else 0.0
        return risen(step) if step < warmup else high * (low + (1 - low) * done)

    def linear(step: int) -> float:
        return risen(step) if step < warmup else high * (1 + after(step) * (low - 1))

    given = f"'{warmup}ba', t_max='{total}ba', alpha_f={low!r}, lr={rate}"
    same(f"CosineAnnealingWithWarmupScheduler({given})", cosine)
    same(f"LinearWithWarmupScheduler({given})", linear)


@many
@given(rates, st.integers(1, 40), st.floats(0.1, 1), st.floats(0, 1), st.floats(0.3, 3))
def test_composer_without_a_warmup(
    rate: str, steps: int, gamma: float, low: float, power: float
) -> None:
    high, given = float(rate), f"lr={rate}"

    def done(step: int) -> float:
        return min(1.0, step / steps)

    same(f"StepScheduler('{steps}ba', {gamma!r}, {given})", lambda t: high * gamma ** (t // steps))
    same(
        f"MultiStepScheduler(['{steps}ba', '{steps + 9}ba'], {gamma!r}, {given})",
        lambda step: high * gamma ** ((step >= steps) + (step >= steps + 9)),
    )
    same(
        f"ConstantScheduler({gamma!r}, '{steps}ba', {given})",
        lambda step: high * (gamma if step < steps else 1),
    )
    same(
        f"LinearScheduler({gamma!r}, {low!r}, '{steps}ba', {given})",
        lambda step: high * (gamma + done(step) * (low - gamma)),
    )
    same(
        f"ExponentialScheduler({gamma!r}, '{steps}ba', {given})",
        lambda step: high * gamma ** (step / steps),
    )
    same(
        f"CosineAnnealingScheduler('{steps}ba', {low!r}, {given})",
        lambda step: high * (low + (1 - low) * half_cosine(done(step))),
    )
    same(
        f"CosineAnnealingWarmRestartsScheduler('{steps}ba', alpha_f={low!r}, {given})",
        lambda step: high * (low + (1 - low) * half_cosine(step % steps / steps)),
    )
    same(
        f"PolynomialScheduler({power!r}, '{steps}ba', {low!r}, {given})",
        lambda step: float(high * (low + (1 - low) * (1 - done(step)) ** power)),
        steps + 1,
    )


@many
@given(rates, st.integers(0, 30), st.integers(31, 90), st.floats(0, 1), st.floats(0.3, 3))
def test_composer_s_other_warmups(
    rate: str, warmup: int, total: int, low: float, power: float
) -> None:
    high = float(rate)

    def polynomial(step: int) -> float:
        if step < warmup:
            return high * step / warmup
        left = 1 - min(1.0, (step - warmup) / (total - warmup))
        return float(high * (low + (1 - low) * left**power))

    def constant(step: int) -> float:
        if step < warmup:
            return high * 0.5 * step / warmup
        return high * (0.5 if step < total else 1)

    def steps(step: int) -> float:
        return high * (step / warmup if step < warmup else low ** (step >= total))

    given = f"'{warmup}ba', t_max='{total}ba', lr={rate}"
    same(f"PolynomialWithWarmupScheduler({given}, power={power!r}, alpha_f={low!r})", polynomial)
    same(f"ConstantWithWarmupScheduler({given}, alpha=0.5)", constant)
    given = f"'{warmup}ba', ['{total}ba'], {low!r}, lr={rate}, scale_warmup=False"
    same(f"MultiStepWithWarmupScheduler({given})", steps)


# ---------------------------------------------------------------- Megatron, nanoGPT


@many
@given(rates, rates, st.integers(0, 30), st.integers(31, 90), st.integers(1, 30))
def test_megatron(low: str, high: str, warmup: int, total: int, cooldown: int) -> None:
    first, last = sorted((float(low), float(high)))
    steps = min(cooldown, total - warmup)

    def formula(step: int, style: str) -> float:
        if warmup and step <= warmup:
            return 0.0 + last * step / warmup
        if style == "constant":
            return last
        if step > total:
            return first
        if style == "inverse-square-root":
            return max(first, float(last * max(warmup, 1) ** 0.5 / max(step, 1) ** 0.5))
        done = (step - warmup) / (total - warmup)
        left = {"linear": 1 - done, "cosine": half_cosine(done)}.get(style)
        if left is None:
            cooled = step - (total - steps)
            left = 1.0 if cooled <= 0 else 1 - math.sqrt(cooled / steps)
        return first + left * (last - first)

    for style in ("constant", "linear", "cosine", "inverse-square-root", "WSD"):
        line = (
            f"OptimizerParamScheduler(optimizer, init_lr=0.0, max_lr={last!r}, min_lr={first!r}, "
            f"lr_warmup_steps={warmup}, lr_decay_steps={total}, lr_decay_style={style!r}, "
            f"start_wd=0.1, end_wd=0.1, wd_incr_steps=9, wd_incr_style='constant', "
            f"wsd_decay_steps={steps}, lr_wsd_decay_style='minus_sqrt')"
        )
        same(line, lambda step, style=style: formula(step, style))  # type: ignore[misc]


@many
@given(rates, st.integers(0, 30), st.integers(31, 90))
def test_nanogpt(rate: str, warmup: int, total: int) -> None:
    high = float(rate)

    def formula(step: int) -> float:
        if step < warmup:
            return high * (step + 1) / (warmup + 1)
        if step > total:
            return 6e-5
        return 6e-5 + half_cosine((step - warmup) / (total - warmup)) * (high - 6e-5)

    same(f"get_lr(it, {rate}, warmup_iters={warmup}, lr_decay_iters={total})", formula)
