"""A real HTTP server and a real SMTP server on the loopback, for tests."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hooks(ThreadingHTTPServer):
    """Answers posts with the statuses it is given, the last one for ever."""

    daemon_threads = True

    def __init__(self, *statuses):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = list(statuses) or [204]
        self.asked = []

    @property
    def url(self):
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=b"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append((self.path, dict(self.headers.items()), body))
        statuses = self.server.statuses
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        if status == "endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("location", self.path)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


class Post(socketserver.ThreadingTCPServer):
    """Takes mail, as much of RFC 5321 as smtplib asks for."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, refuse=b"", whom=b""):
        super().__init__(("127.0.0.1", 0), _Session)
        self.refuse = refuse
        """An answer to RCPT instead of 250."""
        self.whom = whom
        """Part of the addresses that are answered so."""
        self.mails = []

    @property
    def port(self):
        """Where it listens."""
        return self.server_address[1]


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper().strip()
            refused = word == b"RCPT" and self.server.whom in line
            if refused and self.server.refuse:
                self.wfile.write(self.server.refuse + b"\r\n")
            elif word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                mail = b""
                while not mail.endswith(b"\r\n.\r\n"):
                    mail += self.rfile.readline()
                self.server.mails.append(mail)
                self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")


@contextmanager
def serving(server):
    """Serve from a thread while the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
