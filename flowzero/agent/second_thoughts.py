"""What else the small planner could have said of a prompt, and which of all that goes best with what the rules read.

A model of this size is often torn between two readings, and its second choice is right where the first is not. So where it
was least sure of a token, it is asked to go on from another one. Two readers who know nothing of each other rarely err alike:
of all answers that one counts which is likeliest, less :data:`DISSENT` for each promise of the rules' reading that its plan
breaks.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from typing import NamedTuple

from flowzero.agent import repair
from flowzero.agent.chat import Chat, Message, Token
from flowzero.agent.constraints import broken, measure
from flowzero.agent.minds import Meter
from flowzero.agent.outline import Outline, decode_outline, grounded, reading_of
from flowzero.agent.promises import Reading
from flowzero.errors import FlowZeroError, LLMReplyError

DISSENT = 0.8
"""What one broken promise of the rules takes from the logarithm of an answer's probability."""
MOST = 4
"""How many other answers the model is asked for."""
LEAST = 0.06
"""How probable another token must be for the model to be asked to go on from it."""


class Said(NamedTuple):
    """An outline that the model holds possible."""

    outline: Outline
    probability: float
    """As the model has it, 0 to 1; 0 where it does not say."""


def beginnings(tokens: Sequence[Token]) -> list[tuple[str, float]]:
    """Other ways to begin an answer, each up to a token in place of one that was hardly likelier, with its log probability."""
    least = math.log(LEAST)
    doubts = [
        (token.logprob - logprob, k, text, logprob)
        for k, token in enumerate(tokens)
        for text, logprob in token.others
        if logprob >= least
    ]
    return [
        ("".join(token.text for token in tokens[:k]) + text, sum(token.logprob for token in tokens[:k]) + logprob)
        for _, k, text, logprob in sorted(doubts)[:MOST]
    ]


async def other_outlines(chat: Chat, asked: Sequence[Message], tokens: Sequence[Token], meter: Meter) -> list[Said]:
    """What the model says to a prompt, the last it was asked, where it goes on from its second choices.

    Answers that are no outline are left out.
    """
    made = await asyncio.gather(*(_goes_on(chat, asked, begun, meter) for begun in beginnings(tokens)))
    return [said for said in made if said is not None]


async def _goes_on(chat: Chat, asked: Sequence[Message], begun: tuple[str, float], meter: Meter) -> Said | None:
    beginning, logprob = begun
    try:
        reply = await chat.ask([*asked, ("assistant", beginning)], "outline", None, meter, weighed=True)
        text = reply.text if reply.text.startswith(beginning) else beginning + reply.text
        outline = None if reply.cut else grounded(decode_outline(text), asked[-1][1])
    except LLMReplyError:
        return None
    return None if outline is None else Said(outline, math.exp(logprob + sum(token.logprob for token in reply.tokens)))


def dissent(outline: Outline, rules: Reading) -> int:
    """How many promises of the rules' reading a plan of the outline breaks; all of them if none can be made."""
    try:
        findings = measure(rules, repair.draft(reading_of(outline, rules.prompt)))
    except FlowZeroError:
        return len(rules.promises)
    return sum(finding.promised and broken(finding) for finding in findings)


def preferred(said: Sequence[Said], rules: Reading) -> Outline:
    """The outline that is likeliest, the rules heard; the first of those that are alike in this."""
    if len(said) == 1:
        return said[0].outline
    return max(said, key=lambda one: math.log(max(one.probability, 1e-30)) - DISSENT * dissent(one.outline, rules)).outline
