"""One name, one meaning: a class name that two rooms share is looked up twice."""

import ast
from collections import defaultdict
from pathlib import Path

import lrtui

HOME = Path(lrtui.__file__).parent

SAME_THING = {
    # The step of a training on TensorFlow, on JAX and on PyTorch: who imports one knows no other.
    "Step": "live/backends",
}


def test_a_public_class_has_a_name_of_its_own() -> None:
    homes = defaultdict(list)
    for file in HOME.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(file.relative_to(HOME)))
    shared = {
        name: sorted(files)
        for name, files in homes.items()
        if len(files) > 1 and not all(one.startswith(SAME_THING.get(name, "-")) for one in files)
    }
    assert not shared, "give one of them another name"
