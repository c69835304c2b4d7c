"""Run the command line as ``python -m trodden``."""

import sys

from trodden.cli import main

sys.exit(main())
