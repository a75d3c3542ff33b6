"""What stands around a schedule in a script: an optimizer, ``compile(...)``, a dict of a config.

Only what is known to leave the rates alone is looked through; anything else is refused by its name.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from lrtui.schedules.invalid import Invalid
from lrtui.schedules.lines.arithmetic import Piece, dotted

OPTIMIZERS = frozenset(
    # Keras and PyTorch, then optax
    """
    SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Adafactor Nadam NAdam Ftrl Lion Lamb LAMB LARS
    Muon ASGD LBFGS RAdam Rprop SparseAdam RectifiedAdam LazyAdam NovoGrad Yogi AdamWeightDecay
    adabelief adadelta adan adafactor adagrad adam adamax adamaxw adamw amsgrad fromage lamb lars
    lion nadam nadamw noisy_sgd novograd optimistic_adam radam rmsprop rprop sgd sign_sgd sm3 yogi
    muon inject_hyperparams
    """.split()  # noqa: SIM905
)
_RATES = ("learning_rate", "lr", "lr_schedule", "learning_rate_schedule")
_WRAPPERS = {
    "compile": ("optimizer",),
    "LossScaleOptimizer": ("inner_optimizer", "optimizer"),
    "Lookahead": ("optimizer",),
    "MovingAverage": ("optimizer",),
    "SWA": ("optimizer",),
    "apply_if_finite": ("inner",),
    "scale_by_schedule": ("step_size_fn",),
    "scale_by_learning_rate": ("learning_rate",),
}
"""What holds an optimizer or a schedule, as its first argument or by these names."""
_LEAVE_RATES_ALONE = ("clip", "add_decayed", "scale_by_", "zero_nans", "identity", "keep_params")
"""How the names begin of optax' transformations that do not scale what they are given."""
_ENTRIES = ("lr_scheduler", "scheduler", *_RATES)
_ARGUMENTS = ("TrainingArguments", "Seq2SeqTrainingArguments", "SFTConfig")


class Found(NamedTuple):
    """A schedule in a tree."""

    call: ast.Call
    around: tuple[str, ...] = ()
    """What it stands in, from the outside in."""
    per_epoch: str = ""
    """What around it says that its steps are epochs."""


