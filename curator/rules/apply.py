"""Taking out what was decided: the only place where text is cut.

A removal covers its lines and the breaks that go with them. Between two lines that stay, the longest break stays, so
paragraphs are neither torn apart nor run together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from curator.document import Removal
from curator.rules.decide import Decisions, LineDecision, SpanDecision
from curator.rules.view import View

__all__ = ["Excision", "cut", "cut_lines"]


def cut(view: View, decisions: Decisions) -> list[Removal]:
    """Return the removals for what was decided on a view: sorted, disjoint, in offsets of the view's text."""
    spans = _spans_by_line(decisions.spans)
    removals: list[Removal] = []
    gone = {**decisions.lines}
    for line, cuts in spans.items():
        if line in gone:
            continue
        pieces = _widen(view, line, cuts)
        if sum(end - start for start, end, _ in pieces) >= view.ends[line] - view.starts[line]:
            gone[line] = LineDecision(pieces[0][2].rule, pieces[0][2].value)  # nothing of the line is left
        else:
            text = view.text
            removals += (Removal(a, b, s.rule.id, s.rule.action, text[a:b]) for a, b, s in pieces)
    return sorted([*removals, *cut_lines(view, gone)], key=lambda r: r.start)


def cut_lines(view: View, gone: Mapping[int, LineDecision]) -> list[Removal]:
    """Return the removals for whole lines, in order; lines of one block come as one."""
    return [removal for run in _runs(sorted(gone)) for removal in _cut_run(view, run, gone)]


def _spans_by_line(spans: Iterable[SpanDecision]) -> dict[int, list[SpanDecision]]:
    by_line: dict[int, list[SpanDecision]] = {}
    for span in sorted(spans, key=lambda s: s.start):
        by_line.setdefault(span.line, []).append(span)
    return by_line


def _widen(view: View, line: int, cuts: Sequence[SpanDecision]) -> list[tuple[int, int, SpanDecision]]:
    """Return each span with what must go with it.

    That is the white space it would leave doubled or at an edge of the line, and the combining characters that would
    otherwise join the character before it.
    """
    text, line_start, line_end = view.text, view.starts[line], view.ends[line]
    pieces: list[tuple[int, int, SpanDecision]] = []
    floor = line_start
    for span in cuts:
        start, end = max(span.start, floor), span.end
        while end < line_end and _joins(text, start, end):
            end += 1
        if start == floor == line_start or (start > line_start and text[start - 1].isspace()):
            while end < line_end and text[end].isspace():
                end += 1
        if start < end:
            pieces.append((start, end, span))
            floor = end
    edge = line_end
    for number in reversed(range(len(pieces))):  # spans that close the line take the space before them, each in turn
        start, end, span = pieces[number]
        if end != edge:
            break
        floor = pieces[number - 1][1] if number else line_start
        while start > floor and text[start - 1].isspace():
            start -= 1
        pieces[number] = (start, end, span)
        edge = start
    return pieces


def _joins(text: str, start: int, end: int) -> bool:
    """Tell whether, with start..end gone, the characters on both sides would become another one (NFC)."""
    if unicodedata.combining(text[end]):
        return True
    return start > 0 and not unicodedata.is_normalized("NFC", text[start - 1] + text[end])


def _runs(lines: Sequence[int]) -> Iterator[range]:
    """Yield the stretches of consecutive line numbers."""
    start = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or lines[i] != lines[i - 1] + 1:
            yield range(lines[start], lines[i - 1] + 1)
            start = i


def _cut_run(view: View, run: range, gone: Mapping[int, LineDecision]) -> Iterator[Removal]:
    """Yield the removals of consecutive lines; lines of one block come as one removal."""
    text, last = view.text, len(view) - 1
    stays = _break_that_stays(view, run)
    bounds = []
    for k, line in enumerate(run):
        if k < stays:  # goes with the break before it
            start, end = view.ends[line - 1], view.ends[line]
        else:  # goes with the break after it
            start, end = view.starts[line], view.starts[line + 1] if line < last else len(text)
        bounds.append((line, 0 if line == 0 else start, len(text) if line == last else end))
    yield from _merge_blocks(text, bounds, gone)


def _break_that_stays(view: View, run: range) -> int:
    """Return which of the breaks around the lines of a run stays.

    0 is the one before the first line, len(run) the one after the last. At the start of a text none stays (-1), at its
    end none either (len(run), as the last removal reaches to the end).
    """
    if run[0] == 0:
        return -1
    if run[-1] == len(view) - 1:
        return len(run)
    breaks = [view.text.count("\n", view.ends[n - 1], view.starts[n]) for n in range(run[0], run[-1] + 2)]
    return breaks.index(max(breaks))


def _merge_blocks(
    text: str, bounds: Sequence[tuple[int, int, int]], gone: Mapping[int, LineDecision]
) -> Iterator[Removal]:
    pending: tuple[int, int, LineDecision] | None = None
    for line, start, end in bounds:
        decision = gone[line]
        if pending:
            first, last, before = pending
            if decision.block is not None and decision.block == before.block and last == start:
                pending = (first, end, before)
                continue
            yield _removal(text, *pending)
        pending = (start, end, decision)
    if pending:
        yield _removal(text, *pending)


def _removal(text: str, start: int, end: int, decision: LineDecision) -> Removal:
    return Removal(start, end, decision.rule.id, decision.rule.action, text[start:end], tuple(decision.also))


class Excision:
    """A text from which pieces are taken in several rounds, remembered as removals of the first text.

    Attributes:
        original: the text before the first round.
        text: what is left of it.
    """

    def __init__(self, original: str) -> None:
        self.original = original
        self.text = original
        self._removals: list[Removal] = []

    @property
    def removals(self) -> tuple[Removal, ...]:
        """All removals so far, in offsets of the original: sorted and disjoint."""
        return tuple(sorted(self._removals, key=lambda r: r.start))

    def take(self, removals: Sequence[Removal]) -> None:
        """Take out removals given in offsets of the present text."""
        kept = list(self._kept())
        index = 0
        for removal in removals:
            while kept[index][1] <= removal.start:
                index += 1
            # What is one piece now can be several in the original, around pieces taken earlier.
            k = index
            while k < len(kept) and kept[k][0] < removal.end:
                now_start, now_end, shift = kept[k]
                start, end = max(removal.start, now_start) + shift, min(removal.end, now_end) + shift
                same = (start, end) == (removal.start, removal.end)  # as all are in the first round; copying is slow
                piece = self.original[start:end]
                self._removals.append(removal if same else replace(removal, start=start, end=end, text=piece))
                k += 1
        parts, position = [], 0
        for removal in removals:
            parts.append(self.text[position : removal.start])
            position = removal.end
        self.text = "".join([*parts, self.text[position:]])

    def _kept(self) -> Iterator[tuple[int, int, int]]:
        """Yield the stretches still there: start and end in the present text, and what leads back to the original."""
        position = now = 0
        for removal in [*self.removals, None]:
            start = removal.start if removal else len(self.original)
            if start > position:
                yield now, now + start - position, position - now
                now += start - position
            position = removal.end if removal else start
