"""The sealed rows that the graph gets most wrong, looked at closely, in a share of the time left."""

from __future__ import annotations

from ninefold.core.clock import Clock
from ninefold.core.closer import Closer
from ninefold.evaluate.case import Case
from ninefold.evaluate.closer.images import images_of
from ninefold.evaluate.closer.networks import attention_of, feature_maps_of
from ninefold.evaluate.closer.series import series_of
from ninefold.evaluate.closer.texts import texts_of
from ninefold.evaluate.closer.worst import Worst

SHARE = 0.15
"""Of the time left."""
KINDS = {"image": "images", "text": "texts", "series": "series"}


def closer_of(case: Case) -> Closer | None:
    """None where there are no images, texts or series, or nothing that a row could be worst by."""
    kinds = [kind for kind in KINDS if any(case.dataset.column(name).kind == kind for name in case.model.columns)]
    if not kinds or case.problem.task == "forecast" or not len(case.rows):
        return None
    case.context.progress("looking at the worst rows", 0.95)
    worst = Worst.of(case, case.context.share(SHARE))
    looked = images_of(worst)
    return Closer(
        images=looked.images,
        texts=tuple(texts_of(worst)),
        series=tuple(series_of(worst)),
        feature_maps=feature_maps_of(worst),
        attention=tuple(attention_of(worst)),
        method=looked.method,
        explained=looked.explained,
        late=late(worst.clock, *(KINDS[kind] for kind in kinds)),
    )


def late(clock: Clock, *kinds: str) -> str:
    """What there was no time for, where it ran out."""
    if clock.left > 0:
        return ""
    return f"There was no time left to look at all of the worst {' and '.join(kinds)}; a larger --budget leaves some."
