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
  const goToken = needsToken ? ', reporter.WithAuthentication("YOUR_TOKEN")' : "";
  const javaToken = needsToken ? "-Dskywalking.agent.authentication=YOUR_TOKEN " : "";
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
      note: "go2sky is retired, but needs only its module. For your programs use SkyWalking Go: it "
        + "traces net/http, gin and others without changes to the code. Set "
        + `SW_AGENT_REPORTER_GRPC_BACKEND_SERVICE=${address}.`,
      lines: [
        "mkdir hello && cd hello && go mod init hello",
        "go get github.com/SkyAPM/go2sky@v1.5.0",
        "echo 'package main",
        'import ("net/http"; "github.com/SkyAPM/go2sky"; "github.com/SkyAPM/go2sky/reporter"',
        '  sky "github.com/SkyAPM/go2sky/plugins/http")',
        "func main() {",
        `  report, err := reporter.NewGRPCReporter("${address}"${goToken})`,
        "  if err != nil { panic(err) }",
        '  tracer, _ := go2sky.NewTracer("hello", go2sky.WithReporter(report))',
        "  traced, _ := sky.NewServerMiddleware(tracer)",
        "  hi := func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(\"hi\")) }",
        '  panic(http.ListenAndServe("127.0.0.1:5056", traced(http.HandlerFunc(hi))))',
        "}' > main.go && go build",
        "./hello &",
        "curl --retry 20 --retry-connrefused http://127.0.0.1:5056/hello",
      ],
    },
    {
      id: "java",
      name: "Java",
      note: "Your own program needs only the options -javaagent and -Dskywalking. The agent traces "
        + "Spring, Tomcat and many other libraries without changes to the code.",
      lines: [
        "mkdir hello && cd hello; V=9.4.0",
        "DIST=https://archive.apache.org/dist/skywalking/java-agent/$V",
        "curl -fsSL $DIST/apache-skywalking-java-agent-$V.tgz | tar xz",
        "MAVEN=https://repo1.maven.org/maven2/org/apache/skywalking",
        "curl -fsSLO $MAVEN/apm-toolkit-trace/$V/apm-toolkit-trace-$V.jar",
        "echo 'import org.apache.skywalking.apm.toolkit.trace.Trace;",
        "class Hello {",
        "  @Trace static void hello() {}",
        "  public static void main(String[] a) throws Exception {",
        "    for (;;) { hello(); Thread.sleep(1000); }",
        "  }",
        "}' > Hello.java",
        "java -javaagent:skywalking-agent/skywalking-agent.jar \\",
        "  -Dskywalking.agent.service_name=hello \\",
        `  -Dskywalking.collector.backend_service=${address} ${javaToken}\\`,
        "  -cp apm-toolkit-trace-$V.jar Hello.java",
      ],
    },
    {
      id: "python",
      name: "Python",
      note: "A program with Flask; Django, FastAPI and others work the same way.",
      lines: [
        "python3 -m venv hello && . hello/bin/activate",
        'pip install apache-skywalking==1.2.0 "grpcio-tools<1.72" flask',
        "echo 'import flask; a = flask.Flask(\"a\"); a.get(\"/hello\")(lambda: \"hi\")' > app.py",
        `${auth}${common} sw-python run flask --app app:a run --port 5055 &`,
        "curl --retry 20 --retry-connrefused http://127.0.0.1:5055/hello",
      ],
    },
  ];
}
