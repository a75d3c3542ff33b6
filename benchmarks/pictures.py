"""The README's pictures, made by driving the real program and its worker: ``make pictures``."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lrtui.runs.client import Client
from lrtui.schedules import parse
from lrtui.tui.app import LrtuiApp

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = (100, 30)


def open_link(on_event: Any, on_gone: Any, on_state: Any) -> Client:
    return Client(on_event=on_event, on_gone=on_gone, on_state=on_state)


async def reach(pilot: Pilot[None], test: Callable[[], bool]) -> None:
    while not test():
        await pilot.pause(0.05)


async def after_a_reset(path: Path) -> None:
    """A run whose schedule was reset once, and a parameter turned since."""
    app = LrtuiApp(parse("ExponentialDecay(0.1, decay_steps=250, decay_rate=0.5)"), open_link)
    async with app.run_test(size=SIZE) as pilot:

        def steps() -> int:
            return app.session.record.steps if app.session.record is not None else 0

        await pilot.press("t")
        await reach(pilot, lambda: steps() >= 480)
        await pilot.press("r")
        await reach(pilot, lambda: steps() >= 860)
        await pilot.press("space", "down", *["left"] * 3)
        await reach(
            pilot, lambda: app.session.record is not None and app.session.record.state == "paused"
        )
        app.redraw()
        await pilot.pause()
        path.write_text(without_fonts(app.export_screenshot(title="lrtui")))


async def compared(path: Path) -> None:
    """Three pins, named by what differs, and the family of another parameter."""
    others = ("OneCycle(0.1, 1280)", "WarmupStableDecay(0.08, 100, 700, 480)")
    app = LrtuiApp(parse(others[0]), open_link, cold=True)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("p")
        app.editor.open(parse(others[1]))
        await pilot.press("p")
        app.editor.open(parse("CosineDecayRestarts(0.09, 250, t_mul=2.0, m_mul=0.8)"))
        await pilot.press("p", "left")
        app.editor.open(parse("ExponentialDecay(0.1, decay_steps=300, decay_rate=0.5)"))
        await pilot.press("down", "down", "down", "f")
        await pilot.pause()
        path.write_text(without_fonts(app.export_screenshot(title="lrtui")))


def without_fonts(svg: str) -> str:
    """The picture without fonts from elsewhere: it shows with what the reader has."""
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in (("reset.svg", after_a_reset), ("compare.svg", compared)):
        asyncio.run(make(FOLDER / name))
        print(f"made {(FOLDER / name).relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
