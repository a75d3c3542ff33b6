"""No circle among our files: each can be read after those that it imports."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def test_no_file_imports_itself_through_others() -> None:
    """Imports within functions and for type checking count as well."""
    graph = grimp.build_graph("lrtui", cache_dir=None)
    imports = {one: graph.find_modules_directly_imported_by(one) for one in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail("these import each other: " + " -> ".join(reversed(error.args[1])))
