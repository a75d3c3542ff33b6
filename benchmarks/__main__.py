"""All benchmarks, one after the other: ``make bench``."""

from benchmarks import drawing, opening, training, use, values, wire

for benchmark in (opening, wire, use, drawing, values, training):
    benchmark.main()
    print()
