"""``python -m sphinx_lessons.cli``."""

import sys

from sphinx_lessons.cli import main

if __name__ == "__main__":
    sys.exit(main())
