"""Who is in the journeys: a small hospital with three initiatives, its people in three zones."""

from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import AssignmentState, Role, RoleAssignment
from bot.domain.people import OrgRole, Person, Visibility
from storage.engine import Database
from tests.builders import a_person, a_portfolio, an_assignment, an_initiative, an_organisation, store

MEI = a_person("Mei Chen", timezone="Europe/Berlin")
ANA = a_person("Ana Ortiz", timezone="America/Chicago")
SAM = a_person("Sam Reed", timezone="America/Los_Angeles")
BEN = a_person("Ben Okafor", timezone="America/Chicago")
RUTH = a_person("Ruth Adeyemi", timezone="America/Chicago", org_roles=frozenset({OrgRole.PORTFOLIO_LEAD}))
GUS = a_person("Gus Nobody")
"""Somebody the organisation does not know."""
PEOPLE = (MEI, ANA, SAM, BEN, RUTH)

SEPSIS = an_initiative("SEPSIS", name="Sepsis early warning")
STROKE = an_initiative("STROKE", name="Stroke triage alerts")
PUMPS = an_initiative("PUMPS", name="Infusion pump alerts", stage=Stage.PRODUCTION)
SECRET = an_initiative("SECRET", name="Merger forecast", visibility=Visibility.RESTRICTED)
"""Not there from the beginning."""
INITIATIVES = (SEPSIS, STROKE, PUMPS)


def _owns(person: Person, initiative_id: str, role: Role) -> RoleAssignment:
    return an_assignment(initiative_id, role, person.id, state=AssignmentState.ACTIVE)


ASSIGNMENTS = (
    _owns(ANA, SEPSIS.id, Role.TECHNICAL_LEAD),
    _owns(ANA, STROKE.id, Role.TECHNICAL_LEAD),
    _owns(MEI, SEPSIS.id, Role.OPERATIONS_LEADER),
    _owns(MEI, PUMPS.id, Role.OPERATIONS_LEADER),
    _owns(SAM, SEPSIS.id, Role.BUSINESS_SPONSOR),
)


async def settle_in(database: Database, channels: tuple[tuple[str, str], ...]) -> None:
    """Store all of them, with the portfolio's digest in the channels given."""
    portfolio = a_portfolio(lead_id=RUTH.id, digest_channels=channels)
    assert all(each.lifecycle is Lifecycle.ACTIVE for each in INITIATIVES)
    await store(database, an_organisation(country=None), *PEOPLE, portfolio, *INITIATIVES, *ASSIGNMENTS)
