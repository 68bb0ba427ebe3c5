"""gunicorn's settings for deploy/tracker.service.

The application is loaded once and its workers are forked from it, so they share its memory. New code needs a restart,
not a reload: the database is brought up to date by one too.
"""

import gc
import multiprocessing
from typing import Any

bind = "unix:/run/tracker/gunicorn.sock"
workers = 2 * multiprocessing.cpu_count() + 1
preload_app = True
timeout = 60
max_requests = 10_000
max_requests_jitter = 1_000


def when_ready(server: Any) -> None:
    """Before the workers are forked: compile the templates, and set aside what lives as long as the server.

    The collector need not look at it again, and so does not write to memory that is shared.
    """
    templates = server.app.wsgi().jinja_env
    for name in templates.list_templates(extensions=["html", "txt"]):
        templates.get_template(name)
    gc.collect()
    gc.freeze()
