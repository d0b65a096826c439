"""An HTTP server whose every answer a test decides, on a loopback port of the kernel's choice."""

import http.server
import socket
import struct
import threading


class Server:
    """Routes: path without query -> function(handler). `log` holds (path, headers, body) of each request."""

    def __init__(self, tls=None):
        self.routes = {}
        self.log = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                # A TLS greeting on a plain port: close at once, as most servers do.
                if tls is None:
                    try:
                        first = self.connection.recv(1, socket.MSG_PEEK)
                    except OSError:
                        first = b""
                    if first in (b"", b"\x16"):
                        self.close_connection = True
                        return
                super().handle_one_request()

            def do_GET(self):
                size = int(self.headers.get("Content-Length", "0"))
                body = self.rfile.read(size) if size else b""
                outer.log.append((self.path, self.headers, body))
                route = outer.routes.get(self.path.split("?")[0])
                try:
                    if route is None:
                        self.answer(404, b"")
                    else:
                        route(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_POST = do_GET

            def answer(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                if "Content_Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def cut(self):
                """Ends the connection after what was sent."""
                self.wfile.flush()
                self.close_connection = True

            def reset(self):
                """Ends the connection with RST."""
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.http = Quiet(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.http.socket = tls.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        self.host = "127.0.0.1:%d" % self.port
        self.url = ("https://" if tls else "http://") + self.host
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def paths(self):
        return [path.split("?")[0] for path, _, _ in self.log]

    def close(self):
        self.http.shutdown()
        self.http.server_close()
