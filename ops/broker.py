"""An embedded Valkey for Celery: on a Unix socket only, with every message in an append-only file."""

from pathlib import Path
from urllib.parse import quote

from ops.binaries import valkey_server
from ops.paths import short


class Broker:
    """A Valkey server whose state is under one folder; what runs it is the supervisor."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.log = self.root / "valkey.log"
        self.socket = short(self.root / "valkey.sock")

    def url(self) -> str:
        """The broker address as Celery reads it."""
        return f"redis+socket://{quote(str(self.socket))}"

    def command(self) -> list[str]:
        """What to run. Makes the folder, and clears away the socket of a server that was killed."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        return [
            *(str(valkey_server()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.root), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--maxmemory-policy", "noeviction", "--loglevel", "notice", "--logfile", str(self.log)),
        ]

    def ready(self) -> bool:
        """Whether it listens."""
        return self.socket.is_socket()
