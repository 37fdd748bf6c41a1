from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from keymock.problems import Stop
from keymock.serve.sockets import Face, Listener, holder, listen, url


@contextmanager
def listening(*faces: Face) -> Iterator[dict[str, Listener]]:
    found = listen(faces)
    try:
        yield found
    finally:
        for listener in found.values():
            listener.close()


@contextmanager
def taken(family: socket.AddressFamily = socket.AF_INET, address: str = "127.0.0.1") -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket(family) as sock:
        sock.bind((address, 0))
        sock.listen(1)
        yield sock.getsockname()[1]


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def refused(*faces: Face) -> Stop:
    with pytest.raises(Stop) as caught:
        listen(faces)
    assert caught.value.exit_code == 2
    return caught.value


def test_a_free_port_is_one_number_on_both_loopback_addresses() -> None:
    with listening(Face("mock")) as found:
        mock = found["mock"]
        assert {sock.getsockname()[1] for sock in mock.sockets} == {mock.port}
        assert [sock.getsockname()[0] for sock in mock.sockets] == ["127.0.0.1", "::1"][: 1 + has_ipv6()]
        assert mock.url == f"http://127.0.0.1:{mock.port}"
        for sock in mock.sockets:
            socket.create_connection(sock.getsockname()[:2], timeout=1).close()


def test_several_faces_have_several_ports_in_the_order_asked() -> None:
    with listening(Face("mock"), Face("projects/shop"), Face("control")) as found:
        assert list(found) == ["mock", "projects/shop", "control"]
        assert len({listener.port for listener in found.values()}) == 3


def test_the_port_asked_for_is_the_port_had() -> None:
    with taken() as port:
        pass
    with listening(Face("mock", port)) as found:
        assert found["mock"].port == port


def test_a_port_in_use_is_one_sentence_that_names_the_program() -> None:
    with taken() as port:
        started = time.monotonic()
        stop = refused(Face("mock", port))
        assert time.monotonic() - started < 1
    (problem,) = stop.problems
    assert problem.code == "port-in-use"
    assert problem.message.startswith(f"port {port} is in use by ")
    assert "--port" in problem.hint
    if sys.platform == "linux":
        assert f"(pid {os.getpid()})" in problem.message


def test_a_known_process_is_called_by_its_name() -> None:
    with taken() as port, pytest.raises(Stop) as caught:
        listen([Face("control", port)], {os.getpid(): "keymock up of /home/ada/shop"})
    message = caught.value.problems[0].message
    assert "keymock up of /home/ada/shop" in message or sys.platform != "linux"
    assert "--control-port" in caught.value.problems[0].hint


def test_a_port_that_shares_itself_is_refused_as_well() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        assert refused(Face("mock", other.getsockname()[1])).problems[0].code == "port-in-use"


def test_nobody_can_join_our_port() -> None:
    with listening(Face("mock")) as found, socket.socket() as second:
        second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with pytest.raises(OSError, match="in use"):
            second.bind(("127.0.0.1", found["mock"].port))


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_stranger_on_the_other_loopback_address_is_a_port_in_use() -> None:
    with taken(socket.AF_INET6, "::1") as port:
        assert refused(Face("mock", port)).problems[0].code == "port-in-use"


def test_a_face_that_cannot_be_had_gives_back_the_others() -> None:
    with taken() as free:
        pass
    with taken() as port:
        refused(Face("mock", free), Face("control", port))
    with listening(Face("mock", free)) as found:
        assert found["mock"].port == free


def test_a_port_can_be_had_again_at_once() -> None:
    with listening(Face("mock")) as found:
        port = found["mock"].port
        with socket.create_connection(("127.0.0.1", port)):
            found["mock"].sockets[0].accept()[0].close()  # the side that closes first keeps the TIME_WAIT
    with listening(Face("mock", port)) as found:
        assert found["mock"].port == port


def test_a_host_for_containers_is_one_socket_and_reached_by_loopback() -> None:
    with listening(Face("mock", host="0.0.0.0")) as found:  # noqa: S104
        assert len(found["mock"].sockets) == 1
        assert found["mock"].url == f"http://127.0.0.1:{found['mock'].port}"


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "a..b"])
def test_a_host_of_another_machine_is_named(host: str) -> None:
    (problem,) = refused(Face("mock", host=host)).problems
    assert problem.code == "no-such-host"
    assert host in problem.message


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("", "http://127.0.0.1:8787"),
        ("0.0.0.0", "http://127.0.0.1:8787"),  # noqa: S104
        ("::", "http://[::1]:8787"),
        ("10.0.0.5", "http://10.0.0.5:8787"),
        ("fd00::5", "http://[fd00::5]:8787"),
    ],
)
def test_the_address_that_works_from_here(host: str, expected: str) -> None:
    assert url(host, 8787) == expected


def test_nobody_holds_a_free_port() -> None:
    with taken() as port:
        pass
    assert holder(port, {}) == ""
