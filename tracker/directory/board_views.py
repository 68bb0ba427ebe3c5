"""Pages of boards and the days on which they meet."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for

from tracker.core import events
from tracker.directory import operations, queries
from tracker.directory.blueprint import bp
from tracker.directory.forms import BoardForm, BoardMeetingForm
from tracker.directory.models import Board
from tracker.web import htmx
from tracker.web.access import permission, person
from tracker.web.forms import submit


@bp.get("/boards/<id:board_id>")
@permission("board.view", queries.get_board_for)
def show_board(board: Board) -> str:
    happenings = events.list_timeline([("board", board.id)])
    return render_template("directory/board.html", board=board, happenings=happenings)


@bp.route("/boards/new", methods=["GET", "POST"])
@permission("board.edit")
def new_board() -> Response | str:
    form = BoardForm()

    def render(form: BoardForm) -> str:
        return render_template("directory/edit_board.html", form=form, board=None)

    def write(_nothing: None) -> Response:
        board = operations.create_board(form.details(), by=person())
        flash(f"{board.name} is made. Add the days on which it meets.")
        return htmx.see_other(url_for(".show_board", board_id=board.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/boards/<id:board_id>/edit", methods=["GET", "POST"])
@permission("board.edit", queries.get_board_for)
def edit_board(board: Board) -> Response | str:
    form = BoardForm.of(board)

    def render(form: BoardForm) -> str:
        return render_template("directory/edit_board.html", form=form, board=board)

    def write(board: Board) -> Response:
        operations.edit_board(board, form.details(), by=person())
        flash("The board is saved.")
        return htmx.see_other(url_for(".show_board", board_id=board.id))

    return render(form) if request.method == "GET" else submit(form, render, write)


@bp.route("/boards/<id:board_id>/meetings/new", methods=["GET", "POST"])
@permission("board.edit", queries.get_board_for)
def add_board_meeting(board: Board) -> Response | str:
    form: Any = BoardMeetingForm()

    def render(form: BoardMeetingForm) -> str:
        return render_template("directory/add_meeting.html", form=form, board=board)

    def write(board: Board) -> Response:
        operations.add_board_meeting(board, form.held_on.data, by=person())
        flash("The meeting is added.")
        return htmx.see_other(url_for(".show_board", board_id=board.id))

    return render(form) if request.method == "GET" else submit(form, render, write)
