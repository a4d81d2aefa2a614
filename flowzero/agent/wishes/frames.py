"""What leads up to a wish and says no more than that it is one: "I'd rather have", "could we get", "my wife wants"."""

from __future__ import annotations

from flowzero.agent.matching import match
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.tokens import Token
from flowzero.agent.wishes.naming import Scene, Tokens, named
from flowzero.agent.wishes.words import idle

_LEADS: tuple[tuple[str, ...], ...] = (
    (
        "please|pls|plz|kindly|and|but|so|also|then|now|next|ok|okay|oh|aw|hey|hm|hmm|well|maybe|perhaps|just|actually|finally|"
        "plus|again|ah|yes|yeah|yep|wow|haha|lol|sorry|alright|fine|cool|overall|otherwise|anyway|simply|,|:|&|-|–|—",
    ),
    ("instead|right", ","),
    ("i|we", "really|still|just|do?", "think|guess|feel|reckon|suppose|mean|meant|say|said|find|believe", "that|like|if?",
     ",|:?"),
    ("i|we", "would", "say|suggest|propose", "that?", ",|:?"),
    ("as", "for"), ("for", "me", ","), ("one", "more", "thing", ",|:?"), ("in", "addition", ",?"),
    ("on", "top", "of", "that", ",?"),
    ("if", "possible", ",?"), ("i", "was", "thinking", "of?"), ("requested|update|request|wish|change|changes|todo|note", ":"),
)  # fmt: skip
_WISHES: tuple[tuple[str, ...], ...] = (
    ("i|we|you|he|she|they?", "would|will|do|should|could?", "also|really|just|rather|much|definitely|still?",
     "like|love|want|need|prefer|take|appreciate|wish|fancy|enjoy|go", "for?", "to?", "have|see|get|use|it?", "if?"),
    ("i|we|you", "would", "also|rather|sooner?", "have|see"),
    ("i|we", "could", "do|use", "with?"),
    ("could", "do", "with"),
    ("can|could|may|might|will|would|should", "i|we|you", "please|maybe|perhaps|just|also?", "have|get|see|do|use|try|go|make",
     "for|with?"),
    ("let", "'s|us", "have|make|try|go|see|say|use|get|do", "with|for?"),
    ("give|show|get|bring", "me|us"),
    ("how|what", "about|if", "having|using|we|you?", "had|have|used?"),
    ("it", "would|might|could", "be", "*", "if|to|with", "have|see|we|you|the?", "had|have|see|could?"),
    ("wanna|gimme", "see|have?"),
    ("can|could|may|might", "there", "also?", "be"),
    ("there", "should|must|could|has|have|needs|need|is|are|'s|might|ought", "got|also|to?", "to?", "be?"),
    ("make", "that"), ("try", "with?"),
)  # fmt: skip
_LONELY = ("could", "do", "with")


def framed(tokens: Tokens) -> tuple[tuple[Token, ...], bool]:
    """The clause without what leads up to it, and whether that says that something is wished."""
    body, wished, changed = _without_of_course(tokens), False, True
    while changed and body:
        changed = False
        for slots in _LEADS:
            hit = match(body, 0, *slots)
            if hit is not None and hit[0] < len(body):
                body, changed = body[hit[0] :], True
        hit = next((hit for slots in _WISHES if (hit := match(body, 0, *slots)) is not None), None) or _on_behalf(body)
        hit = hit or _occasion(body)
        if match(body, 0, "with", "a|an|some|another") and len(body) > 2:
            body, changed = body[1:], True
        if hit is None and len(body) > 1 and match(body, 0, "get|have|throw|rather", "in|have?", "a|an|some|another"):
            hit = match(body, 0, "get|have|throw|rather", "in|have?")
        if hit is not None and hit[0] < len(body):
            body, wished, changed = body[hit[0] :], True, True
    while body and not body[-1].word and not body[-1].low[0].isdigit():
        body = body[:-1]
    return body, wished


def _without_of_course(tokens: Tokens) -> tuple[Token, ...]:
    at = next((i for i in range(len(tokens)) if match(tokens, i, "of", "course")), None)
    return tuple(tokens) if at is None else (*tokens[:at], *tokens[at + 2 :])


def retargeted(scene: Scene, tokens: Tokens) -> tuple[str, ...]:
    """What a bare name says was meant, as in "make it golden, the leaf I mean"."""
    body, _ = framed(tokens)
    who = named(scene, body, 0) if body else None
    meant = who is not None and who.definite and who.article not in ("it", "all") and not who.fresh
    return who.ids if who is not None and meant and idle(body, who.end) else ()


def _occasion(body: tuple[Token, ...]) -> tuple[int, list[str]] | None:
    """As in "for the lesson we'd also want": what it is for, before a wish."""
    phrase = noun_phrase(body, 1) if body[0].low in ("for", "as") and len(body) > 3 else None
    k = phrase.end + (match(body, phrase.end, ",") is not None) if phrase is not None else len(body)
    hit = next((hit for slots in _WISHES if (hit := match(body, k, *slots)) is not None and hit[0] > k), None)
    return hit if hit is not None and match(body, k, "i|we") else None


_ASKING = "wants|asks|requests|says|prefers|thinks|needs|insists|wishes|demands|suggests|would"


def _on_behalf(body: Tokens) -> tuple[int, list[str]] | None:
    """As in "my grandson wants", "the client would like": whoever it is, it is a wish."""
    hit = match(body, 0, "the|my|our", "*", _ASKING, "like|love|rather|prefer?", "for|to|that?", "have|see?", "the?")
    if hit is None or (hit[1][2] == "would" and not hit[1][3]):
        return None
    back = bool(hit[1][-1])
    return hit[0] - back, hit[1]
