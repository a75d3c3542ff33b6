"""All benchmarks, one after the other: ``make bench``."""

from benchmarks import drawing, opening, training

for benchmark in (opening, drawing, training):
    benchmark.main()
    print()
