"""Who is at the other end of a unix socket."""

import socket
import struct
import sys


def peer_uid(connection: socket.socket) -> int | None:
    """The user at the other end; None: the system does not tell."""
    try:
        if sys.platform == "darwin":
            return int(struct.unpack("2I", connection.getsockopt(0, 1, 8))[1])  # LOCAL_PEERCRED
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        return int(struct.unpack("3i", told)[1])
    except (OSError, AttributeError):
        return None
