"""Characters."""

from typing import Any

import numpy as np

from lrtui.tasks.base import Samples, Task, Wanted

LETTERS = 8
LENGTH = 8
"""Of a word."""


class Characters(Task):
    """Repeats a word, letter by letter: a small transformer.

    Note:
        A high rate needs a warmup: with adam and a cosine from 0.03 it is learned after one of
        100 steps, and mostly not at all without: the first steps ruin it for good.
    """

    def samples(self, random: "np.random.Generator", count: int, wanted: Wanted) -> Samples:
        """Each word and its repetition but the last letter, and that repetition, as numbers.

        Noise is the share of letters that are drawn anew in the repetition.
        """
        words = random.integers(0, LETTERS, (count, LENGTH))
        drawn_anew = random.random(words.shape) < wanted.noise
        again = np.where(drawn_anew, random.integers(0, LETTERS, words.shape), words)
        text = np.concatenate([words, again[:, :-1]], axis=1)
        return text.astype(np.int32), again.astype(np.int32)

    def model(self, keras: Any, wanted: Wanted) -> Any:
        """Blocks of causal attention and a dense layer, normalized after each sum, as at first.

        One-hot letters and places: the gradients of an embedding are sparse, and not all of Keras'
        optimizers take those.
        """
        layers, ops, width = keras.layers, keras.ops, wanted.model_width
        text = keras.Input((2 * LENGTH - 1,), dtype="int32")
        letters = ops.one_hot(text, LETTERS)
        places = ops.zeros_like(letters[..., :1]) + ops.eye(2 * LENGTH - 1)
        x = layers.Dense(width)(ops.concatenate([letters, places], axis=-1))
        heads = max(1, width // 8)
        for _ in range(wanted.model_depth):
            attention = layers.MultiHeadAttention(heads, max(1, width // heads))
            x = layers.LayerNormalization()(x + attention(x, x, use_causal_mask=True))
            inner = layers.Dense(2 * width, activation="relu")(x)
            x = layers.LayerNormalization()(x + layers.Dense(width)(inner))
        return keras.Model(text, layers.Dense(LETTERS)(x[:, LENGTH - 1 :]))

    def loss(self, keras: Any) -> Any:
        """Cross-entropy."""
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def metrics(self, keras: Any) -> list[Any]:
        """The share that is right."""
        return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]
