"""Decodes a message with the Python agent's protobuf classes.

The argument is `segment`, `log`, `event` or `meters`. Reads hex from standard input, and prints proto3 JSON
with default values.
"""

import sys

from google.protobuf import json_format
from skywalking.protocol.event.Event_pb2 import Event
from skywalking.protocol.language_agent.Meter_pb2 import MeterDataCollection
from skywalking.protocol.language_agent.Tracing_pb2 import SegmentObject
from skywalking.protocol.logging.Logging_pb2 import LogData

kinds = {
    "segment": SegmentObject,
    "log": LogData,
    "event": Event,
    "meters": MeterDataCollection,
}
message = kinds[sys.argv[1]].FromString(bytes.fromhex(sys.stdin.read()))
print(json_format.MessageToJson(message, always_print_fields_with_no_presence=True, sort_keys=True))
