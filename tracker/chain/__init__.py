"""What came from what: the chain panel."""

from tracker.chain.panel import init_app

__all__ = ["init_app"]
