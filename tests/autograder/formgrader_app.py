"""nbgrader's formgrader in this process, asked as a browser does, under the name of a grader."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import patience
from jupyter_server.auth import IdentityProvider, User
from jupyter_server.serverapp import ServerApp
from nbgrader.server_extensions.formgrader import formgrader
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port


class ByHeader(IdentityProvider):
    """Takes the name of the user from the request, as a hub does from its cookie."""

    def get_user(self, handler):
        name = handler.request.headers.get("X-User")
        return User(name, name) if name else self.generate_anonymous_user(handler)


class Formgrader:
    """The pages and the API of formgrader."""

    def __init__(self, loop, port):
        self._loop, self._port = loop, port

    def ask(self, path, user=None, method="GET", body=None):
        headers = {"X-User": user} if user else {}
        url = f"http://127.0.0.1:{self._port}/formgrader/{path}"
        client = AsyncHTTPClient()
        data = None if body is None else json.dumps(body)
        patient = {"connect_timeout": patience.SECONDS, "request_timeout": patience.SECONDS}
        made = client.fetch(url, method=method, headers=headers, body=data, raise_error=False, **patient)
        answer = self._loop.run_until_complete(made)
        assert answer.code == 200, (path, answer.code, answer.body.decode()[-2000:])
        return answer.body.decode()

    def data(self, path, **more):
        return json.loads(self.ask(f"api/{path}", **more))

    def submissions(self, assignment, notebook):
        """Return the submissions of a notebook, by student."""
        return {one["student"]: one for one in self.data(f"submitted_notebooks/{assignment}/{notebook}")}

    def give(self, submission, cell, points, user=None, extra=None):
        """Type points into the box of a cell, as formgrade.js sends them."""
        (grade,) = [one for one in self.data(f"grades?submission_id={submission}") if one["name"] == cell]
        body = {**grade, "manual_score": points, "extra_credit": extra}
        return self.data(f"grade/{grade['id']}", user=user, method="PUT", body=body)


@contextmanager
def formgrader_of(course, monkeypatch) -> Iterator[Formgrader]:
    """Run formgrader in a course's folder."""
    monkeypatch.chdir(course.root)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = ServerApp(identity_provider_class=ByHeader, disable_check_xsrf=True, root_dir=str(course.root))
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    app.initialize(argv=[], find_extensions=False, new_httpserver=False)
    for number, handler in before.items():  # the server would take them from the tests
        signal.signal(number, handler)
    formgrader.load_jupyter_server_extension(app)
    server = HTTPServer(app.web_app)
    socket, port = bind_unused_port()
    server.add_sockets([socket])
    try:
        yield Formgrader(loop, port)
    finally:
        server.stop()
        loop.run_until_complete(server.close_all_connections())
        gradebook = app.web_app.settings["nbgrader_gradebook"]
        if gradebook is not None:
            gradebook.close()
        AsyncHTTPClient().close()
        loop.close()
        asyncio.set_event_loop(None)
