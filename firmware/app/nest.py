"""A folder for the small files that are written all the time, and that moves on every day.

littlefs keeps files of up to 128 octets inside the two blocks of their folder and stays with such
a pair for 101 erases. Written every ten minutes that is a fortnight in one place, then another
place, by chance one that had its turn before: 720 erases of one block in ten simulated years,
where the mean is 140. A new folder is a new pair of blocks. So the files live in n0, n1, n2, ...:
turn() makes the next folder, and the one before it stays until the turn after, as what is read
when the new one has nothing yet.
"""

import os


class Nest:
    """The folders under `parent`, which must exist. OSError when none can be made."""

    def __init__(self, parent: str):
        self._parent = parent + "/n"
        self.start()

    def start(self) -> None:
        """Find the folder in use, or make the first one."""
        numbers = self._numbers()
        if numbers:
            self._number = max(numbers)
        else:
            self._number = 0
            os.mkdir(self.folder())

    def folder(self, back: int = 0) -> str:
        """The path of the folder in use, or of the one before it (back = 1)."""
        return self._parent + str(self._number - back)

    def turn(self) -> None:
        """Go on to a new folder, and remove those that are no longer read. A file that nobody has
        written since moves on with it."""
        os.mkdir(self._parent + str(self._number + 1))
        self._number += 1
        keep = self.folder(1)
        newer = [entry[0] for entry in os.ilistdir(keep)]
        for number in sorted(self._numbers(), reverse=True)[2:]:
            folder = self._parent + str(number)
            for name in [entry[0] for entry in os.ilistdir(folder)]:
                if name in newer:
                    os.remove(folder + "/" + name)
                else:
                    os.rename(folder + "/" + name, keep + "/" + name)
                    newer.append(name)
            os.rmdir(folder)

    def _numbers(self):
        numbers = []
        for entry in os.ilistdir(self._parent[:-2]):
            name = entry[0]
            if name[0] == "n" and name[1:].isdigit():
                numbers.append(int(name[1:]))
        return numbers
