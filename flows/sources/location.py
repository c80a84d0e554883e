"""Whether a path leads to a file that may be opened at all."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from flows.sources.refusal import refuse
from instruments.errors import ExportError

# Endings that browsers, copiers and office programs give to a file they are still writing.
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".swp")
UNFINISHED_STARTS = ("~$", ".~lock.")
UNSAFE_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")


def check_location(path: Path) -> os.stat_result:
    """Return the state of a regular file with a plain name, or refuse it."""
    _check_name(path)
    state = _read_state(path)
    if stat.S_ISLNK(state.st_mode):
        raise refuse(path, "E_LINK", "The file is a link to somewhere else.",
                     fix="Copy the file itself into the folder.")  # fmt: skip
    if not stat.S_ISREG(state.st_mode):
        raise refuse(path, "E_UNREADABLE", "This is a folder or a device, not a file.",
                     fix="Name one export file.")  # fmt: skip
    _check_is_finished(path)
    return state


def explain_unreadable(path: Path, error: OSError) -> ExportError:
    """Return the refusal of a file that the system would not open or read."""
    reason = "cannot be found" if isinstance(error, FileNotFoundError) else "cannot be read"
    return refuse(path, "E_UNREADABLE", f"The file {reason}.",
                  fix="Check that it is there, that you may read it, and that no other program "
                  "holds it open.")  # fmt: skip


def check_unchanged(path: Path, size: int, modified_ns: int) -> None:
    """Refuse a file that is no longer what it was when reading began."""
    now = _read_state(path)
    if (size, modified_ns) != (now.st_size, now.st_mtime_ns):
        raise explain_busy(path)


def _check_name(path: Path) -> None:
    unseen = any(unicodedata.category(c) in UNSAFE_CATEGORIES for c in path.name)
    if unseen or ".." in path.name or "\\" in path.name or not path.name:
        # The name itself stays out of the message: it would break lines, or mislead.
        raise ExportError("E_NAME", 'The file\'s name holds an unseen character, "\\" or "..".',
                          where="the folder of exports",
                          fix="Rename the file with letters, digits, - and _ only.")  # fmt: skip


def _check_is_finished(path: Path) -> None:
    name = path.name.casefold()
    if name.endswith(UNFINISHED) or name.startswith(UNFINISHED_STARTS):
        raise explain_busy(path)


def explain_busy(path: Path) -> ExportError:
    """Return the refusal of a file that is not finished."""
    return refuse(path, "E_BUSY", "The file is still being written.",
                  fix="Wait until the export or download is complete, then try again.")  # fmt: skip


def _read_state(path: Path) -> os.stat_result:
    try:
        return path.lstat()
    except (OSError, ValueError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise explain_unreadable(path, cause) from None
