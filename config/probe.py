"""Asks the web server of this container whether it can serve: `python -m config.probe` ends with 0 if so.

Needs no Django. The Host header is the first of ALLOWED_HOSTS, as any other is refused.
"""

import http.client
import os
import sys


def serves(host: str, port: int, *, name: str) -> bool:
    """Whether /healthz answers 200 there, to a request for the site called name, within 5 seconds."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    allowed = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    name = allowed.removeprefix(".").replace("*", "localhost")
    return 0 if serves("127.0.0.1", int(os.environ.get("PORT", "8000")), name=name) else 1


if __name__ == "__main__":
    sys.exit(main())
