"""``python -m cornerman`` is the console script."""

import sys

from cornerman.cli import main

sys.exit(main())
