"""ib_insync 0.9.86 against the gateway."""

import ib_insync

from insync_family import main

main(ib_insync)
