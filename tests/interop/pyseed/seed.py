"""The two services of the seed scenario with the Python agent: RTS_Test calls Service_Test. Each works with the other
service of any other agent, by frames of a length (four bytes) and JSON.

It does not use our toolkit. It ends with its standard input, so it never outlives the test.
"""

import argparse
import json
import os
import socket
import struct
import sys
import threading

from skywalking import Layer, agent, config

# The client's entry in the correlation context, if the option is set.
CLIENT_KEY, CLIENT_VALUE = "seed.by", "RTS_Test: é, 快照"


def arguments():
    parser = argparse.ArgumentParser(description="The seed scenario, either side.")
    parser.add_argument("role", choices=["server", "client"])
    parser.add_argument("--backend", required=True, help="where to report")
    parser.add_argument("--protocol", choices=["grpc", "http"], default="grpc", help="how to report")
    parser.add_argument("--listen", help="server: where to listen")
    parser.add_argument("--connect", help="client: where the server listens")
    parser.add_argument("--requests", type=int, default=1, help="client: how many requests to send over each connection")
    parser.add_argument("--connections", type=int, default=1, help="client: over how many connections, at once")
    parser.add_argument("--batch", type=int, default=0, help="client: send so many messages in one request")
    parser.add_argument("--correlate", action="store_true", help="client: say in the correlation context who asks")
    parser.add_argument("--fail", action="store_true", help="client: ask for what there is not")
    parser.add_argument("--long", type=int, default=0, help="repeat parts of names and peers so many times")
    parser.add_argument("--twice", action="store_true", help="server: tag the entry twice by one key")
    parser.add_argument("--unsampled", action="store_true", help="trace nothing")
    return parser.parse_args()


options = arguments()
SERVICE = {"client": "RTS_Test", "server": "Service_Test"}[options.role]
config.init(
    agent_name=SERVICE,
    agent_instance_name=f"{SERVICE}_1",
    agent_collector_backend_services=options.backend,
    agent_protocol=options.protocol,
    # Its sampler cannot be set to "none". An ignored path has the same effect.
    agent_trace_ignore_path="/**" if options.unsampled else "",
    # Only spans: the embedded collector does not need the rest.
    agent_log_reporter_active=False,
    agent_meter_reporter_active=False,
    agent_profile_active=False,
    # At lower levels it warns about each plugin without its library.
    agent_logging_level="ERROR",
    # Its HTTP reporter uses requests, which it would trace.
    agent_disable_plugins=["sw_requests", "sw_urllib3", "sw_urllib_request"],
)
agent.start()

from skywalking.trace.carrier import Carrier  # noqa: E402
from skywalking.trace.context import get_context  # noqa: E402
from skywalking.trace.tags import Tag, TagDbStatement, TagDbType  # noqa: E402


class TagStep(Tag):
    key = "seed.step"


class TagClient(Tag):
    key = f"correlation.{CLIENT_KEY}"


def named(name, more):
    return name + more * options.long


API = named("/API/Snapshot", "/很长")
CALL = named("/Service/OnSnapshot", "/长")
PEER = named("RTS_Server", ".long")
QUERY = named("/Service/OnSnapshot/QueringSnapshot", "/长")


class Refused(Exception):
    pass


# The items of the carrier are the agent's headers. The message has them as lines of `key:value`.


def written(carrier):
    return "\n".join(f"{item.key}:{item.val}" for item in carrier if item.val)


def read(header):
    lines = dict(line.split(":", 1) for line in header.split("\n") if line)
    carrier = Carrier()
    for item in carrier:
        if item.key in lines:
            item.val = lines[item.key]
    return carrier


def send_frame(connection, frame):
    data = json.dumps(frame).encode()
    connection.sendall(struct.pack(">I", len(data)) + data)


def receive_frame(connection):
    length = connection.recv(4, socket.MSG_WAITALL)
    if len(length) < 4:
        return None
    (length,) = struct.unpack(">I", length)
    return json.loads(connection.recv(length, socket.MSG_WAITALL))


def call(connection, method, body):
    send_frame(connection, {"method": method, "body": body})
    answer = receive_frame(connection)["body"]
    if isinstance(answer, dict):
        raise Refused(answer["error"])
    return answer


def dial():
    host, _, port = options.connect.rpartition(":")
    return socket.create_connection((host, int(port)))


def on_snapshot(connection):
    """A request of a user. The user's program is not traced."""
    with get_context().new_entry_span(API) as entry:
        entry.layer = Layer.Http
        if options.correlate:
            get_context().put_correlation(CLIENT_KEY, CLIENT_VALUE)
        message = {"a": -1 if options.fail else 3}
        with get_context().new_exit_span(CALL, PEER) as exit_span:
            exit_span.layer = Layer.RPCFramework
            message["header"] = written(exit_span.inject())
            return call(connection, "Req.Snapshot", message)


def publish(a):
    with get_context().new_entry_span("/API/Publish") as entry:
        entry.layer = Layer.Http
        with get_context().new_exit_span("/Service/Publish", PEER) as exit_span:
            exit_span.layer = Layer.RPCFramework
            return {"a": a, "header": written(exit_span.inject())}


def requests():
    connection, last = dial(), None
    for _ in range(options.requests):
        try:
            last = on_snapshot(connection)
        except Refused as reason:
            last = f"error {reason}"
    return last


def client():
    if options.batch:
        messages = [publish(a) for a in range(options.batch)]
        return call(dial(), "Req.Batch", {"messages": messages})
    last = []
    threads = [threading.Thread(target=lambda: last.append(requests())) for _ in range(options.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return last[0]


def quering_snapshot(message):
    with get_context().new_entry_span(QUERY, carrier=read(message.get("header", ""))) as entry:
        entry.layer = Layer.RPCFramework
        caller = get_context().get_correlation(CLIENT_KEY)
        if caller:
            entry.tag(TagClient(caller))
        if options.twice:
            entry.tag(TagStep("first"))
            entry.tag(TagStep("second"))
        if message["a"] < 0:
            raise Refused(f"no snapshot of {message['a']}")
        with get_context().new_exit_span("/database/QuerySnapshot", "APIService") as exit_span:
            exit_span.layer = Layer.Database
            exit_span.tag(TagDbType("sql"))
            exit_span.tag(TagDbStatement("SELECT 1"))
        return "Return Snapshot Info"


def consume(messages):
    with get_context().new_entry_span("/Service/Consume") as entry:
        entry.layer = Layer.RPCFramework
        for message in messages:
            entry.extract(read(message["header"]))
        return f"consumed {len(messages)}"


def answer(connection):
    while True:
        request = receive_frame(connection)
        if request is None:
            return
        try:
            if request["method"] == "Req.Batch":
                body = consume(request["body"]["messages"])
            else:
                body = quering_snapshot(request["body"])
        except Refused as reason:
            body = {"error": str(reason)}
        send_frame(connection, {"body": body})


def serve():
    host, _, port = options.listen.rpartition(":")
    listener = socket.create_server((host, int(port)))
    print(f"listening on {host}:{listener.getsockname()[1]}", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=[connection], daemon=True).start()


if options.role == "server":
    threading.Thread(target=serve, daemon=True).start()
else:
    print(f"answered, the last with: {client()}", flush=True)
sys.stdin.buffer.read()
os._exit(0)
