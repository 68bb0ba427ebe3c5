"""Settings come from the environment; an unsafe one is refused at the start."""

from __future__ import annotations

import shutil
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from config import UnsafeConfig, load_config

SECRET = "x" * 32
PRODUCTION = {"TRACKER_ENV": "production", "TRACKER_HTTPS": "1", "TRACKER_SECRET_KEY": SECRET}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"TRACKER_DATA_DIR": str(tmp_path / "data")}


def test_every_setting_has_a_default_that_works(env: dict[str, str], tmp_path: Path) -> None:
    config = load_config(env)
    assert config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/data/tracker.sqlite3"
    assert config["BASE_URL"] == "http://127.0.0.1:5000"
    assert config["IDLE_LIMIT"] == timedelta(minutes=30)
    assert (config["HTTPS"], config["PRODUCTION"], config["PROXIES"]) == (False, False, 0)
    assert config["WTF_CSRF_TIME_LIMIT"] is None


def test_the_development_key_is_kept_and_private(env: dict[str, str], tmp_path: Path) -> None:
    first = load_config(env)["SECRET_KEY"]
    assert len(first) >= 48
    assert load_config(env)["SECRET_KEY"] == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["secret_key"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"TRACKER_HTTPS": "0"}, "TRACKER_HTTPS"),
        ({"TRACKER_HTTPS": ""}, "TRACKER_HTTPS"),
        ({"TRACKER_SECRET_KEY": ""}, "TRACKER_SECRET_KEY"),
        ({"TRACKER_SECRET_KEY": "short"}, "TRACKER_SECRET_KEY"),
    ],
)
def test_production_refuses_what_is_unsafe(env: dict[str, str], change: dict[str, str], words: str) -> None:
    with pytest.raises(UnsafeConfig, match=words):
        load_config(env | PRODUCTION | change)


def test_production_makes_no_key_of_its_own(env: dict[str, str], tmp_path: Path) -> None:
    assert load_config(env | PRODUCTION)["SECRET_KEY"] == SECRET
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "tracker.example"])
def test_without_https_only_this_machine_is_served(env: dict[str, str], host: str) -> None:
    with pytest.raises(UnsafeConfig, match="only this machine"):
        load_config(env | {"HOST": host})
    assert load_config(env | PRODUCTION | {"HOST": host})["HOST"] == host


def test_https_decides_the_flags_of_the_cookie(env: dict[str, str]) -> None:
    plain, secure = load_config(env), load_config(env | PRODUCTION)
    assert (plain["SESSION_COOKIE_NAME"], plain["SESSION_COOKIE_SECURE"]) == ("session", False)
    assert (secure["SESSION_COOKIE_NAME"], secure["SESSION_COOKIE_SECURE"]) == ("__Host-session", True)
    for config in (plain, secure):
        assert config["SESSION_COOKIE_HTTPONLY"] is True
        assert (config["SESSION_COOKIE_SAMESITE"], config["SESSION_COOKIE_PATH"]) == ("Lax", "/")


def test_older_keys_stay_valid_while_they_are_listed(env: dict[str, str]) -> None:
    assert load_config(env | {"TRACKER_SECRET_KEY_FALLBACKS": "one,two,"})["SECRET_KEY_FALLBACKS"] == ["one", "two"]
    assert load_config(env)["SECRET_KEY_FALLBACKS"] == []


def test_libreoffice_is_found_on_the_path_or_named_or_switched_off(env: dict[str, str]) -> None:
    assert load_config(env | {"TRACKER_SOFFICE": "/opt/soffice"})["SOFFICE"] == "/opt/soffice"
    assert load_config(env | {"TRACKER_SOFFICE": ""})["SOFFICE"] == ""
    found = shutil.which("soffice") or shutil.which("libreoffice") or ""
    assert load_config(env)["SOFFICE"] == found
