"""Glyphs."""

from typing import Any

import numpy as np

from lrtui.tasks.base import Samples, Task, Wanted

DRAWN = """\
...#... ####### ..###.. #.....# ...#... ####### #...... #######
...#... #.....# .#...#. .#...#. ..#.#.. ...#... #...... .....#.
...#... #.....# #.....# ..#.#.. ..#.#.. ...#... #...... ....#..
####### #.....# #.....# ...#... .#...#. ...#... #...... ...#...
...#... #.....# #.....# ..#.#.. .#...#. ...#... #...... ..#....
...#... #.....# .#...#. .#...#. #.....# ...#... #...... .#.....
...#... ####### ..###.. #.....# ####### ...#... ####### #######
""".splitlines()
SIDE = 12
"""Of a picture, in pixels."""


class Glyphs(Task):
    """Names drawn glyphs, wherever they lie in a picture: a small convolution.

    Note:
        A rate may be too large to stay at and good to begin with: with momentum a constant 0.2
        ruins it, a cosine from 0.2 learns it. With sgd at 0.01 hardly anything happens.
    """

    def samples(self, random: "np.random.Generator", count: int, wanted: Wanted) -> Samples:
        """Pictures, 0 and 1 but for the noise of each pixel, and which glyph is on each."""
        drawn = np.array([[list(glyph) for glyph in line.split()] for line in DRAWN])
        glyphs = np.moveaxis(drawn == "#", 1, 0)
        size = glyphs.shape[1]
        which = random.integers(0, len(glyphs), count)
        top, left = random.integers(0, SIDE - size + 1, (2, count))
        pictures = random.normal(0, wanted.noise, (count, SIDE, SIDE))
        rows, columns = (start[:, None] + np.arange(size) for start in (top, left))
        inside = np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]
        pictures[inside] += glyphs[which]
        return pictures[..., None].astype(np.float32), which[:, None].astype(np.int32)

    def model(self, keras: Any, wanted: Wanted) -> Any:
        """Convolutions of a quarter of the width, each halving the picture while it can be."""
        layers = keras.layers
        made = [keras.Input((SIDE, SIDE, 1))]
        for layer in range(wanted.model_depth):
            stride = 2 if SIDE >> layer > 2 else 1
            channels = max(1, wanted.model_width // 4)
            made.append(layers.Conv2D(channels, 3, stride, padding="same", activation="relu"))
        return keras.Sequential([*made, layers.Flatten(), layers.Dense(len(DRAWN[0].split()))])

    def loss(self, keras: Any) -> Any:
        """Cross-entropy."""
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def metrics(self, keras: Any) -> list[Any]:
        """The share that is right."""
        return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]
