"""Who goes away, on or along with somebody, though no word says from what, which way or with whom."""

from __future__ import annotations

from flowzero.agent.meaning.steps import Steps
from flowzero.agent.nature import alive, fixed
from flowzero.agent.promises import Approach, At, Beside, Go, Journey, Place, Rest, Stays, Step, Still


class Leaving(Steps):
    """Clauses that say only that somebody leaves, goes on, or leads another."""

    def _takes_leave(self) -> bool:
        """Tell from what somebody goes away; whether there is anything to tell."""
        step = self._parting()
        if step is not None:
            self.meaning.journey(self.thing, [step], self.clause, self.window)
        return step is not None

    def _parting(self) -> Step | None:
        """From who comes nearer, from where it has landed, from company, or from the viewer."""
        if chaser := self._chaser():
            return Approach(other=chaser, away=True)
        ways = [old for old in self.meaning.promises if isinstance(old, Journey) and old.thing == self.thing]
        last = ways[-1].steps[-1] if ways else None
        others = [name for name in self.meaning.cast.order if name not in self.subjects]
        company = [name for name in others if alive(self.meaning.cast[name].noun)]
        if last is None:
            return self._parting_at_first(others, company)
        if not isinstance(last, Beside | Approach):
            near = [name for name in company if name in self.meaning.met]
            then: Step = Approach(other=near[-1], away=True) if near else Go(heading="away")
            return then if self.clause.joined == "next" else None
        if getattr(last, "away", False):
            return None
        if not self.window.whole:
            k = self.meaning.promises.index(ways[-1])
            self.meaning.promises[k] = ways[-1].model_copy(update={"window": self.window.before})
        return Approach(other=last.other, away=True)

    def _parting_at_first(self, others: list[str], company: list[str]) -> Step | None:
        """Of whom no way was told before: beyond the side that it is on, or from the only other one."""
        side = self._whereabouts()
        if side is not None and side.x in ("left", "right"):
            return At(place=Place(x=side.x, off=True))
        noun = self.meaning.cast[self.thing].noun
        goes = alive(noun) or noun.split()[-1] == "kite"
        if goes and len(company) == 1 and company[0] in self.meaning.met:
            return Approach(other=company[0], away=True)
        told = any(isinstance(old, Still | Stays) and old.thing == self.thing for old in self.meaning.promises)
        return None if others or told or self.clause.passive else Go(heading="away")

    def _chaser(self) -> str | None:
        """Who comes nearer to it, so that it runs away from that one."""
        for old in reversed(self.meaning.promises):
            if isinstance(old, Journey) and any(
                isinstance(step, Approach) and step.other == self.thing and not step.away for step in old.steps
            ):
                return old.thing
        return None

    def _goes_on(self) -> bool:
        """As in "walks left, stops, then walks on"."""
        goes = self.clause.verb is not None and self.clause.verb.kind == "go"
        go = self.meaning.onwards(self.thing) if goes else None
        step: Step | None = go or (self._from_where_it_halted() if goes else None)
        if step is not None:
            self.meaning.journey(self.thing, [step], self.clause, self.window)
        return step is not None

    def _from_where_it_halted(self) -> Step | None:
        """As in "stops at a gate, then drives on": away from there."""
        ways = [old.steps for old in self.meaning.promises if isinstance(old, Journey) and old.thing == self.thing]
        match ways[-1][-2:] if ways and self.clause.joined in ("next", "and") else ():
            case (Approach(away=False, other=other), Rest()):
                return Approach(other=other, away=True)
        return None

    def _on_a_lead(self) -> str | None:
        """As in "walks his poodle": who is led."""
        plain = (role for role in self.clause.roles if role.kind == "thing" and role.things and not role.prep)
        led = next((role.things[0] for role in plain if role.relation is None), None)
        return None if led in (None, self.thing) or fixed(self.meaning.cast[str(led)].noun) else led
