"""The noun of a phrase that names one thing: in "a lemon yellow tram" that is the tram, in "a dragon-shaped kite" the kite.

In the text of a prompt a noun phrase ends where its first noun can, as a verb may follow. Where somebody has said that all of
it is one phrase, its noun is the last one before what follows nouns ("of stone", "with a hat").
"""

from __future__ import annotations

from dataclasses import replace

from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.names import phrase_or_name
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.tokens import singular, tokenise

_NO_PART = (
    lex.DETERMINERS
    | lex.PREPOSITIONS
    | frozenset(["and", "or", "but", "that", "which", "who", "whose", "like", "made", "full", ","])
)
"""What does not stand between a noun and what describes it in front."""


def described(text: str) -> NounPhrase | None:
    """The noun phrase that all of the text is, or the first in it.

    What comes last in capitals is a label: "a cube B".
    """
    tokens = tokenise(text)
    found = phrase_or_name(tokens, 0)
    if found is None or not found.noun or found.alias or found.name:
        return found
    joined = {
        k for k, token in enumerate(tokens) if "-" in text[token.start - 1 : token.start] + text[token.end : token.end + 1]
    }
    breaks = (k for k in range(found.end, len(tokens)) if tokens[k].low in _NO_PART and k not in joined)
    end = next(breaks, len(tokens))
    if end == found.end or tokens[end - 1].text.isupper() or not _noun(tokens[end - 1].low):
        return found
    for k in range(found.start + 1, end):
        part = phrase_or_name(tokens[:end], k)
        if part is not None and part.noun and part.end == end:
            seen = tuple(dict.fromkeys((*found.adjectives, *part.adjectives)))
            return replace(part, start=found.start, article=found.article, count=found.count, adjectives=seen)
    return replace(found, end=end, noun=singular(tokens[end - 1].low))


def _noun(word: str) -> bool:
    """Whether a word can be one; a participle hardly is."""
    participle = word.endswith(("ing", "ed")) and english.mostly(word) != "n"
    return word[0].isalpha() and not participle and (english.as_noun(singular(word)) != "" or not english.kinds(word))
