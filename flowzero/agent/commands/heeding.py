"""Which words of a command its edits do not heed, found by leaving each out: what changes nothing was not understood.

Some words say nothing that edits could do, as "please" and "the"; others, as "not", "except" and "seven", turn a command into
another one, and one that does not heed them would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from flowzero.agent import lexicon as lex
from flowzero.agent.casting import words_of
from flowzero.agent.commands.command import IMPERATIVES, Command, Unread, matching
from flowzero.agent.edits import Edit
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.phrases import number
from flowzero.agent.tokens import Token, bases
from flowzero.errors import PlanError

Reader = Callable[[Command], "list[Edit] | None"]

TURNING = frozenset(
    ["not", "never", "no", "without", "except", "unless", "than", "besides", "but", "rather", "if", "twice", "middle"]
)
"""Words that make another command of one."""

_ABOUT = """
size speed colour color direction path motion movement position place number way times time bit little lot touch much
please ok want need like see be more less second seconds sec secs s fps frames percent % long total length duration amount
shape kind side whole entire possible video object objects something thing things background setting scenery location
backdrop camera happen happens look looks become becomes come comes own now new different current currently original
overall actually bottom top last lasts all both each every appear appears show shows visible seen slow slowly depth
layer order round around anymore any there that this get gets gradually slightly
"""
_EMPTY = (
    lex.DETERMINERS | lex.POSSESSIVES | lex.PRONOUNS | lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.AUXILIARIES | lex.ADVERBS
    | lex.FUNCTION | lex.SEQUENCE | lex.MEDIA | lex.FRAME_NOUNS | lex.PARTS | IMPERATIVES | frozenset(_ABOUT.split())
) - TURNING  # fmt: skip
"""Words of grammar, of commands and of what they are about, which others say as well or which need not be said."""


def unheeded(command: Command, reader: Reader, found: Sequence[Edit]) -> tuple[str, ...]:
    """Stretches of a command that its edits do not depend on, in the words of the instruction.

    Raises:
        Unread: if one of them makes another command of it, or if it names no object of the plan but changes one.
    """
    named, spoken = _named(command)
    lost = [i for i in range(len(command.tokens)) if not _says_nothing(command, i, named) and _alike(command, reader, found, i)]
    if any(command.tokens[i].low in TURNING or number(command.tokens[i].low) is not None for i in lost):
        raise Unread
    if lost and not spoken and any(hasattr(edit, "id") for edit in found):
        raise Unread
    return _stretches(command, lost)


def _named(command: Command) -> tuple[set[int], bool]:
    """Where words stand that name objects of the plan, with what these are like; and whether any object is named at all."""
    lows, bearing = command.lows, {word for item in command.dss.objects for word in words_of(item.phrase)}
    places = {k for k in range(len(lows) - 1) if lows[k + 1] in ("one", "ones") and lows[k] in bearing}
    spoken = bool(set(command.lows) & {"it", "they", "them", "everything", "everyone", "all", "both", "this", "that"})
    i = 0
    while i < len(command.tokens):
        phrase = noun_phrase(command.tokens, i)
        ids = matching(command, phrase)
        if phrase is None or not ids:
            i += 1
            continue
        words = {word for item_id in ids for word in words_of(command.object(item_id).phrase)}
        head = phrase.noun.split()[-1:] if phrase.noun else [phrase.pronoun]
        places.update(k for k in range(phrase.start, phrase.end) if _belongs(command, phrase, k, words, head))
        spoken = True
        i = max(phrase.end, i + 1)
    return places, spoken


def _belongs(command: Command, phrase: NounPhrase, k: int, words: set[str], head: Sequence[str]) -> bool:
    low = command.tokens[k].low
    return low in words or bool(set(bases(low)) & words) or (k == phrase.end - 1 and bool(head))


def _says_nothing(command: Command, i: int, named: set[int]) -> bool:
    low = command.tokens[i].low
    implied = command.lows[i : i + 3] in (["left", "to", "right"], ["right", "to", "left"])
    if i in named or implied or not (command.tokens[i].word or low.isdigit()):
        return True
    verbs = [lex.VERBS[base] for base in bases(low) if base in lex.VERBS]
    idle = any(not verb.pattern and not verb.heading and verb.kind in ("go", "still", "act", "pass") for verb in verbs)
    return low in _EMPTY or idle


def _alike(command: Command, reader: Reader, found: Sequence[Edit], i: int) -> bool:
    """Whether the command without a word leads to the same edits."""
    token, before, after = command.tokens[i], command.tokens[:i], command.tokens[i + 1 :]
    others: list[tuple[Token, ...]] = [()]
    if (other := _OPPOSITE.get(token.low) or _another(token.low)) is not None:
        # A word may say what is so without it: then its opposite, or another number, tells whether it counts.
        others.append((token._replace(low=other),))
    return all(_leads_to(found, command, reader, (*before, *other, *after)) for other in others)


_PAIRS = ("left right", "top bottom", "upper lower", "up down", "longer shorter", "bigger smaller", "faster slower", "in out")
_OPPOSITE = {a: b for pair in _PAIRS for a, b in (pair.split(), pair.split()[::-1])}


def _another(word: str) -> str | None:
    """A number other than this one; None for what is none."""
    value = number(word)
    return None if value is None else "3" if value == 7 else "7"


def _leads_to(found: Sequence[Edit], command: Command, reader: Reader, tokens: tuple[Token, ...]) -> bool:
    try:
        return bool(tokens) and reader(replace(command, tokens=tokens, mentioned=(), settled=False)) == list(found)
    except (Unread, PlanError, IndexError, ValueError):
        return False


def _stretches(command: Command, lost: Sequence[int]) -> tuple[str, ...]:
    """Neighbouring words in one piece."""
    runs: list[list[int]] = []
    for i in lost:
        if runs and i == runs[-1][-1] + 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return tuple(dict.fromkeys(command.whole[command.tokens[run[0]].start : command.tokens[run[-1]].end] for run in runs))
