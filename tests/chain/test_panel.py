"""The chain panel on the pages: a click a step, both ways."""

from __future__ import annotations

from typing import Any

from tests.chain.making import make_chain, make_workshop
from tracker.core.db import writing

STEPS = (
    ("/workshops/EPC-W01", "Workshop"),
    ("/letters/EPC-L01", "Letter"),
    ("/recommendations/EPC-L01(a)", "Recommendations"),
    ("/letters/EPC-L01/responses/CAN", "Answers"),
    ("/actions/EPC-A001", "Actions"),
    ("/papers/EPC-P01", "Board papers"),
)


def panel(page: Any) -> dict[str, list[str]]:
    """The addresses in each step of the panel."""
    steps = page.tree.iterfind(".//section[@class='app-chain']//li[@class='app-chain__step']")
    return {s.find("span").text: [a.get("href") for a in s.iter("a")] for s in steps}


def test_secretary_clicks_from_every_record_to_every_other(app: Any, cast: Any, visit: Any) -> None:
    made = make_chain(app, cast)
    secretary = visit("secretary@epc.test")
    for address, own in STEPS:
        found = panel(secretary.get(address))
        assert found["Points heard"] == [f"/workshops/EPC-W01/points/{made.point}"], address
        assert found["The board’s resolutions"] == [f"/papers/EPC-P01#invitation-{made.invitation}"], address
        assert found[own] == [], f"{address} links to itself"
        for other, step in STEPS:
            assert other == address or found[step] == [other], (address, step)


def test_points_and_resolutions_stand_where_the_chain_leads(app: Any, cast: Any, visit: Any) -> None:
    made = make_chain(app, cast)
    secretary = visit("secretary@epc.test")
    assert f'id="point-{made.point}"' in secretary.get("/workshops/EPC-W01/points").html
    assert f'id="invitation-{made.invitation}"' in secretary.get("/papers/EPC-P01").html


def test_the_record_itself_is_marked(app: Any, cast: Any, visit: Any) -> None:
    make_chain(app, cast)
    for address, own in STEPS:
        page = visit("secretary@epc.test").get(address)
        marked = page.tree.findall(".//li[@class='app-chain__step'][@aria-current='true']")
        assert [m.find("span").text for m in marked] == [own], address


def test_programme_team_meets_no_link_that_is_not_for_them(app: Any, cast: Any, visit: Any) -> None:
    make_chain(app, cast)
    team = visit("team@can.test")
    for address, _ in STEPS[1:4]:
        for links in panel(team.get(address)).values():
            for link in links:
                team.get(link)


def test_a_new_workshop_says_what_has_not_come_of_it(app: Any, cast: Any, visit: Any) -> None:
    with app.app_context(), writing():
        make_workshop(cast.epc, cast.can, "EPC-W01")
    assert "No letter yet" in visit("member@epc.test").get("/workshops/EPC-W01").text
