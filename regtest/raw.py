#!/usr/bin/env python3
"""Exchanges bytes that varnishtest cannot write or look at.

raw.py ORIGIN HOST PORT REQUEST ANSWER
    listens at the UNIX path ORIGIN, sends REQUEST to HOST:PORT, and answers what
    arrives at ORIGIN with ANSWER once it is all there. Prints what the origin
    and what the client got. In both texts \\r and \\n stand for themselves.

raw.py greet COUNT HOST PORT ORIGIN...
    listens at each ORIGIN and greets who connects with its number, opens COUNT
    connections to HOST:PORT one after the other, keeps them all open, and prints
    the greetings in a row.
"""
import socket, sys, threading


def listen(path):
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen(64)
    return s


def exchange(path, host, port, request, answer):
    got = {}
    request, answer = (t.encode().decode("unicode_escape").encode("latin1") for t in (request, answer))
    door = listen(path)
    door.settimeout(5)

    def origin():
        c, _ = door.accept()
        c.settimeout(0.3)  # of silence: the request is over
        got["origin"] = b""
        try:
            while b := c.recv(65536):
                got["origin"] += b
        except TimeoutError:
            pass
        c.sendall(answer)
        c.close()

    t = threading.Thread(target=origin)
    t.start()
    c = socket.create_connection((host, int(port)))
    c.settimeout(5)
    c.sendall(request)
    got["client"] = b""
    while b := c.recv(65536):
        got["client"] += b
    t.join()
    for who in ("origin", "client"):
        print(who, repr(got[who])[2:-1])


def greet(count, host, port, *paths):
    kept = []

    def origin(door, name):
        while True:
            c, _ = door.accept()
            kept.append(c)
            c.sendall(name)

    for i, path in enumerate(paths):
        threading.Thread(target=origin, args=(listen(path), str(i + 1).encode()), daemon=True).start()
    row = ""
    for _ in range(int(count)):
        c = socket.create_connection((host, int(port)))
        c.settimeout(5)
        row += c.recv(1).decode()
        kept.append(c)
    print("row", row)


if sys.argv[1] == "greet":
    greet(*sys.argv[2:])
else:
    exchange(*sys.argv[1:])
