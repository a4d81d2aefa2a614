"""Just enough English to write prompts: verbs and nouns in the form that a sentence needs, and articles."""

from __future__ import annotations

import re

_VOWELS = "aeiou"
_DOUBLED = frozenset(
    re.findall(
        r"\w+",
        """run jog skip hop step sit drop slip swim plod get zip bob chug skid flit begin stop put set trot flap spin pop
strut wag nod hum rub dip tip jut chop shrug tug slam spot sag cut hit let win rap tap rip whip ship trap wrap
drag hug beg dig zigzag zag skim propel""",
    )
)
_THIRD = {"be": "is", "have": "has", "go": "goes", "do": "does"}
_PLAIN = {"be": "are"}
_ING = {"be": "being", "lie": "lying"}
_PLURALS = {
    "man": "men", "woman": "women", "child": "children", "mouse": "mice",
    "goose": "geese", "fisherman": "fishermen", "policeman": "policemen", "postman": "postmen",
    "snowman": "snowmen", "fish": "fish", "sheep": "sheep", "deer": "deer",
    "goldfish": "goldfish", "swordfish": "swordfish", "jellyfish": "jellyfish", "wolf": "wolves",
    "salmon": "salmon", "squid": "squid", "tuna": "tuna", "moose": "moose",
    "spacecraft": "spacecraft", "bison": "bison", "shrimp": "shrimp", "aircraft": "aircraft",
    "hovercraft": "hovercraft", "dwarf": "dwarves", "elf": "elves", "leaf": "leaves",
    "knife": "knives", "loaf": "loaves", "scarf": "scarves", "shelf": "shelves",
    "calf": "calves", "ox": "oxen", "cactus": "cacti", "trout": "trout",
    "snowwoman": "snowwomen", "fireman": "firemen", "milkman": "milkmen", "strongman": "strongmen",
    "piano": "pianos", "potato": "potatoes", "tomato": "tomatoes", "hero": "heroes",
    "mosquito": "mosquitoes", "superhero": "superheroes", "octopus": "octopuses", "businessman": "businessmen",
}  # fmt: skip
_HUMANS = frozenset(["human", "shaman", "caiman", "talisman", "ottoman"])
"""What ends in "man" and is no man."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def inflect(phrase: str, form: str) -> str:
    """A verb such as "take off" as third person ("s"), plural ("plain") or participle ("ing")."""
    verb, space, rest = phrase.partition(" ")
    if verb.endswith("ly") and verb != "fly" and rest:
        return f"{verb} {inflect(rest, form)}"
    if form == "plain":
        return _PLAIN.get(verb, verb) + space + rest
    return (_ing(verb) if form == "ing" else _third(verb)) + space + rest


def _third(verb: str) -> str:
    if verb in _THIRD:
        return _THIRD[verb]
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in _VOWELS else verb + "s"


def _ing(verb: str) -> str:
    if verb in _ING:
        return _ING[verb]
    if verb in _DOUBLED:
        return verb + verb[-1] + "ing"
    return (verb[:-1] if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")) else verb) + "ing"


def plural(noun: str) -> str:
    head, space, last = noun.rpartition(" ")
    return head + space + _plural(last)


def _plural(noun: str) -> str:
    if noun in _PLURALS:
        return _PLURALS[noun]
    if noun.endswith("man") and noun not in _HUMANS:
        return f"{noun[:-2]}en"
    if noun.endswith(("s", "x", "z", "ch", "sh", "ano")):
        return noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in _VOWELS else noun + "s"


def with_article(words: str) -> str:
    """The words with "a" or "an"."""
    an = (words[:1] in _VOWELS and not words.startswith(("uni", "ufo", "one", "euro"))) or words.startswith(("hour", "honest"))
    return f"{'an' if an else 'a'} {words}"


def number(n: int) -> str:
    return _NUMBERS[n]


def sentence(text: str) -> str:
    """The text with single spaces, and capitals after full stops if it begins with one."""
    text = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
    text = re.sub(r"\b(from) (?:at|on|in) the\b", r"\1 the", text)
    text = re.sub(r"\.\s*([,;:])", r"\1", re.sub(r"([.!?])\.", r"\1", text))
    return re.sub(r"([.!?] )([a-z])", lambda match: match[1] + match[2].upper(), text)
