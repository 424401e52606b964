"""ib_async 2.1 against the gateway."""

import ib_async

from insync_family import main

main(ib_async)
