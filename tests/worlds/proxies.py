"""A server seen through a proxy that can hang or hang up, so that others keep theirs."""

import socket
import threading
from contextlib import suppress
from types import TracebackType

from psycopg.conninfo import conninfo_to_dict, make_conninfo

PIECE = 65_536


class Proxy:
    """Passes bytes on to a PostgreSQL server, in threads of its own."""

    def __init__(self, address: str) -> None:
        given = conninfo_to_dict(address)
        self._server = f"{given['host']}/.s.PGSQL.{given.get('port') or 5432}"
        self._door = socket.create_server(("127.0.0.1", 0))
        here = {"host": "127.0.0.1", "port": self._door.getsockname()[1]}
        self.address = _as_url(make_conninfo("", **given | here))
        self._open = threading.Event()
        self._open.set()
        self._there = True
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._admit, daemon=True).start()

    def freeze(self) -> None:
        """Pass nothing on, as a server does that hangs: it takes connections and says nothing."""
        self._open.clear()

    def thaw(self) -> None:
        """Pass on what has come meanwhile."""
        self._open.set()

    def cut(self) -> None:
        """Hang up, and refuse whoever calls."""
        self._there = False
        ends, self._ends = self._ends, []
        for end in ends:
            _hang_up(end)

    def mend(self) -> None:
        """Take calls again."""
        self._there = True

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.thaw()
        self.cut()
        _hang_up(self._door)

    def _admit(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            if not self._there:
                caller.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            self._ends += [caller, server]
            for one, other in ((caller, server), (server, caller)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(PIECE):
                self._open.wait()
                other.sendall(piece)
        _hang_up(one)
        _hang_up(other)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _as_url(conninfo: str) -> str:
    given = conninfo_to_dict(conninfo)
    return (
        f"postgresql://{given['user']}:{given.get('password') or ''}"
        f"@{given['host']}:{given['port']}/{given['dbname']}"
    )
