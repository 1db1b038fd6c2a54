"""Run as a program: one of several processes on one index, whose catalogue is a log that only ever grows."""

from __future__ import annotations

import sys
from pathlib import Path

from faircut.index import live, multi_hash
from faircut.index.live import LiveIndex
from faircut.index.multi_hash import HammingScheme
from support.catalogue import FakeCatalogue
from support.index_films import ALGORITHM, check, film

live.FLUSH_ROWS, live.STEP_ROWS, live.SEGMENT_ROWS = 30, 100, 300
multi_hash.EXHAUSTIVE, multi_hash._LEAST_TABLED = -1, 0


class LoggedCatalogue(FakeCatalogue):
    """Follows a log of "put N", "remove N" and "end". Does what is new when it is asked for its revision."""

    log: Path
    lines: int = 0
    ended: bool = False

    def revision(self) -> int:
        text = self.log.read_text(encoding="utf-8")
        for line in text[: text.rfind("\n") + 1].splitlines()[self.lines :]:
            self.lines += 1
            what, _, number = line.partition(" ")
            if what == "put":
                self.put(film(int(number)), name=f"film {number}")
            elif what == "remove":
                self.remove(self.references[f"film {number}"])
            else:
                self.ended = True
        return self.changes


class Frozen:
    """The catalogue as it was when the index last looked: what a view must agree with."""

    def __init__(self, index: LiveIndex[HammingScheme], catalogue: LoggedCatalogue) -> None:
        self._view = index.view()
        self.registered = catalogue.registered
        self.fingerprints = catalogue.fingerprints

    def view(self):
        return self._view


def main(log: Path, folder: Path, role: str) -> int:
    catalogue = LoggedCatalogue()
    catalogue.log = log
    index = LiveIndex(catalogue, ALGORITHM, HammingScheme(min_quality=20), folder=folder)
    frozen = Frozen(index, catalogue)
    check(frozen, catalogue)
    if role == "write":
        sys.stdin.read()
        with log.open("a", encoding="utf-8") as file:
            for number in range(1, 40):
                file.write(f"put {number}\n" + (f"remove {number // 2}\n" if number % 4 == 3 else ""))
                file.flush()
                check(Frozen(index, catalogue), catalogue)
                if number % 20 == 0:
                    index.compact()
            file.write("end\n")
        return 0
    sys.stdout.write("looking\n")
    sys.stdout.flush()
    looks = 0
    while not catalogue.ended:
        check(Frozen(index, catalogue), catalogue)
        looks += 1
    assert len(index.view().numbers()) == 40 - 10
    sys.stdout.write(f"{looks}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
