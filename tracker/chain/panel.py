"""The chain panel: a Jinja global for every record's page."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from tracker.chain.queries import list_steps
from tracker.web.access import person
from tracker.web.transaction import TrackerFlask


def init_app(app: TrackerFlask) -> None:
    """Give every template `chain_panel(record)`: what the record came from and what came of it."""

    def chain_panel(record: Any) -> Markup:
        steps = list_steps(person(), record)
        here = next((n for n, s in enumerate(steps) if s.current), 0)
        parts = (
            ("What it came from", steps[:here]),
            ("", steps[here : here + 1]),
            ("What came of it", steps[here + 1 :]),
        )
        template = app.jinja_env.get_template("chain/_panel.html")
        return Markup(template.render(parts=[p for p in parts if p[1]]))  # noqa: S704

    app.jinja_env.globals["chain_panel"] = chain_panel
