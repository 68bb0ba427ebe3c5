"""Words and rules of workshops."""

from __future__ import annotations

from datetime import date

from tracker.core.labels import Labelled


class WorkshopState(Labelled):
    PLANNED = "planned"
    HELD = "held"


class PointKind(Labelled):
    PRAISE = "praise"
    CONCERN = "concern"
    SUGGESTION = "suggestion"
    COMMITMENT = "commitment"


class FocusArea(Labelled):
    """The three areas of focus of the taskforce (board paper PB.08.02.2018/05, paragraph 3)."""

    PEOPLE = "people"
    PATIENTS = "patients"
    VOLUNTARY_SECTOR = "voluntary_sector"


class Principle(Labelled):
    """The six principles for engaging people and communities (People and Communities Board), by short names."""

    PERSON_CENTRED = "person_centred_care"
    CREATED_IN_PARTNERSHIP = "created_in_partnership"
    EQUALITY = "equality_and_inequalities"
    CARERS = "carers"
    VOLUNTARY_AND_HOUSING = "voluntary_community_and_housing_sectors"
    VOLUNTEERING = "volunteering_and_social_action"


class Capacity(Labelled):
    """In what capacity somebody took part."""

    PATIENT = "patient"
    CARER = "carer"
    VOLUNTARY_SECTOR = "voluntary_sector"
    CLINICIAN = "clinician"
    PROGRAMME = "programme"
    TASKFORCE = "taskforce"
    PRESENTER = "presenter"
    OTHER = "other"


def can_hold(state: WorkshopState, held_on: date | None, today: date) -> str | None:
    """Why a workshop can't be marked as held, or None: it needs a date that has come."""
    if state is WorkshopState.HELD:
        return "The workshop is already marked as held."
    if held_on is None:
        return "Enter the date of the workshop first."
    if held_on > today:
        return "The date of the workshop has not come yet."
    return None
