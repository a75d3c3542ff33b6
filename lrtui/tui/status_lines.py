"""The texts of the lines that say what goes on: header, progress, worker. Pure."""

from lrtui.protocol.values import last_known
from lrtui.runs.record import RunRecord
from lrtui.tui.number_format import (
    format_batch_loss,
    format_duration,
    format_memory,
    format_rate,
    format_speed,
)
from lrtui.tui.training import worker_facts
from lrtui.tui.training.loss_follower import LossFollower
from lrtui.tui.training.session import Session


def header_text(name: str, session: Session, width: int, ascii: bool = False) -> str:
    """Program and schedule at the left, what is going on at the right; `width` cells.

    Of what is going on only what has room is told, the important first.
    """
    parts = _activity(session)
    while len(parts) > 1 and len(" · ".join(parts)) + 2 > width:
        parts.pop()
    right = f"{' · '.join(parts)} "
    room = max(0, width - len(right))
    left = next((one for one in (f" lrtui · {name}", f" {name}") if len(one) < room), "")
    text = (left.ljust(room) + right)[:width]
    return text.replace("·", "-") if ascii else text


def progress_text(session: Session, width: int, ascii: bool = False, *, sound: bool = True) -> str:
    """A bar with the fraction done and the time left, or what to do next; `width` cells.

    Args:
        session: what goes on.
        width: in cells.
        ascii: whether only ASCII can be shown.
        sound: whether the form could be trained with.
    """
    record = session.active
    if record is None:
        return _idle(session, sound)[:width]
    total = record.settings.steps
    if total is None:
        told = f"step {record.steps}"
        longer = (f"{told}, of a training of unknown length", f"{told}, no end known")
        return next((one for one in longer if len(one) <= width), told[:width])
    done = min(1.0, record.steps / total)
    left = session.seconds_left
    tail = f" {done:4.0%}" + (f" {format_duration(left)} left" if left is not None else "")
    if record.state == "paused":
        tail = f" {done:4.0%} paused"
    cells = max(0, width - len(tail))
    filled = round(done * cells)
    full, empty = ("#", ".") if ascii else ("▓", "░")
    return full * filled + empty * (cells - filled) + tail


def worker_text(session: Session, losses: LossFollower, width: int) -> str:
    """The state of the worker, its speed and its memory, as far as there is room."""
    parts = _worker(session, losses).split(", ")
    while len(parts) > 1 and len(", ".join(parts)) > width:
        parts.pop()
    return ", ".join(parts)[:width]


def _worker(session: Session, losses: LossFollower) -> str:
    beside = f" + {format_memory(losses.memory)}" if losses.memory else ""
    worker = session.worker
    if not worker.answers or worker.busy:
        return worker_facts.state(worker)
    if session.active is not None and worker.steps_per_second:
        speed = format_speed(worker.steps_per_second)
        return f"{speed} steps/s, {format_memory(session.memory)}{beside}"
    if session.watch is not None:
        return f"watching {session.attached}"
    if session.attached:
        pid = worker.pid
        return f"attached to {session.attached}, pid {pid}" if pid else "not attached"
    if session.starting:
        return "worker: loading TensorFlow"
    if session.cannot_train:
        return "worker: cannot train"
    if session.ready is None:
        return "worker: not started"
    return f"worker: {format_memory(session.memory)}{beside}, nice {session.ready.niceness}"


def _idle(session: Session, sound: bool) -> str:
    if session.watch is not None:
        return "nothing is logged yet" if session.record is None else "read as it grows; q leaves"
    if session.attached:
        return "connecting" if session.record is None else "it is over; q leaves"
    if session.finding is not None:
        return f"range test: {session.finding} steps"
    if session.queued is not None:
        return "training starts when ready"
    if session.user_schedules.waiting:
        return "your schedule is sampled"
    return "t trains this schedule" if sound else "a value has to be mended"


def _activity(session: Session) -> list[str]:
    record = session.record
    if session.queued is not None:
        return ["loading TensorFlow, then training" if session.starting else "starting"]
    sampling = ["sampling ..."] if session.user_schedules.waiting else []
    if record is None:
        loading = ["loading TensorFlow"] if session.starting and not session.attached else []
        return [", then ".join(loading + sampling)]
    parts = sampling + ([] if record.state == "running" else [record.state])
    diverged = _diverged_at(record)
    if diverged is not None:
        parts.append(f"diverged at step {diverged}")
    return parts + _figures(record)


def _diverged_at(record: RunRecord) -> int | None:
    """The step of a loss that is not finite, unless a finite state was restored since."""
    told = record.divergences
    step = told[-1].step if told else record.diverged_at
    back = [mark.step for mark in record.marks if mark.kind == "restore"]
    return None if step is None or (back and back[-1] > step) else step


def _figures(record: RunRecord) -> list[str]:
    settings, steps = record.settings, record.steps
    epoch, epochs = len(record.rows), settings.epochs
    if not record.over:
        epoch = steps // settings.steps_per_epoch + 1 if settings.steps_per_epoch else epoch + 1
    epoch = epoch if epochs is None else min(epoch, epochs)
    # A loop of one's own may have no epochs.
    watched = record.state == "watched"
    told = bool(epoch) if watched else bool(epochs or record.rows)
    parts = [f"epoch {epoch}" + (f"/{epochs}" if epochs else "")] if told else []
    parts.append(f"step {steps}")
    if steps:
        rate = last_known(record.rates)
        parts.append(f"lr {format_rate(rate, 2)}" if rate is not None else "no rate used yet")
        if not watched:  # of which the last step may be one that no loss was logged of
            parts.append(f"batch loss {format_batch_loss(record.losses[-1])}")
    return parts
