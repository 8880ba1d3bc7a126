// How to send the first log: lines for a shell, with the addresses of this collector.

/** Returns the ways: `{ id, name, lines, note }`. `grpc` and `http` are addresses. */
export function snippets(grpc, http, needsToken) {
  const header = needsToken ? " -H 'authentication: YOUR_TOKEN'" : "";
  const auth = needsToken ? "SW_AGENT_AUTHENTICATION=YOUR_TOKEN " : "";
  const common = `SW_AGENT_NAME=hello SW_AGENT_COLLECTOR_BACKEND_SERVICES=${grpc}`;
  return [
    {
      id: "curl",
      name: "curl",
      note: "The path takes an array of LogData in the JSON mapping of the protocol. The tag level "
        + "is the level of the log; a traceContext links it to its span.",
      lines: [
        `curl -fsS http://${http}/v3/logs${header} \\`,
        "  -H 'Content-Type: application/json' -d '[{",
        '    "service": "hello", "serviceInstance": "hello-1",',
        '    "body": {"text": {"text": "the first log"}},',
        '    "tags": {"data": [{"key": "level", "value": "INFO"}]}',
        "  }]'",
      ],
    },
    {
      id: "python",
      name: "Python",
      note: "The agent reports what the module logging writes, from the level WARNING on. "
        + "SW_AGENT_LOG_REPORTER_LEVEL sets another level.",
      lines: [
        "python3 -m venv hello && . hello/bin/activate",
        'pip install apache-skywalking==1.2.0 "grpcio-tools<1.72"',
        "echo 'import logging, time",
        "logging.getLogger(\"hello\").warning(\"the first log\")",
        "time.sleep(5)' > app.py",
        `${auth}${common} sw-python run python app.py`,
      ],
    },
    {
      id: "java",
      name: "Java",
      note: "With the dependency apm-toolkit-logback-1.x in the program. The toolkits for log4j "
        + "have an appender of the same name.",
      lines: [
        "<!-- in logback.xml -->",
        '<appender name="skywalking"',
        '  class="org.apache.skywalking.apm.toolkit.log.logback.v1.x.log.GRPCLogClientAppender">',
        "  <encoder><pattern>%msg</pattern></encoder>",
        "</appender>",
        '<root level="INFO"><appender-ref ref="skywalking"/></root>',
        `<!-- for the agent: -Dskywalking.collector.backend_service=${grpc} -->`,
      ],
    },
  ];
}
