"""What somebody is called again, between commas: "his dog, a scruffy terrier, runs" tells of one dog."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.nature import alive
from flowzero.agent.phrases import Tokens, match
from flowzero.agent.tokens import any_verb

if TYPE_CHECKING:
    from flowzero.agent.nouns import NounPhrase


def named_again(tokens: Tokens, phrase: NounPhrase) -> NounPhrase:
    """Take in a second name, where the verb after it is that of one: whoever lists two has a verb of several."""
    from flowzero.agent.nouns import noun_phrase  # a phrase within a phrase

    j = phrase.end
    one = not phrase.several and phrase.count in (None, 1) and not phrase.pronoun and phrase.article
    if not one or not match(tokens, j, ",", "a|an") or _listed(tokens, phrase):
        return phrase
    again = noun_phrase(tokens, j + 1)
    if again is None or not again.noun or again.several or again.also or not match(tokens, again.end, ","):
        return phrase
    known = all(vocabulary.find(noun) is not None for noun in (phrase.noun, again.noun))
    if phrase.noun.rsplit(maxsplit=1)[-1] in lex.SETTINGS | lex.MEDIA or again.noun.rsplit(maxsplit=1)[-1] in lex.SETTINGS:
        return phrase
    if (known and alive(phrase.noun) != alive(again.noun)) or not _acts_alone(
        tokens, again.end + 1, own=phrase.article == "its"
    ):
        return phrase
    if again.extra.startswith("of "):
        return replace(phrase, end=again.end + 1)  # as in "a paraglider, a scrap of orange silk, soars"
    words = tuple(dict.fromkeys((*phrase.adjectives, *again.adjectives)))
    extra = f"{phrase.extra} {again.extra}".strip()
    return replace(phrase, end=again.end + 1, noun=again.noun, adjectives=words, extra=extra, also=phrase.noun)


def _listed(tokens: Tokens, phrase: NounPhrase) -> bool:
    """Whether it may go on with a list, as new things do."""
    return phrase.article in ("a", "an") and phrase.start > 0 and tokens[phrase.start - 1].low in ("and", ",")


def _acts_alone(tokens: Tokens, j: int, *, own: bool) -> bool:
    """Whether the verb of one stands at j, or what one's own does besides: "his dog, a terrier, trotting after him"."""
    while j < len(tokens) and tokens[j].low.endswith("ly"):
        j += 1
    low = tokens[j].low if j < len(tokens) else "."
    if low in ("is", "was", "has", "does"):
        return True
    acts = any_verb(low) is not None if low.isalpha() else False
    return acts and (
        (low.endswith("s") and not low.endswith("ss") and not vocabulary.is_thing(low)) or (own and low.endswith("ing"))
    )
