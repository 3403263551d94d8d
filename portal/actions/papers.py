"""Paper forms: giving out serials and registering what was printed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.actions.guard import NotAllowed, require
from portal.actions.ledger import Act, Entry, random_id, record_all
from portal.clock import local_day
from portal.core.paper_forms import new_serial
from portal.core.rights import Actor, Right, must_stand_back
from portal.store import organising, paper_forms, townships
from portal.store.organisation import Village

MOST_AT_ONCE = 400


def new_serials(session: Session, number: int) -> list[str]:
    """So many serials that no form has had."""
    drawn: dict[str, None] = {}
    while len(drawn) < number:
        more = [new_serial(secrets.choice) for _ in range(number - len(drawn))]
        used = paper_forms.taken(session, more)
        drawn.update(dict.fromkeys(serial for serial in more if serial not in used))
    return list(drawn)


def register(session: Session, actor: Actor, serials: Mapping[int, Sequence[str]], now: datetime) -> None:
    """Register the forms that were printed, by village id: only these may be typed in, each once.

    Raises NotAllowed, and MustStandBack for a village of the own team: blank forms are answers waiting to be given.
    """
    if actor.township_id is None:
        raise NotAllowed(Right.ENTER_VOICES)
    own, today, batch = actor.township_id, local_day(now), random_id()
    villages = {village.id: village for village in townships.villages(session, own)}
    entries = []
    for village_id, printed in serials.items():
        team = townships.team_linking(session, own, village_id, today)
        require(actor, Right.ENTER_VOICES, moves_team=team)
        after = {"printed": len(printed), "serials": sorted(printed)}
        entries.append(Entry(villages[village_id].name, None, after))
    rows = [
        {
            "township_id": own,
            "village_id": village_id,
            "serial": serial,
            "batch": batch,
            "printed_on": today,
            "used_on": None,
        }
        for village_id, printed in serials.items()
        for serial in printed
    ]
    paper_forms.add(session, rows)
    record_all(session, Act(actor.username, now, own), "paper.printed", entries)


def printed_for(session: Session, township_id: int, village_id: int, serial: str, today: date) -> bool:
    """Whether the form with this serial was printed for the village, or for one that was merged into it."""
    form = paper_forms.by_serial(session, township_id, serial)
    found = None if form is None else paper_forms.village_on(session, form.village_id, today)
    return found is not None and found.id == village_id


def villages_for(
    session: Session, actor: Actor, township_id: int, today: date
) -> tuple[list[Village], dict[str, list[Village]]]:
    """The villages of today whose voices the actor may take in, and by team those that he or she must leave to others."""
    mine: list[Village] = []
    others: dict[str, list[Village]] = {}
    links = organising.links(session, township_id)
    teams = {link.village_id: link.team for link in links if link.first_day <= today <= link.last_day}
    for village in townships.villages(session, township_id):
        if not village.first_day <= today <= (village.last_day or today):
            continue
        team = teams.get(village.id)
        if team is not None and must_stand_back(actor.cadre, actor.teams, None, team):
            others.setdefault(team, []).append(village)
        else:
            mine.append(village)
    return mine, others
