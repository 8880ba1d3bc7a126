"""Decodes a SegmentObject with the Python agent's protobuf classes.

Reads hex from standard input, and prints proto3 JSON with default values.
"""

import sys

from google.protobuf import json_format
from skywalking.protocol.language_agent.Tracing_pb2 import SegmentObject

segment = SegmentObject.FromString(bytes.fromhex(sys.stdin.read()))
print(json_format.MessageToJson(segment, always_print_fields_with_no_presence=True, sort_keys=True))
