// How to send the first trace: lines for a shell, with the addresses of this collector.

/** The collector's address for an agent. If it listens on all addresses, that of this page. */
export function agentAddress(grpcAddr) {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(grpcAddr) ?? [null, "127.0.0.1", "11800"];
  const name = host === "0.0.0.0" || host === "::" ? window.location.hostname : host;
  return name.includes(":") && !name.startsWith("[") ? `[${name}]:${port}` : `${name}:${port}`;
}

/** Returns the languages: `{ id, name, lines, note }`. */
export function snippets(address, needsToken) {
  const token = (name) => (needsToken ? `${name}=YOUR_TOKEN ` : "");
  const common = `SW_AGENT_NAME=hello SW_AGENT_COLLECTOR_BACKEND_SERVICES=${address}`;
  const auth = token("SW_AGENT_AUTHENTICATION");
  return [
    {
      id: "rust",
      name: "Rust",
      note: "CHECKOUT is your clone of the repository that contains this collector.",
      lines: [
        "CHECKOUT=$PWD/skywalking-rust; cargo new hello && cd hello",
        'cargo add skywalking-runtime --path "$CHECKOUT/skywalking-runtime"',
        "echo '#[skywalking_runtime::entry_span] fn hello() {}",
        "fn main() { let _agent = skywalking_runtime::init(); hello(); }' > src/main.rs",
        `${auth}${common} cargo run`,
      ],
    },
    {
      id: "go",
      name: "Go",
      note: "Run it in the folder of a program with net/http, gin or another supported library. "
        + "AGENT is the program for your system in bin/ of the SkyWalking Go release.",
      lines: [
        "AGENT=$HOME/skywalking-go/bin/skywalking-go-agent-0.6.0-linux-amd64",
        "go get github.com/apache/skywalking-go && $AGENT -inject .",
        'go build -toolexec="$AGENT" -a -o hello .',
        `export SW_AGENT_NAME=hello SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE=${address}`,
        `${token("SW_AGENT_REPORTER_GRPC_AUTHENTICATION")}./hello`,
      ],
    },
    {
      id: "java",
      name: "Java",
      note: "hello.jar is your program.",
      lines: [
        "VERSION=9.4.0; DIST=https://archive.apache.org/dist/skywalking/java-agent/$VERSION",
        "curl -fsSL $DIST/apache-skywalking-java-agent-$VERSION.tgz | tar xz",
        `export ${common}`,
        "export JAVA_TOOL_OPTIONS=-javaagent:$PWD/skywalking-agent/skywalking-agent.jar",
        `${auth}java -jar hello.jar`,
      ],
    },
    {
      id: "python",
      name: "Python",
      note: "A program with Flask; Django, FastAPI and others work the same way.",
      lines: [
        "python3 -m venv hello && . hello/bin/activate",
        'pip install apache-skywalking==1.2.0 "protobuf<6" flask',
        "echo 'import flask; a = flask.Flask(\"a\"); a.get(\"/hello\")(lambda: \"hi\")' > app.py",
        `${auth}${common} sw-python run flask --app app:a run &`,
        "curl --retry 20 --retry-connrefused http://127.0.0.1:5000/hello",
      ],
    },
  ];
}
