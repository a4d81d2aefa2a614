"""Which objects of a plan words name, where grammar is loose: "cat black", "bigger clock", "both mice smaller"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flowzero.agent import lexicon as lex
from flowzero.agent.casting import head_of, words_of
from flowzero.agent.commands.command import Command, matching
from flowzero.agent.matching import number
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.tokens import Token, singular, tokenise
from flowzero.agent.wishes.words import ASPECTS, DEGREES, look
from flowzero.dss import DSS

_PRONOUNS = frozenset(["it", "they", "them", "him", "her", "he", "she", "these", "those"])
_ALL = frozenset(["everything", "everyone", "everybody"])
_WHOLE = (["the", "whole", "thing"], ["the", "whole", "lot"], ["it", "all"], ["all", "of", "it"], ["all", "of", "them"])
_LEADS = lex.DETERMINERS | lex.POSSESSIVES | frozenset(["my", "your", "our", "both", "all", "each"])


Tokens = Sequence[Token]


class Named(NamedTuple):
    """The objects that a stretch of words names; `fresh` are the words that say what they are not yet."""

    ids: tuple[str, ...]
    end: int
    definite: bool
    article: str
    fresh: tuple[str, ...] = ()
    many: int | None = None


class Scene(NamedTuple):
    """A plan, and what was spoken of last in it."""

    dss: DSS
    current: tuple[str, ...]
    first: bool = True
    """Whether nothing stands before in the sentence that was left in its own words."""

    def command(self, tokens: Sequence[Token]) -> Command:
        """The tokens as a command on the plan."""
        return Command("", tuple(tokens), self.dss, self.current)


def named(scene: Scene, tokens: Sequence[Token], i: int) -> Named | None:
    """The objects named at i, several if they are listed: "the cat", "dog and cat", "both mice", "it"."""
    first = _one(scene, tokens, i)
    while first is not None and first.end + 1 < len(tokens) and tokens[first.end].low in ("and", "&", ","):
        after = first.end + (2 if [token.low for token in tokens[first.end : first.end + 2]] == [",", "and"] else 1)
        more = _one(scene, tokens, after)
        if more is None or more.fresh or first.fresh or more.article in ("a", "an"):
            break
        first = first._replace(ids=tuple(dict.fromkeys((*first.ids, *more.ids))), end=more.end)
    return first


def _one(scene: Scene, tokens: Sequence[Token], i: int) -> Named | None:
    if i >= len(tokens):
        return None
    low = tokens[i].low
    lows = [token.low for token in tokens[i : i + 3]]
    if low in _ALL or any(lows[: len(words)] == words for words in _WHOLE):
        end = i + (1 if low in _ALL else next(len(words) for words in _WHOLE if lows[: len(words)] == words))
        return Named(tuple(item.id for item in scene.dss.objects), end, definite=True, article="all")
    if low == "all" and len(lows) > 1 and (lows[1] in ASPECTS or lows[1] in DEGREES):
        return Named(tuple(item.id for item in scene.dss.objects), i + 1, definite=True, article="all")
    if (low in _PRONOUNS and head_at(scene, tokens, i + 1) is None) or (low in ("this", "that") and _alone(tokens, i + 1)):
        return Named(scene.current, i + 1, definite=True, article="it") if scene.current else None
    if lows[:3] in (["both", "of", "them"], ["all", "of", "them"]) or (low == "both" and head_at(scene, tokens, i + 1) is None):
        several = scene.current if len(scene.current) > 1 else tuple(item.id for item in scene.dss.objects)
        wrong = low == "both" and len(several) != 2
        return None if wrong else Named(several, i + (3 if lows[1:2] == ["of"] else 1), definite=True, article="all")
    return _noun(scene, tokens, i)


def _alone(tokens: Sequence[Token], i: int) -> bool:
    return i >= len(tokens) or tokens[i].low in lex.AUXILIARIES or not tokens[i].word


def head_at(scene: Scene, tokens: Sequence[Token], i: int) -> int | None:
    """Where the noun stands of the phrase that begins at i and names an object of the plan."""
    heads = {head_of(item.phrase).split()[-1] if head_of(item.phrase) else item.id for item in scene.dss.objects}
    bearing = {word for item in scene.dss.objects for word in words_of(item.phrase)}
    for k in range(i, min(i + 5, len(tokens))):
        low = tokens[k].low
        if singular(low) in heads or low in heads:
            following = tokens[k + 1].low if k + 1 < len(tokens) else ""
            if singular(following) in heads and following not in ASPECTS:
                continue
            return k
        if not (
            (k == i and low in _LEADS) or low in bearing or low in lex.ORDINALS or low in lex.ACROSS or low in ASPECTS
            or look(low) or low in _LEADS or number(low) is not None or low in lex.SHADES
        ):  # fmt: skip
            return None
    return None


def _noun(scene: Scene, tokens: Sequence[Token], i: int) -> Named | None:
    k = head_at(scene, tokens, i)
    if k is None:
        phrase = noun_phrase(tokens, i)
        ids = matching(scene.command(tokens), phrase) if phrase is not None and phrase.definite and phrase.noun else ()
        return Named(ids, phrase.end, definite=True, article="the") if ids and phrase is not None else None
    said = tokens[i : k + 1]
    start = next((j for j, token in enumerate(said) if token.low not in _LEADS), 0)
    article = said[0].low if start else ""
    count = next((int(value) for token in said if (value := number(token.low)) is not None and value == int(value)), None)
    noun = said[-1].low
    alike = [item for item in scene.dss.objects if head_of(item.phrase).split()[-1:] in ([singular(noun)], [noun])]
    known = {word for item in alike for word in words_of(item.phrase)}
    free = [
        token.low for token in said[start:-1]
        if token.low not in known and token.low not in lex.ORDINALS and token.low not in lex.ACROSS
        and number(token.low) is None
    ]  # fmt: skip
    kept = [token for token in said if token.low not in free and number(token.low) is None]
    if article in ("a", "an"):
        kept = kept[1:]
    lead = () if kept and kept[0].low in _LEADS else tokenise("the")
    phrase = noun_phrase((*lead, *kept), 0)
    ids = matching(scene.command(tokens), phrase)
    own = tuple(item_id for item_id in ids if any(item.id == item_id for item in alike))
    ids = own or ids
    if not ids or (count is not None and article and count != len(ids)):
        return None
    if article in ("both", "these", "those", "all") and len(ids) < 2:
        return None
    definite = article in _LEADS - {"a", "an", "another", "some"} and article != ""
    return Named(ids, k + 1, definite, article, tuple(free), count)


def alike(scene: Scene, who: Named) -> list[str]:
    """Ids of all objects of the kind of those."""
    nouns = {scene.dss.object(item_id).phrase.split()[-1] for item_id in who.ids}
    return [item.id for item in scene.dss.objects if item.phrase.split()[-1] in nouns]
