"""gunicorn's settings for deploy/tracker.service."""

import gc
import multiprocessing

bind = "unix:/run/tracker/gunicorn.sock"
workers = 2 * multiprocessing.cpu_count() + 1
timeout = 60
max_requests = 10_000
max_requests_jitter = 1_000


def post_worker_init(worker: object) -> None:
    """What was loaded at the start lives as long as the worker: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
