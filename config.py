"""Settings, all from environment variables, each with a default that works on one machine."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
TRUE = {"1", "true", "yes", "on"}


class UnsafeConfig(RuntimeError):
    """A setting that production must not start with."""


def _flag(env: Mapping[str, str], name: str, default: str = "") -> bool:
    return env.get(name, default).strip().lower() in TRUE


def _kept_secret(data_dir: Path) -> str:
    """A key for development, made once and kept beside the data, so that sign-ins outlive a restart."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        new = data_dir / f"secret_key.{secrets.token_hex(8)}"
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(48), encoding="ascii")
        # Two workers start at once: the first link wins, and nobody ever reads half a key.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(new)
        new.unlink()
    return path.read_text(encoding="ascii")


def _soffice(env: Mapping[str, str]) -> str:
    """Where LibreOffice is, which makes PDFs; nothing where there is none, or where the setting is left empty."""
    found = shutil.which("soffice") or shutil.which("libreoffice") or ""
    return env.get("TRACKER_SOFFICE", found).strip()


def load_config(env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Flask settings from `env` (the process's environment by default).

    Raises UnsafeConfig where TRACKER_ENV is "production" and a setting is unsafe or missing.
    """
    env = os.environ if env is None else env
    production = env.get("TRACKER_ENV", "development") == "production"
    data_dir = Path(env.get("TRACKER_DATA_DIR") or ROOT / "var").resolve()
    secret = env.get("TRACKER_SECRET_KEY", "")
    if not secret and not production:
        secret = _kept_secret(data_dir)
    https = _flag(env, "TRACKER_HTTPS")
    host, port = env.get("HOST", "127.0.0.1"), int(env.get("PORT", "5000"))
    settings = {
        "PRODUCTION": production,
        "DATA_DIR": data_dir,
        "HOST": host,
        "PORT": port,
        "HTTPS": https,
        "BASE_URL": env.get("TRACKER_BASE_URL", f"http://{host}:{port}").rstrip("/"),
        "PROXIES": int(env.get("TRACKER_PROXIES", "0")),
        "SECRET_KEY": secret,
        "SECRET_KEY_FALLBACKS": [k for k in env.get("TRACKER_SECRET_KEY_FALLBACKS", "").split(",") if k],
        "SQLALCHEMY_DATABASE_URI": env.get("TRACKER_DATABASE_URL") or f"sqlite:///{data_dir / 'tracker.sqlite3'}",
        "MIGRATION_URL": env.get("TRACKER_MIGRATION_URL") or None,
        "ORGANISATION_NAME": env.get("ORGANISATION_NAME", ""),
        "SHOW_NHS_LOGO": _flag(env, "SHOW_NHS_LOGO"),
        "SUPPORT_EMAIL": env.get("TRACKER_SUPPORT_EMAIL", ""),
        "MAIL_FROM": env.get("TRACKER_MAIL_FROM", "taskforce-tracker@localhost"),
        "SMTP_HOST": env.get("TRACKER_SMTP_HOST", "127.0.0.1"),
        "SMTP_PORT": int(env.get("TRACKER_SMTP_PORT", "25")),
        "SMTP_USER": env.get("TRACKER_SMTP_USER", ""),
        "SMTP_PASSWORD": env.get("TRACKER_SMTP_PASSWORD", ""),
        "SMTP_STARTTLS": _flag(env, "TRACKER_SMTP_STARTTLS"),
        "SOFFICE": _soffice(env),
        "IDLE_LIMIT": timedelta(minutes=int(env.get("TRACKER_IDLE_MINUTES", "30"))),
        "SESSION_LIMIT": timedelta(hours=int(env.get("TRACKER_SESSION_HOURS", "10"))),
        # A form left open over lunch keeps its text: its token lives as long as the session.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": https,
        "MAX_CONTENT_LENGTH": 25 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 10_000,
        "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
    }
    _refuse_unsafe(settings)
    return settings


def _refuse_unsafe(settings: Mapping[str, Any]) -> None:
    if not settings["HTTPS"] and settings["HOST"] not in {"127.0.0.1", "::1", "localhost"}:
        raise UnsafeConfig("without TRACKER_HTTPS=1 only this machine is served: set HOST=127.0.0.1")
    if not settings["PRODUCTION"]:
        return
    if not settings["HTTPS"]:
        raise UnsafeConfig("TRACKER_HTTPS must be 1 in production, behind a proxy that ends TLS")
    if len(settings["SECRET_KEY"]) < 32:
        raise UnsafeConfig("TRACKER_SECRET_KEY must be set to 32 or more random characters in production")
