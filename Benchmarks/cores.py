"""Which cores the server runs on and which the load generators."""

from __future__ import annotations

import os
import typing

# Two for the server, and one for each of the two generators.
CORES_MIN = 4


class Cores(typing.NamedTuple):
    server: set[int]
    quiet: set[int]
    loud: set[int]

    @staticmethod
    def shared() -> Cores:
        """All for everybody: a generator's thread waits behind the server's."""
        all_cores = os.sched_getaffinity(0)
        return Cores(all_cores, all_cores, all_cores)

    @staticmethod
    def apart() -> Cores:
        """Those of nobody else for each: latencies are the server's own."""
        *server, quiet, loud = sorted(os.sched_getaffinity(0))
        return Cores(set(server), {quiet}, {loud})

    def __str__(self) -> str:
        if self.server == self.quiet:
            return f"server and generators share {len(self.server)} cores"
        names = (",".join(map(str, sorted(cores))) for cores in self)
        return "the server on cores {}; generators: quiet on {}, the flood on {}".format(*names)


def are_enough() -> bool:
    return len(os.sched_getaffinity(0)) >= CORES_MIN


def stay_on(cores: set[int]):
    """Keeps the calling thread, and the processes that it starts from now on, to some cores."""
    os.sched_setaffinity(0, cores)
