"""Noun phrases: "two small red balls", "the second bird", "a bowl of fruit", "its left wing".

A phrase starts at a determiner, number, adjective or noun and ends before a verb, preposition or mark. Words that the
lexicon does
not know are nouns or adjectives by their place, so that any noun works.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.adjectives import (
    MOST,
    SIZED,
    can_start,
    continues,
    finite,
    in_full,
    is_adjective,
    is_shade,
    more_adjectives,
)
from flowzero.agent.afterwords import looks_after
from flowzero.agent.appositions import named_again
from flowzero.agent.counting import listed, number_of, times, told_after
from flowzero.agent.herds import agreeing, herd, makes_up
from flowzero.agent.phrase_ends import STOP, ends_phrase, opens_another, participle_at
from flowzero.agent.phrases import Tokens, match
from flowzero.agent.pointing import all_of_them, counted_act, of_them, points
from flowzero.agent.tokens import plural, singular, verb
from flowzero.agent.wordclass import (
    CONCRETE,
    neither,
    never_noun,
)

_FILLERS = frozenset(["very", "really", "quite", "slightly", "brightly", "extremely", "rather", "own"])


@dataclass(frozen=True)
class NounPhrase:
    """One noun phrase; `start` and `end` are token positions. `noun` is empty for a pronoun or an ellipsis ("the red one")."""

    start: int
    end: int
    noun: str = ""
    count: int | None = None
    exact: bool = True
    several: bool = False
    article: str = ""
    adjectives: tuple[str, ...] = ()
    spread: tuple[str, ...] = ()
    ordinal: int | None = None
    another: bool = False
    pronoun: str = ""
    name: bool = False
    extra: str = ""
    alias: str = ""
    """What it is called, as in "a dog named Rex"."""
    aliases: tuple[str, ...] = ()
    """What each of several is called, as in "our cats Tom and Jerry"."""
    also: str = ""
    """What else it is called, as a dog in "his dog, a scruffy terrier, runs"."""
    among: NounPhrase | None = None
    """Of which some are meant, as in "two of the five birds"."""

    @property
    def definite(self) -> bool:
        """Whether it may speak of something mentioned before."""
        return self.article in ("the", "that", "this", "these", "those", "both", "each", "its") or self.ordinal is not None

    @property
    def abstract(self) -> bool:
        """Whether it names nothing that one could draw or be at, as "haste" and "the same time"."""
        head = self.noun.split()[-1] if self.noun else ""
        if not head or head in CONCRETE or vocabulary.find(self.noun) is not None or vocabulary.find_setting(self.noun):
            return False
        return english.as_noun(head) in ("nx", "nh")


_seen = threading.local()
"""The text that this thread reads, and the noun phrases found in it: phrases within phrases are asked for again and again."""


def noun_phrase(tokens: Tokens, i: int, *, bare: bool = True, short: bool = False) -> NounPhrase | None:
    """The noun phrase at i; `bare` allows one without determiner, number or adjective, `short` leaves out what follows it."""
    if getattr(_seen, "tokens", None) is not tokens:
        _seen.tokens, _seen.phrases = tokens, {}
    found: dict[tuple[int, bool, bool], NounPhrase | None] = _seen.phrases
    key = i, bare, short
    if key not in found:
        found[key] = _phrase_at(tokens, i, bare=bare, short=short)
    return found[key]


def _phrase_at(tokens: Tokens, i: int, *, bare: bool, short: bool) -> NounPhrase | None:  # noqa: PLR0911
    if i >= len(tokens):
        return None
    low = tokens[i].low
    hurried = low in ("just", "only") and i + 1 < len(tokens) and tokens[i + 1].low.endswith("s") and verb(tokens[i + 1].low)
    if low in lex.NOBODY or hurried:
        return None
    if (some := _some_of(tokens, i)) is not None:
        return some
    if low in lex.PRONOUNS and not (low in ("one", "both") and continues(tokens, i + 1)):
        return NounPhrase(i, of_them(tokens, i + 1), pronoun=low, several=low in ("they", "them", "both", "ones"))
    if low in ("those", "these") and not continues(tokens, i + 1):
        return NounPhrase(i, i + 1, pronoun="them", several=True)
    if low in ("that", "this") and points(tokens, i):
        return NounPhrase(i, i + 1, pronoun="it")
    if (whole := all_of_them(tokens, i)) is not None:
        return NounPhrase(i, whole[0], pronoun="they", several=True, count=whole[1], article="all")
    if low == "her" and (not continues(tokens, i + 1) or match(tokens, i + 1, "a|an|the|another")):
        return NounPhrase(i, i + 1, pronoun="she")
    if hit := match(tokens, i, "each", "other") or match(tokens, i, "one", "another"):
        return NounPhrase(i, hit[0], pronoun="each other", several=True)
    j, head = _quantity(tokens, i)
    found = _rest(tokens, i, j, head, bare=bare)
    if (
        found is not None
        and found.ordinal not in (None, -2)
        and (side := match(tokens, found.end, "from", "the", "left|right|top|bottom"))
    ):
        last = side[1][2] in ("right", "bottom")  # as in "the second lamp from the right"
        found = replace(found, end=side[0], ordinal=-abs(found.ordinal) if last else found.ordinal)
    return found if found is None or short or not found.noun else _with_more(tokens, agreeing(tokens, found))


def _with_more(tokens: Tokens, phrase: NounPhrase) -> NounPhrase:
    """With what is told after the noun: of what, in what, how many, what they look like, and what else they are called."""
    several = herd(tokens, phrase)
    if several is phrase:
        several = told_after(tokens, listed(tokens, _with_of(tokens, phrase)))
    return named_again(tokens, looks_after(tokens, several))


def _some_of(tokens: Tokens, i: int) -> NounPhrase | None:
    """As in "one of the two birds" and "two of five birds"."""
    half = tokens[i].low == "half"
    n = 2 if half else number_of(tokens, i)
    of = match(tokens, i + 1, "out?", "of") if n is not None else None
    if n is None or of is None:
        return None
    larger = (number_of(tokens, of[0]) or 0) > n
    if not larger and not match(tokens, of[0], "the|these|those|his|her|its|their|my|our"):
        return None
    whole = noun_phrase(tokens, of[0])
    if whole is None or not whole.noun or not whole.several or (half and (whole.count is None or whole.count % 2)):
        return None
    n = whole.count // 2 if half and whole.count is not None else n
    if n == 1 and (tokens[of[0] + 1].low == "most" or tokens[of[0] + 1].low.endswith("est")):
        return replace(whole, start=i, count=1, several=False, article="a")  # as in "one of the tallest trees"
    return NounPhrase(i, whole.end, pronoun="one", article="one", count=n, several=n > 1, among=whole)


def _quantity(tokens: Tokens, i: int) -> tuple[int, NounPhrase]:
    """Determiner, ordinal and number."""
    phrase = NounPhrase(i, i)
    hit = match(tokens, i, "exactly|precisely|only|just|all|about|around|both|each|half?", "of?")
    j = hit[0] if hit and hit[1][0] and not (hit[1][0] in ("about", "around") and number_of(tokens, hit[0]) is None) else i
    listed = j < len(tokens) and match(tokens, j, "a|an|the") and any(match(tokens, k, "and") for k in range(j + 2, j + 6))
    if j > i and tokens[j - 1].low == "both" and not listed:
        phrase = replace(phrase, count=2, several=True, article="both")
    while j < len(tokens):
        low = tokens[j].low
        if low in ("another", "other"):
            phrase = replace(
                phrase, another=low == "another", ordinal=-2 if low == "other" else None, article=phrase.article or "another"
            )
        elif low in lex.VAGUE and phrase.count is None:
            phrase = replace(phrase, count=lex.VAGUE[low], exact=False, several=True, article=low)
        elif low in lex.DETERMINERS or low in lex.POSSESSIVES:
            phrase = replace(phrase, article=low if low not in lex.POSSESSIVES else "its")
        elif low in lex.ORDINALS and _ordinal_here(tokens, j, phrase):
            second = phrase.article == "a" and low == "second"
            phrase = replace(phrase, ordinal=None if second else lex.ORDINALS[low], another=second or phrase.another)
        elif low == "-" and j > i:
            pass
        elif phrase.count is None and phrase.article in ("a", "an", "the") and (at := _makers(tokens, j)) is not None:
            j, phrase = at, replace(phrase, article="" if phrase.article != "the" else "the")
            continue
        elif (group := _group(tokens, j)) is not None and (phrase.article or low in lex.PLENTY or _begins(tokens, j, group[0])):
            j, n = group
            phrase = replace(phrase, count=n or 4, exact=n > 0, several=True)
            continue
        elif (n_ := number_of(tokens, j)) is not None:
            phrase = replace(phrase, count=n_, exact=True, several=n_ != 1, article=phrase.article or low)
            j += 2 if match(tokens, j + 1, "or", "so") else 0
        else:
            break
        j += 1
    return j, phrase


def _makers(tokens: Tokens, j: int) -> int | None:
    """Where the number stands in "long string of five camels", "traffic jam of eight cars"."""
    return next((at for k in (j, j + 1) if (at := makes_up(tokens, k)) is not None), None)


def _begins(tokens: Tokens, j: int, end: int) -> bool:
    """As in "queue of camels": without an article at the beginning of a text."""
    return (j == 0 or not tokens[j - 1].word) and tokens[end - 1].low == "of"


def _ordinal_here(tokens: Tokens, j: int, phrase: NounPhrase) -> bool:
    return bool(phrase.article) and phrase.article != "another"


def _group(tokens: Tokens, j: int) -> tuple[int, int] | None:
    """After "a pair of", "a small flock of": the position and the number (0 when open)."""
    for size in (1, 2):
        if j + size < len(tokens) and tokens[j + size].low == "of" and tokens[j + size - 1].low in lex.GROUPS:
            if size == 2 and tokens[j].low not in lex.ADJECTIVES:
                return None
            return j + size + 1, lex.GROUPS[tokens[j + size - 1].low]
    if tokens[j].low in ("dozen", "couple") and j + 1 < len(tokens) and tokens[j + 1].word and not _is_a_couple(tokens, j):
        return (3 if match(tokens, j + 1, "or", "so") else 1) + j, lex.GROUPS[tokens[j].low]
    return None


def _is_a_couple(tokens: Tokens, j: int) -> bool:
    """As in "a couple walks by" and "a couple in love": two people, and not two of what follows."""
    low, follows = tokens[j].low, tokens[j + 1].low
    acts = verb(follows) is not None and follows.endswith(("s", "ing")) and not vocabulary.is_thing(singular(follows))
    return low == "couple" and (acts or follows in STOP or follows in lex.AUXILIARIES)


def _rest(tokens: Tokens, start: int, j: int, phrase: NounPhrase, *, bare: bool) -> NounPhrase | None:  # noqa: C901, PLR0912, PLR0915
    """Adjectives and nouns after the quantity."""
    if (others := _others(tokens, start, j, phrase)) is not None:
        return others
    adjectives: list[str] = []
    nouns: list[str] = []
    spread = False
    given = j > start
    while j < len(tokens):
        low = tokens[j].low
        after = tokens[j + 1].low if j + 1 < len(tokens) else ""
        if low in (",", "and", "&", "or") and adjectives and not nouns and more_adjectives(tokens, j + 1):
            spread = spread or adjectives[-1] in lex.COLOURS
            j += 2 if after == "and" and low == "," else 1
            continue
        if low == "-" and (adjectives or nouns) and after.isalpha() and tokens[j].start == tokens[j - 1].end:
            j += 1
            continue
        if low in lex.STYLE and low[0].isdigit() and not nouns:
            j += 1
            continue
        acts = low.endswith("s") and verb(low) is not None and (phrase.article in ("a", "an") or phrase.count == 1)
        if nouns and times(tokens, j) is not None:
            break
        one = bool(nouns) and not acts and english.pair(nouns[-1], singular(low)) and not vocabulary.is_thing(nouns[-1])
        tin = bool(nouns) and low == "can" and after.endswith("s") and verb(after) is not None  # as in "a metal can rusts"
        if one or tin or _is_a_stop(tokens, start, j, nouns):
            nouns.append(low)
            j += 1
            continue
        if not nouns and neither(tokens, j):
            nouns.append(low)
            j += 1
            continue
        if low == "square" and nouns and nouns[-1] in lex.SETTINGS:  # as in "a village square"
            nouns.append(low)
            j += 1
            continue
        if low == "round" and given and not nouns and after.isalpha() and after not in STOP | lex.DETERMINERS:
            adjectives.append(low)  # as in "a round bowl"
            j += 1
            continue
        its_back = low == "back" and phrase.article == "its" and not nouns
        if not tokens[j].word or (low in STOP and not its_back) or opens_another(tokens, j):
            break
        if low in lex.COMPARATIVES and not (given and not nouns and after.isalpha() and after != "than" and low in SIZED):
            break
        if low in lex.COMPARATIVES:  # as in "a smaller satellite"
            adjectives.append(SIZED[low])
            phrase = replace(phrase, another=phrase.article in ("a", "an"))
            j += 1
            continue
        if low in MOST and not nouns:  # as in "the smallest one"
            adjectives.append(MOST[low])
            j += 1
            if after.endswith("s") and finite(tokens, j):
                return replace(phrase, start=start, end=j, pronoun="one", adjectives=tuple(adjectives))
            continue
        if not nouns and (low in _FILLERS or (given and after in lex.COLOURS and is_shade(tokens, j))):
            j += 1
            continue
        if adjectives and not nouns and phrase.article == "the" and (n := _those(tokens, j)):
            several = n > 1
            return replace(
                phrase, start=start, end=j + 1, pronoun="one", count=n, several=several, adjectives=tuple(adjectives)
            )
        if nouns and (nouns[-1] in ("one", "ones", "foreground", "background") or ends_phrase(tokens, j, nouns, phrase)):
            break
        if (
            phrase.article == "the"
            and not nouns
            and adjectives[-1:]
            and adjectives[-1] in lex.COLOURS
            and participle_at(tokens, j)
        ):
            break  # as in "the red rising"
        if not nouns and is_adjective(tokens, j, phrase, given=given or bool(adjectives)):
            adjectives.append(in_full(tokens[j]))
        elif (
            (not nouns and not given and not adjectives and (not bare or not can_start(tokens, j)))
            or (not nouns and (phrase.ordinal is not None or phrase.another) and finite(tokens, j))
            or (not nouns and adjectives in ([], ["more"]) and counted_act(tokens, j, phrase.count))
            or (not nouns and phrase.ordinal is not None and low.endswith("s") and verb(low) and not continues(tokens, j + 1))
            or (low in lex.ADVERBS and not (low == "back" or (low == "well" and phrase.article)))
            or low in lex.FUNCTION
            or (low == "half" and match(tokens, j + 1, "way"))
            or (nouns and low == "high" and (not after.isalpha() or after in STOP))  # as in "throws a ball high into the air"
            or (nouns and match(tokens, j, "#", "times"))
            or never_noun(low)
        ):
            break
        else:
            nouns.append(low)
        j += 1
    if not nouns:
        return _elliptic(tokens, start, j, phrase, adjectives)
    if nouns[-1] in ("one", "ones") and len(nouns) == 1:
        several = phrase.several or nouns[-1] == "ones"
        return replace(phrase, start=start, end=j, adjectives=tuple(adjectives), pronoun="one", noun="", several=several)
    if phrase.article == "no":
        phrase = replace(phrase, count=0)
    several = phrase.several or (phrase.count is None and phrase.article not in ("a", "an", "another") and plural(nouns[-1]))
    nouns[-1] = singular(nouns[-1])
    name = not phrase.article and phrase.count is None and tokens[j - 1].text[:1].isupper() and start > 0
    colours = tuple(word for word in adjectives if word in lex.COLOURS) if spread and several else ()
    return replace(
        phrase,
        start=start,
        end=j,
        noun=" ".join(nouns),
        adjectives=tuple(adjectives),
        several=several,
        spread=colours,
        name=name,
    )


def _counted(phrase: NounPhrase) -> bool:
    return not phrase.article or phrase.count not in (None, 1)


def _is_a_stop(tokens: Tokens, start: int, j: int, nouns: list[str]) -> bool:
    """As in "at the bus stop": of one bus it would be said that it stops."""
    led = start > 0 and tokens[start - 1].low in lex.PREPOSITIONS
    return led and tokens[j].low == "stop" and len(nouns) == 1 and singular(nouns[0]) == nouns[0]


def _those(tokens: Tokens, j: int) -> int:
    """How many those are that a number without a noun stands for, as in "the grey two stay"; 0 if none does."""
    n = number_of(tokens, j)
    return n if n is not None and tokens[j].low != "one" and not continues(tokens, j + 1) else 0


def _others(tokens: Tokens, start: int, j: int, phrase: NounPhrase) -> NounPhrase | None:
    """As in "the others", "the rest of them" and, of more of the same, "two others"."""
    low = tokens[j].low if j < len(tokens) else ""
    if low == "others" or (low == "rest" and phrase.article == "the" and not continues(tokens, j + 1)):
        some = low == "others" and phrase.article != "the"
        end = of_them(tokens, j + 1)
        if some:
            return replace(
                phrase, start=start, end=end, pronoun="one", several=True, adjectives=("more",), count=phrase.count or 3
            )
        return replace(phrase, start=start, end=end, pronoun="one", several=True, ordinal=-2)
    return None


def _elliptic(tokens: Tokens, start: int, j: int, phrase: NounPhrase, adjectives: list[str]) -> NounPhrase | None:
    """As in "the other", "the first", "another", "three", "the red" without a noun."""
    if (
        phrase.ordinal is not None
        or phrase.another
        or (adjectives == ["more"] and counted_act(tokens, j, phrase.count))
        or (phrase.count is not None and j > start)
    ):
        return replace(phrase, start=start, end=of_them(tokens, j), pronoun="one", adjectives=tuple(adjectives))
    if adjectives and phrase.article == "the" and adjectives[-1] in lex.COLOURS:
        return replace(phrase, start=start, end=j, pronoun="one", adjectives=tuple(adjectives))
    return None


def _with_of(tokens: Tokens, phrase: NounPhrase) -> NounPhrase:
    """Take in what "of", "with" or "wearing" adds to a thing's looks: "a bowl of fruit", "a man in a red hat"."""
    j = phrase.end
    if phrase.noun.split()[-1] in lex.MEDIA:
        return phrase
    if hit := match(tokens, j, "of"):
        inner = noun_phrase(tokens, hit[0])
        if inner and inner.noun and inner.noun not in lex.MEDIA and phrase.noun not in lex.PARTS:
            return replace(phrase, end=inner.end, extra=_text(tokens, j, inner.end))
    full = match(tokens, j, "full|filled|loaded|covered|made|packed|topped", "of|with|in")
    if full and (inner := noun_phrase(tokens, full[0])) and inner.noun and not inner.article:
        phrase = replace(phrase, end=inner.end, extra=f"{phrase.extra} {_text(tokens, j, inner.end)}".strip())
        j = inner.end
    while hit := match(tokens, j, "with|wearing|in|and"):
        if tokens[j].low == "and" and not phrase.extra:
            break  # of a list, however long
        inner = noun_phrase(tokens, hit[0], short=True)
        if inner is None or not inner.noun or (_counted(inner) and match(tokens, inner.end, "on|in", "it|them")):
            break  # as in "a tray with three glasses on it"
        heads = {inner.noun.split()[-1], tokens[inner.end - 1].low}
        worn = bool(heads & lex.WEAR) or (tokens[j].low in ("with", "and") and bool(heads & lex.BODY))
        inner = noun_phrase(tokens, hit[0]) if worn else None
        if inner is None:
            break
        known = vocabulary.find(phrase.noun)
        another = tokens[j].low == "in" and known is not None and known.moves == "still"  # who sits on a bench in a red dress
        phrase = replace(
            phrase, end=inner.end, extra=phrase.extra if another else f"{phrase.extra} {_text(tokens, j, inner.end)}".strip()
        )
        j = inner.end
    return phrase


def _text(tokens: Tokens, i: int, j: int) -> str:
    return " ".join(token.low for token in tokens[i:j])
