"""A simple reference model of leads, opportunities and their customers (B1, B2, B9), for the state machine: what may
happen and how things stand afterwards, in dictionaries. It knows no table and shares no line with the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

STAGES = ("contact", "need", "proposal", "negotiation", "won", "aftersale")
PERCENT = dict(zip(STAGES, (10, 30, 50, 80, 100, 100), strict=True))
WON = STAGES.index("won")
ASKS_AMOUNT = STAGES.index("need")
"""Whoever leaves this stage must have said for how much (a task of the pipeline in the test)."""
WORKED, OPEN = ("pending", "following"), ("pending", "following", "invalid")


@dataclass
class Lead:
    """A lead: who has it (nobody while in the pool), its state, where it stood before it was given up."""

    company: str
    owner: str | None
    state: str
    voided: bool = False
    followed: bool = False
    returned: int = 0
    talks: int = 0
    firm: int | None = None
    new: bool = False
    deal: int | None = None

    @property
    def live(self) -> bool:
        """Not in the recycle bin."""
        return not self.voided

    @property
    def workable(self) -> bool:
        """Somebody's, in no bin: may be worked on in one of the open states."""
        return self.live and self.owner is not None and self.state in OPEN


@dataclass
class Deal:
    """An opportunity. `begun`: where it stood when it ended, with which probability."""

    firm: int
    owner: str
    name: str
    stage: str = "contact"
    outcome: str = "open"
    amount: int | None = None
    percent: int = 10
    voided: bool = False
    begun: tuple[str, int] = ("contact", 10)

    @property
    def place(self) -> int:
        """The number of its stage."""
        return STAGES.index(self.stage)

    @property
    def stands(self) -> bool:
        """Open and in no bin: on the board."""
        return self.outcome == "open" and not self.voided


@dataclass
class Firm:
    """A customer. `into`: the one that it was merged into."""

    name: str
    owner: str
    into: int | None = None


@dataclass
class Merged:
    """The last merge, and what came along with it."""

    master: int
    other: int
    number: int
    leads: list[int]
    deals: list[int]


@dataclass
class World:
    """All there is, and the switches of the pipeline."""

    leads: dict[int, Lead] = field(default_factory=dict)
    deals: dict[int, Deal] = field(default_factory=dict)
    firms: dict[int, Firm] = field(default_factory=dict)
    rolls_back: bool = True
    jumps: bool = True
    reopens: bool = False
    merged: Merged | None = None

    def may_move(self, deal: Deal, stage: str) -> bool:
        """Whether there is a move to this stage (B9), all its tasks done."""
        to = STAGES.index(stage)
        if deal.voided or to == deal.place:
            return False
        if deal.outcome == "won":
            return to >= WON and deal.place >= WON
        if deal.outcome != "open" or to > WON:
            return False
        if to < deal.place:
            return self.rolls_back
        return (self.jumps or to == deal.place + 1) and self.has_amount(deal, deal.place, to)

    def has_amount(self, deal: Deal, here: int, to: int) -> bool:
        """Whether what is asked on the way forward is there: an amount, once the second stage is left."""
        return to <= ASKS_AMOUNT or (here > ASKS_AMOUNT and to < WON) or bool(deal.amount)

    def move(self, deal: Deal, stage: str) -> None:
        """Let it stand there; at the deal it is won."""
        if stage == "won" and deal.outcome == "open":
            self.end(deal, "won")
            return
        deal.stage, deal.percent = stage, PERCENT[stage]

    def end(self, deal: Deal, outcome: str) -> None:
        """Won, lost or invalid."""
        deal.begun, deal.outcome = (deal.stage, deal.percent), outcome
        deal.percent = 100 if outcome == "won" else 0
        if outcome == "won":
            deal.stage = "won"

    def reopen(self, deal: Deal) -> None:
        """Open again, where it ended."""
        deal.outcome, (deal.stage, deal.percent) = "open", deal.begun

    def namesakes(self, name: str) -> list[int]:
        """Customers of a name that are still there, the oldest first."""
        return [key for key, firm in sorted(self.firms.items()) if firm.name == name and firm.into is None]

    def joined(self, lead: Lead, *, many: bool) -> int | bool | None:
        """The customer that a lead is joined to, None for a new one, False where the member has to choose (B2-4)."""
        known = self.namesakes(lead.company)
        own = [key for key in known if self.firms[key].owner == lead.owner]
        best = own or known
        if len(best) > 1 and not many:
            return False
        return best[0] if best else None

    def named_already(self, firm: int | None, name: str) -> bool:
        """Whether the customer has an opportunity of this name (查重 of opportunities), voided ones too."""
        return any(deal.firm == firm and deal.name == name for deal in self.deals.values())

    def gain(self, lead: Lead, owner: str) -> None:
        """Somebody else's: it stands as it stood, unassigned it waits for him."""
        lead.owner, lead.followed = owner, False
        if lead.state == "unassigned":
            lead.state = "pending"

    def drop(self, lead: Lead) -> None:
        """Into the pool."""
        lead.owner, lead.state, lead.followed = None, "unassigned", False
        lead.returned += 1

    def give(self, firm: int, to: str) -> None:
        """A customer changes hands; its open opportunities of the same owner go along (P9)."""
        before, self.firms[firm].owner = self.firms[firm].owner, to
        for deal in self.deals.values():
            if deal.firm == firm and deal.stands and deal.owner == before:
                deal.owner = to

    def hand_over(self, leaver: str, to: str) -> None:
        """All that is not in the bin goes to the receiver (B16)."""
        for key, firm in self.firms.items():
            if firm.owner == leaver and firm.into is None:
                self.give(key, to)
        for lead in self.leads.values():
            if lead.owner == leaver and lead.live:
                lead.owner, lead.followed = to, False
        for deal in self.deals.values():
            if deal.owner == leaver and not deal.voided:
                deal.owner = to

    def merge(self, master: int, other: int, number: int) -> None:
        """One customer: what named the other names the master."""
        leads = [key for key, lead in self.leads.items() if lead.firm == other]
        deals = [key for key, deal in self.deals.items() if deal.firm == other]
        self.firms[other].into = master
        self._point(leads, deals, master)
        self.merged = Merged(master, other, number, leads, deals)

    def unmerge(self) -> None:
        """Taken back: what came along goes back."""
        last, self.merged = self.merged, None
        assert last is not None
        self.firms[last.other].into = None
        self._point([key for key in last.leads if key in self.leads], last.deals, last.other)

    def _point(self, leads: Iterable[int], deals: Iterable[int], firm: int) -> None:
        for key in leads:
            self.leads[key].firm = firm
        for key in deals:
            self.deals[key].firm = firm

    def bought(self, firm: int) -> bool:
        """Whether a customer is a won one: an opportunity of his was won."""
        return any(deal.firm == firm and deal.outcome == "won" and not deal.voided for deal in self.deals.values())

    def board(self, whose: Callable[[Deal], bool]) -> dict[str, tuple[int, int]]:
        """{stage: (open opportunities, their amounts)}."""
        found: dict[str, tuple[int, int]] = {}
        for deal in self.deals.values():
            if deal.stands and whose(deal):
                count, amount = found.get(deal.stage, (0, 0))
                found[deal.stage] = count + 1, amount + (deal.amount or 0)
        return found
