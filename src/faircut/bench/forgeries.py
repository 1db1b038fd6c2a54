"""Edited copies of what is registered, for a red team that uploads them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from faircut.bench import clips, encoding
from faircut.bench.edits import EDITS, Edit, Form
from faircut.bench.pictures import bounded
from faircut.domain import MediaKind, Reference

_SECONDS = 8.0
_LONGEST = 960
_FITTING: dict[MediaKind, Callable[[Edit], bool]] = {
    MediaKind.VIDEO: lambda edit: edit.form is not Form.IMAGE,
    MediaKind.IMAGE: lambda edit: edit.form is not Form.SOUND and edit.still,
    MediaKind.AUDIO: lambda edit: edit.form is Form.SOUND,
}


def forgeries(
    references: Sequence[Reference],
    file_of: Callable[[str], Path],
    folder: Path,
    *,
    count: int,
    seed: int,
    allowed: Callable[[str], bool] = lambda _name: True,
) -> Iterator[tuple[str, Path]]:
    """So many edited copies of excerpts, with the name of the edit; each file is removed when the next is asked for.

    ``file_of`` gives the kept file of a reference by its id. Raises UnreadableMedia, NotFound.
    """
    fitting = [each for each in references if each.negative is None and each.kind in _FITTING]
    dice = random.Random(f"{seed}/{','.join(each.digest for each in fitting)}")  # noqa: S311  dice, no secret
    for number in range(count if fitting else 0):
        reference = dice.choice(fitting)
        edits = [each for each in EDITS.values() if _FITTING[reference.kind](each) and allowed(each.name)]
        if not edits:
            return
        edit = dice.choice(edits)
        path = _made(reference, edit, file_of(reference.id), folder / f"copy-{number}.mp4", dice)
        yield edit.name, path
        path.unlink()


def _made(reference: Reference, edit: Edit, file: Path, path: Path, dice: random.Random) -> Path:
    seed = dice.randrange(2**31)
    if reference.kind is MediaKind.IMAGE:
        picture = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
        shown = bounded(np.asarray(picture, np.uint8), _LONGEST)
        return encoding.write_picture(path.with_suffix(".jpg"), edit.apply(shown, seed))
    start = dice.uniform(0.0, max(0.0, (reference.duration or 0.0) - _SECONDS))
    sounds = reference.kind is MediaKind.AUDIO
    footage = clips.heard(file, start, _SECONDS) if sounds else clips.cut(file, start, _SECONDS, longest=_LONGEST)
    return clips.write(clips.edited(footage, edit, seed=seed), edit, path).path


__all__ = ["forgeries"]
