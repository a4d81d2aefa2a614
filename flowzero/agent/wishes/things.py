"""Wishes of what is there: others in its place, none of it, more of it, something new."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.commands.command import is_a
from flowzero.agent.matching import match, number
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.tokens import bases, singular
from flowzero.agent.wishes.naming import Named, Scene, Tokens, alike, head_at, named
from flowzero.agent.wishes.wish import Found, Wish, Words
from flowzero.agent.wishes.words import ASPECTS, idle, look, praise

_OVER: tuple[tuple[str, ...], ...] = (
    (",?", "not|never"), (",?", "instead", "of"), (",?", "rather", "than"), ("in", "place", "of"), ("in", "lieu", "of"),
    (",?", "and?", "no", "longer?"), ("than",), (">",), ("over",), ("for",),
)  # fmt: skip
"""What stands between the new and the old."""


def exchanged(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:
    """As in "an oak, not a pine", "a mango would be better than a banana", "instead of the knight, a ninja"."""
    ahead = (
        match(body, 0, "instead", "of")
        or match(body, 0, "not")
        or match(body, 0, "rather", "than")
        or match(body, 0, "in", "place", "of")
    )
    if ahead is not None:
        old = named(scene, body, ahead[0])
        bridge = old and match(
            body,
            old.end,
            ",?",
            "but|i|we|you|it|can|could?",
            "would|want|need|could|can|should|it|are?",
            "like|want|be|have|use|put|do|doing?",
            "it?",
            "be?",
        )
        new = noun_phrase(body, bridge[0]) if bridge else None
        return _replaced(scene, old, new, body) if old and new and idle(body, new.end) else None
    who = named(scene, body, 1 if body[0].low in ("have", "let", "get", "make") else 0)
    passive = who and match(
        body,
        who.end,
        "should|could|gets|get|is|to|must?",
        "be|is|get?",
        "replaced|swapped|exchanged|substituted",
        "by|with|for",
    )
    other = noun_phrase(body, passive[0]) if passive else None
    if who is not None and other is not None and idle(body, other.end):
        return _replaced(scene, who, other, body)
    led = match(body, 0, "put|use|have|make|it|'s|should|be|must|that?", "is|should|'s|be?", "be?")
    assert led is not None
    new = noun_phrase(body, led[0])
    if new is None or not new.noun:
        return None
    eval_ = match(
        body,
        new.end,
        "would|will|might|could|is|are|looks|look|seems",
        "be|look|feel|work|do|suit?",
        "much|far|way|a|even?",
        "bit|lot?",
        "better|cooler|nicer|funnier|prettier|cuter|more|sweeter|scarier",
        "fun|interesting|fitting?",
    )
    for slots in _OVER:
        hit = match(body, eval_[0] if eval_ else new.end, *slots)
        if (
            hit is None
            or (slots in (("for",), ("over",)) and not wished)
            or (slots == ("than",) and not (eval_ or wished or led[1][0] in ("put", "use", "have")))
        ):
            continue
        old = named(scene, body, hit[0])
        if old is None or old.article == "it":
            continue
        j = old.end
        if j < len(body) and (tail := match(body, j, "there|here|asleep?")):
            j = tail[0]
        if idle(body, j) or praise(body, j):
            return _replaced(scene, old, new, body)
    return None


def _replaced(scene: Scene, old: Named, new: NounPhrase, body: Tokens) -> Found | None:
    """The old by the new; where they are of one kind, the old with the new one's looks."""
    if not new.noun or (new.definite and new.article != "the"):
        return None
    head = singular(new.noun.split()[-1])
    same = [item_id for item_id in old.ids if is_a(scene.dss.object(item_id), head)]
    if same and head == singular(scene.dss.object(same[0]).phrase.split()[-1]):
        looks = [word for word in new.adjectives if look(word) or word in lex.SHADES]
        if not looks or len(looks) < len(new.adjectives):
            return None
        return [Wish(tuple(same), look=" ".join(looks), key="look")]
    if new.abstract or head in ASPECTS or head_at(scene, body, new.end - 1) == new.end - 1:
        return None
    text = " ".join(token.low for token in body[new.start : new.end])
    ids = old.ids[:1] if old.article in ("a", "an") and len(old.ids) > 1 and not new.several else old.ids
    return [Wish(ids, command=f"replace it with {text if new.article or new.several else 'a ' + text}", key="what")]


