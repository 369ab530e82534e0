from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any

import pytest
from werkzeug.serving import make_server

from sandbox.aws.connection import Handler


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answers with the connection's client, and reads a request's body only where it is asked to echo it."""
    path = environ["PATH_INFO"]
    if path == "/drop":
        environ["werkzeug.socket"].close()
        raise ConnectionResetError
    if path == "/nothing":
        start_response("204 No Content", [])
        return []
    if path == "/head":
        start_response("200 OK", [("Content-Length", "1000")])
        return []
    body = environ["wsgi.input"].read() if path == "/echo" else environ["REMOTE_PORT"]
    text = body if isinstance(body, bytes) else str(body).encode()
    start_response("200 OK", [("Content-Length", "3"), ("Connection", "close"), ("X-Mine", "x")])
    return [text[:2], text[2:]]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def connection(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.connect()
    yield connection
    connection.close()


def own_port(connection: HTTPConnection) -> bytes:
    """The port of a connection's client, as the application is to see it."""
    return str(connection.sock.getsockname()[1]).encode()


def ask(connection: HTTPConnection, method: str, path: str, **more: Any) -> tuple[int, bytes]:
    connection.request(method, path, **more)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_a_connection_serves_one_request_after_another(connection: HTTPConnection) -> None:
    port = own_port(connection)
    for _ in range(3):
        assert ask(connection, "GET", "/") == (200, port)


def test_what_the_application_says_of_length_and_connection_is_set_right(connection: HTTPConnection) -> None:
    connection.request("POST", "/echo", body=b"abcdef")
    answer = connection.getresponse()
    headers = {name: value for name, value in answer.getheaders() if name != "Date"}
    assert answer.read() == b"abcdef"
    assert headers == {"X-Mine": "x", "Content-Length": "6"}


def test_a_body_that_nobody_reads_is_not_the_next_request(connection: HTTPConnection) -> None:
    port = own_port(connection)
    assert ask(connection, "PUT", "/", body=b"GET /nothing HTTP/1.1\r\n\r\n") == (200, port)
    assert ask(connection, "GET", "/") == (200, port)


@pytest.mark.parametrize(("method", "path", "status"), [("HEAD", "/head", 200), ("GET", "/nothing", 204)])
def test_an_answer_without_a_body(connection: HTTPConnection, method: str, path: str, status: int) -> None:
    port = own_port(connection)
    assert ask(connection, method, path) == (status, b"")
    assert ask(connection, "GET", "/") == (200, port)


def test_the_length_of_what_a_head_request_is_about(connection: HTTPConnection) -> None:
    connection.request("HEAD", "/head")
    answer = connection.getresponse()
    assert (answer.getheader("Content-Length"), answer.read()) == ("1000", b"")


def test_a_client_that_waits_for_leave_to_send_gets_it(connection: HTTPConnection) -> None:
    answer = ask(connection, "PUT", "/echo", body=b"abc", headers={"Expect": "100-continue"})
    assert answer == (200, b"abc")


def test_a_body_in_chunks_is_the_connections_last(connection: HTTPConnection) -> None:
    connection.request("PUT", "/echo", body=iter([b"ab", b"cd"]), encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.read(), answer.getheader("Connection")) == (b"abcd", "close")


def test_a_connection_that_is_dropped_gives_no_answer(connection: HTTPConnection) -> None:
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(connection, "GET", "/drop")


def test_a_client_may_ask_for_the_end(connection: HTTPConnection) -> None:
    connection.request("GET", "/", headers={"Connection": "close"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Connection")) == (200, "close")
    answer.read()
