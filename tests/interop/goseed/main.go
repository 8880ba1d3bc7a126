// The two services of the seed scenario with go2sky: RTS_Test calls Service_Test. Each works with the other service of any other
// agent, by frames of a length (four bytes) and JSON.
//
// It does not use our toolkit. It ends with its standard input, so it never outlives the test.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/SkyAPM/go2sky"
	"github.com/SkyAPM/go2sky/reporter"
)

// The client's entry in the correlation context, if the option is set.
const (
	clientKey   = "seed.by"
	clientValue = "RTS_Test: é, 快照"
)

type options struct {
	backend, listen, connect           string
	requests, connections, batch, long int
	correlate, fail, unsampled, two    bool
	twice                              bool
}

// The names of spans.
type names struct{ api, call, peer, query string }

func (o *options) names() names {
	named := func(name, more string) string {
		return name + strings.Repeat(more, o.long)
	}
	return names{named("/API/Snapshot", "/很长"), named("/Service/OnSnapshot", "/长"), named("RTS_Server", ".long"),
		named("/Service/OnSnapshot/QueringSnapshot", "/长")}
}

// The encoding of headers in a message.
func (o *options) carrier() carrier {
	if o.two {
		return &twoParts{}
	}
	return &lines{}
}

func main() {
	var o options
	flags := flag.NewFlagSet("seed", flag.ExitOnError)
	flags.StringVar(&o.backend, "backend", "", "where to report")
	flags.StringVar(&o.listen, "listen", "", "server: where to listen")
	flags.StringVar(&o.connect, "connect", "", "client: where the server listens")
	flags.IntVar(&o.requests, "requests", 1, "client: how many requests to send over each connection")
	flags.IntVar(&o.connections, "connections", 1, "client: over how many connections, at once")
	flags.IntVar(&o.batch, "batch", 0, "client: send so many messages in one request")
	flags.BoolVar(&o.correlate, "correlate", false, "client: say in the correlation context who asks")
	flags.BoolVar(&o.fail, "fail", false, "client: ask for what there is not")
	flags.IntVar(&o.long, "long", 0, "repeat parts of names and peers so many times")
	flags.BoolVar(&o.twice, "twice", false, "server: tag the entry twice by one key")
	flags.BoolVar(&o.unsampled, "unsampled", false, "sample nothing")
	flags.BoolVar(&o.two, "two-parts", false, "a message holds one header, in two parts")
	if len(os.Args) < 2 || (os.Args[1] != "client" && os.Args[1] != "server") {
		log.Fatal("usage: seed client|server OPTIONS")
	}
	role := os.Args[1]
	flags.Parse(os.Args[2:])

	service := map[string]string{"client": "RTS_Test", "server": "Service_Test"}[role]
	tracer := o.tracer(service)
	if role == "server" {
		go o.serve(tracer)
	} else {
		go o.send(tracer)
	}
	io.Copy(io.Discard, os.Stdin)
}

func (o *options) tracer(service string) *go2sky.Tracer {
	// The embedded collector provides no settings.
	way, err := reporter.NewGRPCReporter(o.backend, reporter.WithCDS(-1))
	check("the reporter can't be made", err)
	chosen := []go2sky.TracerOption{go2sky.WithReporter(way), go2sky.WithInstance(service + "_1")}
	if o.unsampled {
		chosen = append(chosen, go2sky.WithSampler(0))
	}
	tracer, err := go2sky.NewTracer(service, chosen...)
	check("the tracer can't be made", err)
	return tracer
}

func check(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func say(text string) {
	fmt.Println(text)
}
