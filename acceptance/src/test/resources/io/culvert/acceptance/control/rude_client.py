"""A client without manners: python3 rude_client.py HOST PORT KIND; prints how the server ended the conversation."""
import os
import socket
import ssl
import struct
import sys

host, port, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def tls(*protocols):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(list(protocols))
    return context.wrap_socket(tcp())


def tcp():
    return socket.create_connection((host, port), timeout=20)


def frame(of_type, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([of_type, flags]) + struct.pack(">I", stream) + payload


def field(name, value):  # HPACK, RFC 7541 section 6.2.2: literal without indexing
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def grpc(message):  # RFC 9113: preface, SETTINGS, HEADERS of the call, DATA
    headers = b"".join(
        field(name, value)
        for name, value in [
            (b":method", b"POST"), (b":scheme", b"https"), (b":path", b"/culvert.agent.v1.AgentGateway/Enroll"),
            (b":authority", b"srv"), (b"content-type", b"application/grpc"), (b"te", b"trailers")])
    return (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"")
            + frame(1, 4, 1, headers) + frame(0, 1, 1, message))


def http(head, body=b""):
    return head.encode() + b"\r\n" + body


NOISE = os.urandom(1 << 20)
KINDS = {
    "noise": lambda: (tcp(), NOISE),
    "half-hello": lambda: (tcp(), b"\x16\x03\x01\x40\x00\x01"),
    "huge-hello": lambda: (tcp(), b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + NOISE),
    "noise-in-tls": lambda: (tls("h2", "http/1.1"), NOISE),
    "oversized-message": lambda: (tls("h2"), grpc(b"\x00\x7f\xff\xff\xff" + NOISE[:16000])),
    "malformed-message": lambda: (tls("h2"), grpc(b"\x00\x00\x00\x00\x20" + b"\xff" * 32)),
    "oversized-frame": lambda: (tls("h2"), grpc(b"")[:24] + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01" + NOISE),
    "oversized-header": lambda: (tls("http/1.1"), http("GET / HTTP/1.1\r\nHost: srv\r\nX: " + "x" * (1 << 20) + "\r\n")),
    "oversized-body": lambda: (tls("http/1.1"), http(
        "POST /api/v1/login HTTP/1.1\r\nHost: srv\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n",
        b"[" * (4 << 20))),
    "malformed-body": lambda: (tls("http/1.1"), http(
        "POST /api/v1/login HTTP/1.1\r\nHost: srv\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n"
        "Connection: close\r\n", b"[" * 60000)),
}



def call_has_ended(data):
    """Whether an HTTP/2 frame closes stream 1, with END_STREAM or RST_STREAM; then the server keeps the connection."""
    at = 0
    while len(data) >= at + 9:
        length, of_type, flags, stream = int.from_bytes(data[at:at + 3], "big"), data[at + 3], data[at + 4], data[at + 8]
        if stream == 1 and (of_type == 3 or of_type in (0, 1) and flags & 1):
            return True
        at += 9 + length
    return False


answer = b""
try:
    connection, words = KINDS[kind]()
    connection.sendall(words)
    if kind == "half-hello":
        connection.shutdown(socket.SHUT_WR)
    while data := connection.recv(1 << 16):
        answer += data
        if kind in ("oversized-message", "malformed-message") and call_has_ended(answer):
            break
    ended = "answered" if answer else "closed"
except socket.timeout:
    ended = "left alone"
except OSError as refused:
    ended = type(refused).__name__
print(ended, len(answer), answer[:300])
