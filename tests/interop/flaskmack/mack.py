"""The program mack in Flask with the Python agent. It forwards requests for /mack to the upstream, and returns the status and the body of
its response.

It does not use our toolkit. It uses one key of the correlation context, "mack.path": the received path becomes a tag of the entry span,
and is propagated with the service's name appended. The program ends with its standard input, so it never outlives the test.
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
    # Only spans: the embedded collector does not need the rest.
    agent_log_reporter_active=False,
    agent_meter_reporter_active=False,
    agent_profile_active=False,
    # At lower levels it warns about each plugin without its library.
    agent_logging_level="ERROR",
)
# The agent patches installed libraries.
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
