"""``python -m ninefold_runtime.cli``, as images start it."""

import sys

from ninefold_runtime.cli import main

sys.exit(main())
