"""What flows need stored of check-ins and of what owners say in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.cadence import Cycle
from bot.domain.checkins import Commitment, Prompt, Response
from bot.domain.ids import InitiativeId, PersonId, PromptId
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import Role
from bot.domain.raid import Raid


@dataclass(frozen=True, slots=True)
class Expected:
    """A role that has a holder and no prompt in a cycle yet; what the planner needs of it and nothing more."""

    initiative_id: InitiativeId
    role: Role
    person_id: PersonId
    stage: Stage
    lifecycle: Lifecycle


class CheckIns(Protocol):
    """Cycles, prompts and the answers to them."""

    async def add_cycle_once(self, cycle: Cycle) -> bool: ...
    async def cycle(self, key: str) -> Cycle | None: ...
    async def unclosed_cycles(self) -> list[Cycle]: ...
    async def close_cycle(self, key: str, at: datetime) -> int:
        """Mark the cycle closed and its unanswered prompts that were sent as missed; return how many."""
        ...

    async def expected(self, cycle: str, day: date) -> list[Expected]:
        """Return the holders on `day` of roles of active and on-hold initiatives that have no prompt in `cycle`."""
        ...

    async def undelivered(self, cycle: str, now: datetime) -> list[Prompt]:
        """Return the prompts of a cycle that nobody was shown and whose own message is not on its way any more."""
        ...

    async def asked_in(self, cycle: str) -> list[PersonId]:
        """Return whoever was shown a check-in of a cycle."""
        ...

    async def has_prompts(self, cycle: str) -> bool: ...
    async def not_asked(self, cycle: str) -> list[PersonId]:
        """Return the reachable people with an undelivered check-in in a cycle that no outbox row asks for."""
        ...

    async def add_prompts_once(self, prompts: Sequence[Prompt]) -> int: ...
    async def prompt(self, prompt_id: PromptId) -> Prompt | None: ...
    async def prompts_of(self, person_id: PersonId, cycle: str) -> list[Prompt]: ...
    async def prompts_about_roles_of(self, person_id: PersonId, cycle: str) -> list[Prompt]: ...
    async def open_prompts_about(self, initiative_id: InitiativeId) -> list[Prompt]: ...
    async def newest_prompts_about(self, initiative_id: InitiativeId) -> list[Prompt]:
        """Return the prompts about an initiative in the newest cycles, newest first."""
        ...

    async def newest_cycles(self, limit: int) -> list[Cycle]: ...
    async def latest_of(self, initiative_ids: Iterable[InitiativeId], limit: int) -> list[Prompt]:
        """Return the newest prompts of each role of some initiatives, up to `limit` a role, newest first."""
        ...

    async def save_prompts(self, prompts: Iterable[Prompt]) -> None: ...
    async def mark_sent(self, prompt_ids: Iterable[PromptId], at: datetime) -> None:
        """Mark prompts as sent that were only scheduled; one answered meanwhile stays answered."""
        ...

    async def response(self, prompt_id: PromptId) -> Response | None:
        """Return the newest revision of the answers to a prompt."""
        ...

    async def answers_before(
        self, initiative_id: InitiativeId, role: Role, cycle: str, limit: int
    ) -> list[tuple[Prompt, Response]]:
        """Return the newest answered prompts of a role in cycles before `cycle`, newest first."""
        ...

    async def add_response(self, response: Response) -> bool:
        """Store one revision; False when that revision exists already (somebody was quicker)."""
        ...

    async def add_responses(self, responses: Sequence[Response]) -> int:
        """Store many revisions, passing over those that exist; return how many were new."""
        ...

    async def history(self) -> list[tuple[Prompt, Response | None]]:
        """Return every prompt with its newest response, for export."""
        ...

    async def erase_answers(self, before: datetime) -> int:
        """Empty the answers given before an instant; who answered when stays. Return how many."""
        ...


class Commitments(Protocol):
    """Promises."""

    async def get(self, commitment_id: str) -> Commitment | None: ...
    async def open_of(self, initiative_id: InitiativeId, role: Role) -> list[Commitment]: ...
    async def made_in(self, prompt_id: PromptId) -> list[Commitment]: ...
    async def save(self, commitments: Iterable[Commitment]) -> None: ...
    async def miss_due(self, until: date, at: datetime) -> int:
        """Mark every open commitment due on or before `until` as missed; return how many."""
        ...

    async def erase_words(self, before: datetime) -> int:
        """Empty the words of promises closed before an instant; return how many."""
        ...

    async def all(self) -> list[Commitment]: ...


class Raids(Protocol):
    """Blockers and asks."""

    async def get(self, raid_id: str) -> Raid | None: ...
    async def open_of(self, initiative_id: InitiativeId) -> list[Raid]: ...
    async def save(self, raids: Iterable[Raid]) -> None: ...
    async def erase_words(self, before: datetime) -> int:
        """Empty the titles of blockers and asks closed before an instant; return how many."""
        ...

    async def all(self) -> list[Raid]: ...
