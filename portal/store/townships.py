"""Looking up townships, their villages, posters, periods and plans."""

from datetime import date

from sqlalchemy import Exists, exists, select
from sqlalchemy.orm import Session

from portal.core import plan as plans
from portal.core.days import Span
from portal.core.periods import PeriodDays
from portal.core.plan import Plan
from portal.store.appraisal import Period, PeriodVillage, PlanVersion
from portal.store.organisation import (
    Cadre,
    Poster,
    Service,
    Team,
    TeamLeader,
    TeamLink,
    TeamMembership,
    Township,
    Village,
)


def by_code(session: Session, code: str) -> Township | None:
    return session.scalar(select(Township).where(Township.code == code))


def by_id(session: Session, township_id: int) -> Township:
    return session.get_one(Township, township_id)


LARGEST_ID = 2**31


def found(session: Session, township_id: int) -> Township | None:
    return session.get(Township, township_id) if township_id < LARGEST_ID else None


def everyone(session: Session) -> list[Township]:
    """Every township of the installation, by code."""
    return list(session.scalars(select(Township).order_by(Township.code)))


def opened(session: Session) -> frozenset[int]:
    """The ids of the townships that have opened a period."""
    return frozenset(session.scalars(select(Period.township_id).where(Period.opened_at.is_not(None))))


def villages(session: Session, township_id: int) -> list[Village]:
    return list(
        session.scalars(select(Village).where(Village.township_id == township_id).order_by(Village.code))
    )


def villages_counted_after(session: Session, township_id: int, day: date) -> frozenset[int]:
    """The villages, by id, that have households of a day after this one."""
    return frozenset(
        session.scalars(
            select(PeriodVillage.village_id).where(
                PeriodVillage.township_id == township_id, PeriodVillage.first_day > day
            )
        )
    )


def posters_in_use(session: Session, township_id: int) -> dict[int, Poster]:
    """The poster that hangs now, by village id."""
    rows = session.scalars(
        select(Poster).where(Poster.township_id == township_id, Poster.retired_on.is_(None))
    )
    return {poster.village_id: poster for poster in rows}


def by_token(session: Session, token: str) -> tuple[Poster, Village, Township] | None:
    """The poster with this token, its village and township; the poster may be retired."""
    row = session.execute(
        select(Poster, Village, Township)
        .join(Village, Village.id == Poster.village_id)
        .join(Township, Township.id == Poster.township_id)
        .where(Poster.token == token)
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def successor_poster(session: Session, village: Village, day: date) -> tuple[Poster, Village] | None:
    """The poster in use, and the village, that a merged village's people belong to on a day; None for nobody's."""
    seen: set[int] = set()
    while village.last_day is not None and village.last_day < day:
        if village.merged_into_id is None or village.id in seen:
            return None
        seen.add(village.id)
        village = session.get_one(Village, village.merged_into_id)
    row = session.scalar(
        select(Poster).where(
            Poster.township_id == village.township_id,
            Poster.village_id == village.id,
            Poster.retired_on.is_(None) | (Poster.retired_on > day),
        )
    )
    return None if row is None else (row, village)


def merged_into(session: Session, township_id: int, village_id: int) -> list[str]:
    """The codes of the villages that became part of this one, by whatever steps."""
    rows = session.execute(
        select(Village.id, Village.code, Village.merged_into_id).where(
            Village.township_id == township_id, Village.merged_into_id.is_not(None)
        )
    ).all()
    within, found = [village_id], []
    while within:
        into = within.pop()
        for row_id, code, target in rows:
            if target == into and code not in found:
                found.append(code)
                within.append(row_id)
    return found


def tokens(session: Session) -> frozenset[str]:
    """Every token ever given out: a retired one is never given to another village."""
    return frozenset(session.scalars(select(Poster.token)))


def periods(session: Session, township_id: int) -> list[PeriodDays]:
    rows = session.scalars(select(Period).where(Period.township_id == township_id).order_by(Period.first_day))
    return [PeriodDays(row.id, row.name, Span(row.first_day, row.last_day)) for row in rows]


def plan_of(session: Session, township_id: int, period_id: int) -> Plan:
    """The plan in force for a period: its newest version."""
    parameters = session.scalar(
        select(PlanVersion.parameters)
        .where(PlanVersion.township_id == township_id, PlanVersion.period_id == period_id)
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    return plans.from_json(parameters or {})


def plan_on(session: Session, township_id: int, day: date) -> Plan:
    """The plan in force for the period that a day lies in; the default one outside of every period."""
    parameters = session.scalar(
        select(PlanVersion.parameters)
        .join(Period, Period.id == PlanVersion.period_id)
        .where(
            PlanVersion.township_id == township_id,  # the index begins with it
            Period.township_id == township_id,
            Period.first_day <= day,
            Period.last_day >= day,
        )
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    return plans.from_json(parameters or {})


def team_linking(session: Session, township_id: int, village_id: int, day: date) -> str | None:
    """The name of the team that links a village on a day."""
    return session.scalar(
        select(Team.name)
        .join(TeamLink, TeamLink.team_id == Team.id)
        .where(
            TeamLink.township_id == township_id,
            TeamLink.village_id == village_id,
            TeamLink.first_day <= day,
            TeamLink.last_day >= day,
        )
    )


def cadres_linking(session: Session, township_id: int, village_id: int, day: date) -> list[tuple[str, bool]]:
    """Who links a village on a day, by name, and whether as 团长: the leader first. Nobody where no team does."""
    team = (
        select(TeamLink.team_id)
        .where(
            TeamLink.township_id == township_id,
            TeamLink.village_id == village_id,
            TeamLink.first_day <= day,
            TeamLink.last_day >= day,
        )
        .scalar_subquery()
    )

    def that_day(stretch: type[TeamMembership | TeamLeader]) -> Exists:
        return exists().where(
            stretch.township_id == township_id,
            stretch.team_id == team,
            stretch.cadre_id == Cadre.id,
            stretch.first_day <= day,
            stretch.last_day >= day,
        )

    leads = that_day(TeamLeader)
    serves = exists().where(
        Service.township_id == township_id,  # the index begins with it
        Service.cadre_id == Cadre.id,
        Service.first_day <= day,
        Service.last_day >= day,
    )
    rows = session.execute(
        select(Cadre.name, leads)
        .where(Cadre.township_id == township_id, leads | that_day(TeamMembership), serves)
        .order_by(leads.desc(), Cadre.number)
    )
    return [(name, leading) for name, leading in rows]
