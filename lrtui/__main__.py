"""``python -m lrtui`` and the console script."""

from lrtui.cli import main

if __name__ == "__main__":
    main()
