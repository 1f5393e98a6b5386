"""`python -m bot` is `promobot`."""

import sys

from bot.cli import main

sys.exit(main())
