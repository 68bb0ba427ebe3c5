"""An address with a slash at its end leads to the page without it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/letters/", "/letters"),
        ("/letters/?state=issued&x=%2F", "/letters?state=issued&x=%2F"),
        ("/letters/EPC-L01/", "/letters/EPC-L01"),
        ("/recommendations/EPC-L01(b)/", "/recommendations/EPC-L01(b)"),
        ("/letters//", "/letters"),
        ("/help/", None),
        ("/nowhere/", None),
        ("/%2F%2Fevil.example/", None),
        ("/static/", None),
    ],
)
def test_address_with_a_slash_at_its_end_leads_to_the_page_where_there_is_one(app, address, leads_to):
    answer = app.test_client().get(address, base_url="http://localhost")
    expected = (308, leads_to) if leads_to else (404, None)
    assert (answer.status_code, answer.headers.get("location")) == expected


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/letters/", "///evil.example//"])
def test_address_that_names_another_host_leads_nowhere(app, path):
    answer = app.test_client().get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404


def test_form_that_is_sent_to_an_address_with_a_slash_goes_nowhere(app):
    assert app.test_client().post("/letters/new/").status_code in {400, 404}
