"""What words tell of a thing in the cast: which of them a picture shows, and what kinds of things they name."""

from __future__ import annotations

from flowzero.agent import lexicon as lex
from flowzero.agent.nature import is_person
from flowzero.agent.tokens import verb

UNSEEN = (
    lex.HASTY
    | lex.SLOW
    | lex.STILL_WORDS
    | frozenset(["lively", "nice", "good", "first", "second", "third", "last", "next", "other", "different", "more"])
    | frozenset(
        ["extra", "additional", "further", "same", "identical", "similar", "common", "typical", "ordinary", "regular", "normal"]
    )
    | frozenset(["single", "lone", "initial", "final", "moving", "playful", "energetic", "walking", "running", "flying"])
)
"""Adjectives that a still picture does not show."""
_POSES = lex.STILL_WORDS - lex.UNMOVING
"""How something keeps itself, which a picture does show, though it is no promise about its looks."""
KIND = frozenset(
    ["bowling", "fishing", "rocking", "racing", "sewing", "washing", "shopping", "baking", "frying", "wedding", "hunting"]
) | frozenset(
    [
        "boxing",
        "sleeping",
        "diving",
        "shooting",
        "sailing",
        "rowing",
        "curling",
        "wrecking",
        "ironing",
        "vending",
        "climbing",
        "watering",
        "building",
    ]
)
"""Participles that say what kind of thing it is, as in "a bowling ball"."""
FOR_DOERS = frozenset(
    ["walking", "running", "swimming", "jumping", "skipping", "riding", "hiking", "dancing", "grinding", "working", "singing"]
)
"""What people do with a thing that is called so, rather than the thing: a walking stick."""

SHADES = frozenset(
    ["cherry", "emerald", "sky", "navy", "lime", "olive", "blood", "jet", "snow", "lemon", "mint", "ruby", "bottle", "royal"]
) | frozenset(["fire", "rose", "coal", "baby", "hot", "neon", "ice", "apple", "forest", "midnight", "pearl", "ash"])
"""Words that say which red or green it is, as in "cherry red"."""

_FOR_OTHERS = frozenset(
    [
        "stop",
        "station",
        "shelter",
        "house",
        "stand",
        "rack",
        "trap",
        "bed",
        "tree",
        "box",
        "cage",
        "lane",
        "bowl",
        "tank",
        "pen",
    ]
) | frozenset(["coop", "kennel", "nest", "hive", "net", "dish", "food", "shop", "pond", "feeder", "keeper", "bell", "track"])
"""What is no bus though it is called a bus stop."""


TOGETHER = frozenset(
    ["pair", "couple", "duo", "trio", "quartet", "group", "flock", "herd", "swarm", "pack", "bunch", "crowd", "fleet", "convoy"]
) | frozenset(["caravan", "parade", "procession", "colony", "squad", "lot", "gang", "troop", "gaggle", "litter", "ensemble"])
"""What those together are called that were told of one by one, or as several."""


def for_others(noun: str) -> bool:
    """Whether a compound noun is of something else than its first word names: a bus stop, a bus driver."""
    return is_person(noun) or noun.rsplit(maxsplit=1)[-1] in _FOR_OTHERS


def drawn(adjectives: tuple[str, ...]) -> list[str]:
    """Adjectives that show, with "and" between two colours."""
    shown = [
        word
        for word in dict.fromkeys(adjectives)
        if word in _POSES
        or (
            word not in UNSEEN | lex.SIDED and not (word.endswith("ing") and word not in lex.ADJECTIVES | KIND and _moves(word))
        )
    ]
    joined: list[str] = []
    for word in shown:
        if joined and joined[-1] in lex.COLOURS - SHADES and word in lex.COLOURS:
            joined.append("and")
        joined.append(word)
    return joined


def _moves(word: str) -> bool:
    """Whether a participle says that something moves or changes, which is shown by its path: "rolling", unlike "smiling"."""
    found = verb(word)
    return found is not None and found[1].kind != "act"


def article_of(text: str, given: str = "") -> str:
    """The indefinite article; a vowel that sounds like a consonant is taken as the prompt has it."""
    if text[0] == "u" and given in ("a", "an"):
        return given
    return "an" if text[0] in "aeiou" and not text.startswith(("uni", "one", "eu", "use", "ufo")) else "a"
