"""Decodes a SegmentObject by the Python agent's protobuf classes.

Hex on standard input; proto3 JSON on standard output, with the fields that hold a default.
"""

import sys

from google.protobuf import json_format
from skywalking.protocol.language_agent.Tracing_pb2 import SegmentObject

segment = SegmentObject.FromString(bytes.fromhex(sys.stdin.read()))
print(json_format.MessageToJson(segment, always_print_fields_with_no_presence=True, sort_keys=True))