class Finder:
    """Finds the constructor of a schedule in a tree.

    Args:
        is_schedule: whether a dotted name is the constructor of one.
        text: what the trees are parsed from, for messages.
    """

    def __init__(self, is_schedule: Callable[[str], bool], text: str) -> None:
        self._is_schedule = is_schedule
        self._text = text

    def makes(self, node: ast.expr) -> bool:
        """Whether a tree is the call of a schedule's constructor."""
        return isinstance(node, ast.Call) and self._is_schedule(dotted(node.func))

    def find(self, node: ast.expr) -> Found | None:
        """The one schedule in a tree; None: there is nothing in it that could be one.

        Raises:
            Invalid: there is something else, or several.
        """
        match node:
            case ast.Call() if self._is_schedule(dotted(node.func)):
                return Found(node)
            case ast.Call():
                return self._in_call(node)
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                return self._in_entries(
                    {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
                )
            case ast.List() | ast.Tuple():
                return self._only(node.elts)
            case ast.Lambda():
                raise self._function(node)
        return None

    def _in_call(self, node: ast.Call) -> Found | None:
        name = last_name(node.func)
        keywords = {one.arg: one.value for one in node.keywords}
        if name in _ARGUMENTS:
            what = "makes its schedule itself: write that, as in"
            example = "get_scheduler('linear', optimizer, 0, 1000, lr=5e-5)"
            raise self._refusal(name, f"{what} {example}", node)
        if name == "LearningRateScheduler":
            return self._per_epoch(node, keywords)
        if name == "chain":
            return self._in_chain(node)
        if name == "dict":
            return self._in_entries(keywords)
        if name in _WRAPPERS:
            inner = [keywords[one] for one in _WRAPPERS[name] if one in keywords]
            return self._within(name, node, [*inner, *node.args[:1]])
        rates = [keywords[one] for one in _RATES if one in keywords]
        if name in OPTIMIZERS or rates:
            return self._within(name, node, [*rates, *node.args[:1]])
        if self._holds_schedule(node):
            what = "is neither a schedule nor an optimizer: open the schedule in it by itself"
            raise self._refusal(name or "what is called", what, node)
        return None

    def _in_entries(self, entries: Mapping[Any, ast.expr]) -> Found | None:
        """The schedule of a config, such as Lightning's, which says how often it is stepped."""
        found = self._only([value for key, value in entries.items() if key in _ENTRIES])
        often = entries.get("frequency")
        if found and often is not None and not _is_one(often):
            what = "must be 1: else open the schedule with lengths that are as many times as long"
            raise self._refusal("frequency", what, often)
        match entries.get("interval"):
            case ast.Constant(value="epoch") if found:
                return found._replace(per_epoch="The interval of the config")
        return found

    def _within(self, name: str, node: ast.Call, places: list[ast.expr]) -> Found:
        """The schedule at the first of these places; a fixed rate or a name is refused."""
        found = self.find(places[0]) if places else None
        decay = next((one.value for one in node.keywords if one.arg == "decay"), None)
        # That of Keras 2, whose names are written large: optax' rmsprop means another thing by it.
        if decay is not None and name[:1].isupper() and not _is_nothing(decay):
            raise self._decays(name, node, decay, places[0] if places and not found else None)
        if found:
            return found._replace(around=(name, *found.around))
        if places and (held := dotted(places[0])):
            what = f"holds {held}, which is not known here: paste the line that makes it, too"
            raise self._refusal(name, what, node)
        raise self._fixed(name, node, places[0] if places else None)

    def _fixed(self, name: str, node: ast.Call, rate: ast.expr | None) -> Invalid:
        if name in _WRAPPERS:
            return self._refusal(name, "holds no schedule", node)
        known = isinstance(rate, ast.Constant) and isinstance(rate.value, (int, float))
        shown = f"Constant({rate.value})" if known else "Constant(RATE)"  # type: ignore[union-attr]
        what = f"is an optimizer with a fixed rate: open {shown} to see that"
        return self._refusal(name, what, node)

    def _decays(self, name: str, node: ast.Call, decay: ast.expr, rate: ast.expr | None) -> Invalid:
        if rate is None:
            what = "has a decay besides, which scales the schedule: leave it out to see that alone"
        else:
            shown = ", ".join((ast.unparse(rate), "1", ast.unparse(decay)))
            what = f"lowers its rate at every step: open InverseTimeDecay({shown}) to see that"
        return self._refusal(name, what, node)

    def _per_epoch(self, node: ast.Call, keywords: dict[str | None, ast.expr]) -> Found:
        place = keywords.get("schedule") or (node.args[0] if node.args else None)
        found = None if place is None else self.find(place)
        if found is None:
            raise self._function(node)
        return found._replace(
            around=("LearningRateScheduler", *found.around), per_epoch="LearningRateScheduler"
        )

    def _in_chain(self, node: ast.Call) -> Found | None:
        parts = [(part, self._quietly(part)) for part in node.args]
        found = [one for _, one in parts if one]
        if not found:
            return None
        for part, held in parts:
            name = last_name(part.func) if isinstance(part, ast.Call) else ""
            if not held and (name in OPTIMIZERS or name == "scale_by_learning_rate"):
                what = "has a rate of its own, which scales the schedule's: open that by itself"
                raise self._refusal(name, what, part)
            if not held and not name.startswith(_LEAVE_RATES_ALONE) and not _negates(part):
                what = "may change the rates: open the schedule by itself"
                raise self._refusal(name or "a part of the chain", what, part)
        if len(found) > 1:
            raise self._refusal("chain", "holds several schedules: open one of them", node)
        return found[0]._replace(around=("chain", *found[0].around))

    def _quietly(self, node: ast.expr) -> Found | None:
        try:
            return self.find(node)
        except Invalid:
            if self._holds_schedule(node):
                raise
            return None

    def _only(self, nodes: Iterable[ast.expr]) -> Found | None:
        found = [one for one in map(self._quietly, nodes) if one]
        if len(found) > 1:
            raise self._refusal("the line", "holds several schedules: open one", found[1].call)
        return found[0] if found else None

    def _holds_schedule(self, node: ast.AST) -> bool:
        calls = (one for one in ast.walk(node) if isinstance(one, ast.Call))
        return any(self._is_schedule(dotted(one.func)) for one in calls)

    def _function(self, node: ast.expr) -> Invalid:
        what = "is opened from its file: save it, and open file.py:name"
        return self._refusal("a function", what, node)

    def _refusal(self, name: str, allowed: str, node: ast.expr) -> Invalid:
        piece = ast.get_source_segment(self._text, node)
        return Invalid(name, allowed, Piece(piece or self._text))


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def refuse_name(name: str) -> None:
    """Refuse the bare name of something that is known, and no schedule.

    Raises:
        Invalid: it is such a name.
    """
    last = name.rpartition(".")[2]
    if last in OPTIMIZERS:
        raise Invalid(last, "is an optimizer with a fixed rate: open Constant(RATE)", Piece(name))
    if last in (*_ARGUMENTS, *_WRAPPERS, "LearningRateScheduler"):
        allowed = "is no schedule: paste the line with the schedule in it"
        raise Invalid(last, allowed, Piece(name))


def last_name(func: ast.expr) -> str:
    """``adam`` of ``optax.adam``, ``inject_hyperparams`` of ``inject_hyperparams(adam)(…)``."""
    if isinstance(func, ast.Call):
        return last_name(func.func)
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def _negates(node: ast.expr) -> bool:
    """``scale(-1.0)``, which makes a step of a gradient."""
    match node:
        case ast.Call(args=[ast.Constant(value=-1)]) if last_name(node.func) == "scale":
            return True
    return False
