"""The program mack, in Flask with the Python agent: what asks for /mack is sent on to the upstream, and the upstream's status and body are
the answer.

It knows nothing of our toolkit. Of the correlation context it uses one key, "mack.path": the path that came in is a tag of the entry span,
and goes on with the service's own name behind it. It ends when its standard input does, and so never outlives who started it.
"""

import argparse
import os
import sys
import threading
import time

from skywalking import agent, config


def arguments():
    parser = argparse.ArgumentParser(description="A traced HTTP server that calls another one.")
    parser.add_argument("--service-name", required=True, help="the service's name")
    parser.add_argument("--listen-addr", required=True, help="without a host that is 127.0.0.1; port 0 takes a free one")
    parser.add_argument("--upstream-url", required=True, help="is called for each request")
    parser.add_argument("--oap-server", required=True, help="the backend's host:port, of the protocol's kind")
    parser.add_argument("--protocol", choices=["grpc", "http"], default="grpc", help="how the agent reports")
    parser.add_argument("--wait-ms", type=int, default=0, help="how long a request takes before the upstream is called")
    return parser.parse_args()


options = arguments()
config.init(
    agent_name=options.service_name,
    agent_collector_backend_services=options.oap_server,
    agent_protocol=options.protocol,
    # Spans alone: the embedded collector takes nothing else.
    agent_log_reporter_active=False,
    agent_meter_reporter_active=False,
    agent_profile_active=False,
    # Below that it warns of each plugin whose library is not there.
    agent_logging_level="ERROR",
)
# The agent patches the libraries where it finds them.
agent.start()

import requests  # noqa: E402
from flask import Flask, Response, request  # noqa: E402
from skywalking.trace.context import get_context  # noqa: E402
from skywalking.trace.tags import Tag  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

PATH = "mack.path"


class TagPath(Tag):
    key = f"correlation.{PATH}"


app = Flask("mack")


@app.route("/mack", methods=["GET", "POST"])
def mack():
    leave_name()
    time.sleep(options.wait_ms / 1000)
    try:
        answer = requests.post(options.upstream_url, data=request.get_data(), timeout=30)
    except requests.RequestException as error:
        app.logger.error("the upstream can't be reached: %s", error)
        return Response("the upstream can't be reached\n", status=500)
    return Response(answer.content, status=answer.status_code)


def leave_name():
    context = get_context()
    before = context.get_correlation(PATH)
    if before:
        context.active_span.tag(TagPath(before))
    context.put_correlation(PATH, f"{before}>{options.service_name}" if before else options.service_name)


def end_with_standard_input():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_standard_input, daemon=True).start()
host, _, port = options.listen_addr.rpartition(":")
server = make_server(host or "127.0.0.1", int(port), app, threaded=True)
print(f"listening on http://{server.host}:{server.port}/mack", flush=True)
server.serve_forever()