def taken_out(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:
    """As in "no sharks please", "without the load"."""
    if not free:
        return None
    hit = match(body, 0, "no|without|minus|lose|remove|delete|drop|ditch|scrap|skip|omit", "more|longer|any|need?", "for?")
    who = named(scene, body, hit[0]) if hit is not None else None
    if hit is None or who is None or who.article in ("it", "a", "an", "another") or who.fresh or who.many is not None:
        return None
    gone = match(body, who.end, "anymore|at?", "all?")
    if gone is None or not (
        idle(body, gone[0]) or (hit[1][0] == "no" and match(body, gone[0], "my|because|cause|since|this|it"))
    ):
        return None
    if hit[1][0] in ("lose", "drop", "skip") and not (who.definite or len(body) == who.end):
        return None
    return [Wish((item_id,), command="remove it", key="gone") for item_id in who.ids]


def _raised(scene: Scene, body: Tokens) -> Found | None:
    """As in "increase the kernels to ten", "raise the number of pigeons to eight"."""
    hit = match(body, 0, "increase|raise|reduce|lower|bring|up|decrease|cut", "the?", "number|count?", "of?")
    who = named(scene, body, hit[0]) if hit is not None else None
    to = match(body, who.end, "up|down?", "to", "#") if who is not None and not who.fresh else None
    count = number(to[1][2]) if to is not None else None
    if who is None or to is None or not count or count != int(count) or not idle(body, to[0]):
        return None
    noun = scene.dss.object(who.ids[0]).phrase.split()[-1]
    return [Wish(who.ids, command=f"change the number of {noun} to {int(count)}", key="count")]


def counted(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:  # noqa: PLR0911
    """As in "three bubbles please", "just two kittens", "one zebra is plenty", "six of them"."""
    if found := _raised(scene, body):
        return found
    if not free:
        return None
    led = match(
        body,
        0,
        "just|only|exactly|like|say|about|around|make|have|do|a|to|them|it|be?",
        "it|them|single|lone|just|only|that?",
        "be?",
    )
    assert led is not None
    start = led[0]
    single = led[1][1] in ("single", "lone")
    count = 1 if single else number(body[start].low) if start < len(body) else None
    if (
        count is None
        or count != int(count)
        or not 1 <= count <= 12
        or (led[1][0] in ("a", "it") and not single and not led[1][1])
    ):
        return None
    if single:
        start -= 1
    alone = match(body, start + 1, "of?", "them|those|these|you?", "in?", "all|total?")
    k = head_at(scene, body, start + 1)
    if k is None or (k is not None and any(look(token.low) for token in body[start + 1 : k])):
        if alone is None or not (idle(body, alone[0]) or praise(body, alone[0])) or not scene.current:
            return None
        enough = any(token.low in ("enough", "plenty", "fine", "do") for token in body)
        if (count == 1 and not alone[1][0] and not wished and not enough) or len(body) > 6:
            return None
        head = {scene.dss.object(item_id).phrase for item_id in scene.current}
        if len(head) != 1:
            return None
        ids: tuple[str, ...] = scene.current[:1]
    else:
        who = named(scene, body, k)
        if who is None or any(token.low in ("more", "other", "extra", "the") for token in body[start:k]):
            return None
        if count == 1 and len(alike(scene, who)) < 2:
            return None
        total = match(body, who.end, "in", "total|all|sum") or match(body, who.end, "altogether|now")
        end = total[0] if total else who.end
        acting = (
            end < len(body)
            and body[end].low.endswith("ing")
            and bool(bases(body[end].low))
            and match(body, end + 1, "about|around|along?")
        )
        end = acting[0] if acting else end
        contrast = match(body, end, ",?", "not|instead", "of?", "just|only?", "#", "*?")
        end = contrast[0] if contrast else end
        if not (idle(body, end) or praise(body, end) or match(body, end, ",?", "like|because|since")):
            return None
        ids = who.ids
    noun = scene.dss.object(ids[0]).phrase.split()[-1]
    return [Wish(ids, command=f"change the number of {noun} to {int(count)}", key="count")]


def _there(body: Tokens) -> Tokens | None:
    """As in "in the middle there should be a big cheese": what shall be there, and then where."""
    for k in range(2, min(len(body) - 2, 8)):
        hit = match(body, k, "there", "should|must|could|has|needs|is|'s|can", "to?", "be?")
        if hit is not None and body[0].low in ("in", "on", "at", "next", "beside", "behind", "above", "below", "under", "near"):
            return (*body[hit[0] :], *body[:k])
    return None


def brought_in(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:  # noqa: PLR0911
    """As in "and a lamp on the left", "let's have an old oak above the bench": what is not there yet."""
    if turned_round := _there(body):
        body, wished = turned_round, True
    phrase = noun_phrase(body, 0) if free else None
    if (
        phrase is None
        or not (wished or praise(body, phrase.end))
        or not phrase.noun
        or phrase.article not in ("a", "an", "another", "some", "")
        or phrase.abstract
    ):
        return None
    if not phrase.article and phrase.count is None and not phrase.several:
        return None
    head = singular(phrase.noun.split()[-1])
    if head in lex.WEAR | lex.BODY and phrase.end == len(body):
        return None  # which somebody would wear
    if not phrase.another and head_at(scene, body, phrase.end - 1) == phrase.end - 1:
        return None
    if (
        head in lex.COLOURS
        or english.as_noun(head)[:2] in ("nx", "nh")
        or (not english.as_noun(head) and not vocabulary.find(head))
    ):
        return None
    end = phrase.end
    better = any(token.low in ("better", "nicer", "cooler", "prettier", "funnier", "cuter") for token in body[end:])
    if not wished and not scene.first and better and scene.current and phrase.article in ("a", "an"):
        text = " ".join(token.low for token in body[phrase.start : end])
        return [
            Wish(scene.current, command=f"replace it with {text}", key="what")
        ]  # "the teapot's boring, a lamp would be better"
    if end < len(body) and (
        body[end].low in lex.AUXILIARIES
        or (body[end].low.endswith("s") and bases(body[end].low) and bases(body[end].low)[0] in lex.VERBS)
    ):
        hit = next((k for k in range(end, len(body)) if praise(body, k)), None)
        if hit != end:
            return None
        body = body[:end]
    lead = body[0]._replace(low="add", text="add", end=body[0].start)
    return [Words((lead, *body))]
