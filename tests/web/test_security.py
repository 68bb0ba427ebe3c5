"""Headers on every answer, the policy's hash, escaping, cookies, and where a sign-in may lead."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from config import load_config
from tests.factories import Cast
from tracker import create_app
from tracker.web.security import CONTENT_SECURITY_POLICY, HEADERS, safe_path

ADDRESSES = [
    "/accessibility",
    "/healthz",
    "/sign-in",
    "/",
    "/nowhere",
    "/static/app.css",
    "/static/app.css?v=1",
    "/static/nothing.css",
    "/trial/raise/bug",
    "/trial/raise/rule",
    "/trial/raise/tries",
    "/trial/abort/400",
    "/sign-out",
    "/actions/999999999",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(trial: Any, address: str) -> None:
    for method in ("get", "head", "options", "post"):
        headers = getattr(trial, method)(address).headers
        for name, value in HEADERS.items():
            assert headers[name] == value, (method, address)


def test_pages_are_never_stored_and_named_assets_are(trial: Any) -> None:
    for address in ("/accessibility", "/nowhere", "/trial/raise/bug", "/static/app.css", "/static/nothing.css?v=1"):
        assert trial.get(address).headers["Cache-Control"] == "no-store"
    assert "immutable" in trial.get("/static/app.css?v=1").headers["Cache-Control"]
    assert {"HX-Request", "Cookie"} <= set(trial.get("/accessibility").vary)


def test_the_policy_names_the_one_inline_script(trial: Any) -> None:
    html = trial.get("/accessibility").get_data(as_text=True)
    scripts = [body for tag, body in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.S) if "src=" not in tag]
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    assert len(scripts) == 1
    assert f"'sha256-{hashes[0]}'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY and "default-src 'none'" in CONTENT_SECURITY_POLICY


def test_markup_in_a_label_stays_text_also_inside_the_components(trial: Any) -> None:
    words = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    html = trial.get("/trial/scripts", query_string={"words": words}).get_data(as_text=True)
    assert "<script" not in html and "<img" not in html
    assert html.count("&lt;script&gt;") == 3


EVIL = [
    "//evil.test",
    "///evil.test",
    "////evil.test",
    "/////evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "\\/evil.test",
    "/\\/evil.test",
    "/%5cevil.test",
    "/%2fevil.test",
    "/%2f%2fevil.test",
    "/%09/evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "/\r/evil.test",
    "/\r\nSet-Cookie: a=b",
    "/letters\r\nLocation: https://evil.test",
    "/letters\n",
    "\n/letters",
    " /letters",
    "/ /evil.test",
    "https://evil.test",
    "https:evil.test",
    "https:/evil.test",
    "http:///evil.test",
    "HTTPS://evil.test",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "evil.test",
    "@evil.test",
    "/@evil.test",
    "/.evil.test",
    "/..//evil.test",
    "/letters//evil.test",
    "/letters?next=//evil.test",
    "/\u2215evil.test",
    "/\uff0fevil.test",
    "/\u3002evil.test",
    "/\x00evil.test",
    "/\u202eevil",
    "?next=/",
    "#top",
    "",
    "/" + "a" * 2000,
]


@pytest.mark.parametrize("payload", EVIL, ids=lambda p: repr(p)[:30])
def test_no_address_leads_away(payload: str) -> None:
    assert safe_path(payload) is None


@pytest.mark.parametrize("payload", EVIL, ids=lambda p: repr(p)[:30])
def test_the_sign_in_page_never_repeats_an_address_that_leads_away(trial: Any, payload: str) -> None:
    answer = trial.post("/sign-in", query_string={"next": payload}, data={"email": "", "password": ""})
    assert answer.status_code == 422 and answer.location is None


@pytest.mark.parametrize(
    "own",
    [
        "/",
        "/letters",
        "/letters/EPC-L02",
        "/recommendations/EPC-L02(b)",
        "/actions?state=open&sort=-due",
        "/letters?q=a%20b",
        "/workshops/EPC-W02#points",
        "/letters/what-changed?from=1#v2",
    ],
)
def test_our_own_addresses_pass(own: str) -> None:
    assert safe_path(own) == own


@given(st.text(alphabet="/\\.:@%?#=&\t\r\n aevil5c09f-", max_size=40))
def test_what_passes_stays_on_the_site(path: str) -> None:
    if safe_path(path) is not None:
        assert path.startswith("/") and not path.startswith(("//", "/\\")) and "//" not in path
        assert not set(path) & set("\\\t\r\n ")


def test_nobody_signed_in_is_taken_to_the_sign_in_page_and_back(trial: Any) -> None:
    answer = trial.get("/trial/mine?a=1")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/trial/mine?a%3D1")
    piece = trial.get("/trial/mine", headers={"HX-Request": "true", "HX-Target": "row-7"})
    assert (piece.status_code, piece.headers["HX-Redirect"]) == (204, "/sign-in")
    assert piece.get_data() == b""


def test_the_cookie_of_a_sign_in_is_kept_from_scripts(app: Flask, cast: Cast, visit: Any) -> None:
    visitor = visit("secretary@epc.test")
    visitor.get("/account")
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax" and cookie.path == "/"
    assert cookie.domain == "localhost"


def test_over_https_the_cookie_is_bound_to_the_host(trial_app: Flask) -> None:
    settings = load_config(
        {
            "TRACKER_ENV": "production",
            "TRACKER_HTTPS": "1",
            "TRACKER_SECRET_KEY": "x" * 40,
            "TRACKER_DATA_DIR": str(trial_app.config["DATA_DIR"]),
            "TRACKER_DATABASE_URL": trial_app.config["SQLALCHEMY_DATABASE_URI"],
        }
    )
    answer = create_app(settings).test_client().get("/sign-in", base_url="https://tracker.test")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
