// The program mack with go2sky's HTTP plugin. It forwards requests for /mack to the upstream, and returns the status and
// the body of its response.
//
// It does not use our toolkit. It uses one key of the correlation context, "mack.path": the received path becomes a tag of the entry
// span, and is propagated with the service's name appended. The program ends with its standard input, so it never outlives the test.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/SkyAPM/go2sky"
	plugin "github.com/SkyAPM/go2sky/plugins/http"
	"github.com/SkyAPM/go2sky/reporter"
)

const pathKey = "mack.path"

type mack struct {
	service  string
	upstream string
	wait     time.Duration
	client   *http.Client
}

func main() {
	service := flag.String("service-name", "", "the service's `name`")
	listen := flag.String("listen-addr", "", "`address` to listen on; without a host that is 127.0.0.1, and port 0 takes a free one")
	upstream := flag.String("upstream-url", "", "`URL` that is called for each request")
	oap := flag.String("oap-server", "", "`address` of the backend, by gRPC: go2sky knows nothing else")
	wait := flag.Int("wait-ms", 0, "how long a request takes before the upstream is called")
	flag.Parse()
	if *service == "" || *listen == "" || *upstream == "" || *oap == "" {
		flag.Usage()
		os.Exit(2)
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()

	// The embedded collector provides no settings.
	reporter, err := reporter.NewGRPCReporter(*oap, reporter.WithCDS(-1))
	check("the reporter can't be made", err)
	tracer, err := go2sky.NewTracer(*service, go2sky.WithReporter(reporter))
	check("the tracer can't be made", err)
	client, err := plugin.NewClient(tracer)
	check("the client can't be made", err)
	middleware, err := plugin.NewServerMiddleware(tracer)
	check("the middleware can't be made", err)

	address := *listen
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	}
	listener, err := net.Listen("tcp", address)
	check("can't listen", err)
	fmt.Printf("listening on http://%s/mack\n", listener.Addr())
	routes := http.NewServeMux()
	routes.Handle("/mack", &mack{*service, *upstream, time.Duration(*wait) * time.Millisecond, client})
	check("can't serve", http.Serve(listener, middleware(routes)))
}

func check(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func (m *mack) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	m.leaveName(request)
	time.Sleep(m.wait)
	status, body, err := m.call(request)
	if err != nil {
		log.Printf("the upstream can't be reached: %v", err)
		http.Error(answer, "the upstream can't be reached", http.StatusInternalServerError)
		return
	}
	answer.WriteHeader(status)
	answer.Write(body)
}

func (m *mack) leaveName(request *http.Request) {
	context, path := request.Context(), m.service
	if before := go2sky.GetCorrelation(context, pathKey); before != "" {
		go2sky.ActiveSpan(context).Tag("correlation."+pathKey, before)
		path = before + ">" + path
	}
	if !go2sky.PutCorrelation(context, pathKey, path) {
		log.Printf("%s can't travel along: the correlation context is full, or the path too long", pathKey)
	}
}

// The context of the request propagates the trace to the call.
func (m *mack) call(request *http.Request) (int, []byte, error) {
	call, err := http.NewRequestWithContext(request.Context(), http.MethodPost, m.upstream, request.Body)
	if err != nil {
		return 0, nil, err
	}
	call.ContentLength = request.ContentLength
	response, err := m.client.Do(call)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, body, err
}
