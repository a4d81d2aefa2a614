"""Distils WordNet 3.0 into the word list that reading falls back on: what kind of word a word is, one line a word.

    python -m training.wordnet DIR

where DIR holds WordNet's database files, such as /usr/share/wordnet of Debian's package wordnet-base. A line is a word and its
kinds, the most frequent first: `n` a noun, `v` a verb, `a` an adjective, `r` an adverb. A noun is followed by what it mostly
names (`t` something that can be drawn, `w` seldom so, `p` a place, `g` several, `h` a time, `x` nothing that can be seen), a
verb by the family of its first senses (`m` travels, `u` rises, `d` falls, `x` any other) and by how it goes (`g` on foot, `f`
through the air, `s` through water, `h` in haste). An irregular form is followed by `=` and what it is a form of.
Pairs of words, joined by `_`, are nouns whose last word could be taken for a verb, such as `trash_can`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

OUT = Path(__file__).parents[1] / "flowzero" / "agent" / "english.txt"

_DRAWN = {
    5,
    6,
    8,
    13,
    17,
    18,
    20,
    25,
}  # animal, artifact, body, food, object, person, plant, shape: WordNet's lexicographer files
_LOCATION, _GROUP, _PHENOMENON, _SUBSTANCE, _TIME, _MOTION = 15, 14, 19, 27, 28, 38
_FABLED = {("imaginary_being", 1), ("spiritual_being", 1), ("written_communication", 1), ("sign", 2)}
_PLACES = {
    ("building", 1), ("room", 1), ("way", 1), ("land", 4), ("body_of_water", 1), ("tract", 1), ("geological_formation", 1),
    ("country", 1), ("region", 3), ("area", 5), ("structure", 1), ("vegetation", 1), ("geographical_area", 1),
}  # fmt: skip
_FAMILIES = {"u": {("rise", 1), ("arise", 5)}, "d": {("descend", 1), ("fall", 1)}, "m": {("travel", 1)}}
_WAYS = {
    "g": {("walk", 1), ("run", 1), ("crawl", 1), ("hike", 1)}, "f": {("fly", 1)}, "s": {("swim", 1), ("sail", 1)},
    "h": {("rush", 1), ("run", 1)},
}  # fmt: skip


class Synset(NamedTuple):
    """One sense that words share."""

    file: int
    above: tuple[str, ...]


class Database:
    """The synsets of one part of speech, and each word's senses, the most frequent first."""

    def __init__(self, folder: Path, name: str) -> None:
        self.synsets = dict(_synsets(folder / f"data.{name}"))
        self.senses = dict(_senses(folder / f"index.{name}"))

    def above(self, offset: str) -> set[str]:
        """A synset and all that it is a kind of."""
        found: set[str] = set()
        todo = [offset]
        while todo:
            at = todo.pop()
            if at not in found:
                found.add(at)
                todo += self.synsets[at].above
        return found

    def named(self, names: set[tuple[str, int]]) -> set[str]:
        """The synsets of words in the given senses; senses that WordNet lacks are left out."""
        return {self.senses[word][k - 1] for word, k in names if len(self.senses.get(word, ())) >= k}


def _lines(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.startswith(" "):
            yield line.split(" | ")[0].split()


def _synsets(path: Path) -> Iterator[tuple[str, Synset]]:
    for part in _lines(path):
        pointers = 4 + 2 * int(part[3], 16)
        links = [part[pointers + 1 + 4 * k : pointers + 5 + 4 * k] for k in range(int(part[pointers]))]
        yield part[0], Synset(int(part[1]), tuple(link[1] for link in links if link[0] in ("@", "@i")))


def _senses(path: Path) -> Iterator[tuple[str, list[str]]]:
    for part in _lines(path):
        yield part[0], part[-int(part[2]) :]


def _counts(folder: Path) -> dict[tuple[str, str], int]:
    """How often each word was seen as each part of speech, in the corpus that WordNet's makers tagged."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for key, _, count in (line.split() for line in (folder / "cntlist.rev").read_text().splitlines()):
        word, _, sense = key.partition("%")
        counts[word, {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}[sense[0]]] += int(count)
    return counts


def _noun(nouns: Database, places: set[str], fabled: set[str], word: str) -> str:
    files = [nouns.synsets[offset].file for offset in nouns.senses[word]]
    first = nouns.above(nouns.senses[word][0])
    if files[0] == _LOCATION or places & first:
        return "p"
    if files[0] in _DRAWN or fabled & first:
        return "t"
    if files[0] == _GROUP:
        return "g"
    if set(files[:3]) & (_DRAWN | {_LOCATION, _SUBSTANCE, _PHENOMENON}):
        return "w"
    return "h" if files[0] == _TIME else "x"


def _verb(verbs: Database, families: dict[str, set[str]], ways: dict[str, set[str]], word: str) -> str:
    for offset in verbs.senses[word][:2]:
        above = verbs.above(offset)
        for family, roots in families.items():
            if verbs.synsets[offset].file == _MOTION and above & roots:
                return family + "".join(way for way, under in ways.items() if above & under)
    return "x"


def distilled(folder: Path) -> list[str]:
    """The lines of the word list, in order."""
    nouns, verbs = Database(folder, "noun"), Database(folder, "verb")
    counts = _counts(folder)
    places, fabled = nouns.named(_PLACES), nouns.named(_FABLED)
    families = {name: verbs.named(roots) for name, roots in _FAMILIES.items()}
    ways = {name: verbs.named(roots) for name, roots in _WAYS.items()}
    kinds: dict[str, list[str]] = defaultdict(list)
    for word in filter(_plain, nouns.senses):
        kinds[word].append(f"n{_noun(nouns, places, fabled, word)}")
    for word in filter(_plain, verbs.senses):
        kinds[word].append(f"v{_verb(verbs, families, ways, word)}")
    for pair in nouns.senses:
        first, _, last = pair.partition("_")
        if _plain(first) and _plain(last) and (last in verbs.senses or last == "can"):
            kinds[pair].append(f"n{_noun(nouns, places, fabled, pair)}")
    for name, letter in (("adj", "a"), ("adv", "r")):
        for word in filter(_plain, (part[0] for part in _lines(folder / f"index.{name}"))):
            kinds[word].append(letter)
    lines = [f"{word} {','.join(sorted(kind, key=lambda k: -counts[word, k[0]]))}" for word, kind in kinds.items()]
    for name, letter in (("verb", "v"), ("noun", "n")):
        for form, *bases in (line.split() for line in (folder / f"{name}.exc").read_text().splitlines()):
            if _plain(form) and _plain(bases[0]) and form != bases[0]:
                lines.append(f"{form} {letter}={bases[0]}")
    return sorted(lines)


def _plain(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) > 1


if __name__ == "__main__":
    OUT.write_text("\n" + "\n".join(distilled(Path(sys.argv[1]))) + "\n", encoding="ascii")
