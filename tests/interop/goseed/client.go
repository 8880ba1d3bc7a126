package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"sync"
	"time"

	"github.com/SkyAPM/go2sky"
	"github.com/SkyAPM/go2sky/propagation"
	agent "skywalking.apache.org/repo/goapi/collect/language/agent/v3"
)

func (o *options) send(tracer *go2sky.Tracer) {
	if o.batch > 0 {
		o.sendBatch(tracer)
		return
	}
	var connections sync.WaitGroup
	last := make([]string, o.connections)
	for i := 0; i < o.connections; i++ {
		connections.Add(1)
		go func(i int) {
			defer connections.Done()
			connection, err := net.Dial("tcp", o.connect)
			check("can't connect", err)
			for n := 0; n < o.requests; n++ {
				last[i] = o.onSnapshot(tracer, connection)
			}
		}(i)
	}
	connections.Wait()
	say("answered, the last with: " + last[0])
}

// A request of a user. The user's program is not traced.
func (o *options) onSnapshot(tracer *go2sky.Tracer, connection net.Conn) string {
	nothing := func(string) (string, error) { return "", nil }
	entry, ctx, err := tracer.CreateEntrySpan(context.Background(), o.names().api, nothing)
	check("no entry span", err)
	defer entry.End()
	entry.SetSpanLayer(agent.SpanLayer_Http)
	if o.correlate && !go2sky.PutCorrelation(ctx, clientKey, clientValue) {
		log.Print("the correlation context took nothing")
	}
	message := req{A: 3}
	if o.fail {
		message.A = -1
	}
	exit := o.inject(tracer, ctx, o.names().call, &message)
	defer exit.End()
	body, err := call(connection, "Req.Snapshot", message)
	check("no answer", err)
	text, isText := body.(string)
	if !isText {
		text = "error " + fmt.Sprint(body)
		exit.Error(time.Now(), "event", "error", "error.kind", "refused", "message", text)
		entry.Error(time.Now(), "event", "error", "error.kind", "refused", "message", text)
	}
	return text
}

func (o *options) inject(tracer *go2sky.Tracer, ctx context.Context, operation string, message *req) go2sky.Span {
	held := o.carrier()
	exit, err := tracer.CreateExitSpan(ctx, operation, o.names().peer, propagation.Injector(held.Set))
	check("no exit span", err)
	exit.SetSpanLayer(agent.SpanLayer_RPCFramework)
	message.Header = held.Field()
	return exit
}

// Messages of different traces, in one request.
func (o *options) sendBatch(tracer *go2sky.Tracer) {
	var all batch
	for a := 0; a < o.batch; a++ {
		entry, ctx, err := tracer.CreateLocalSpan(context.Background(), go2sky.WithSpanType(go2sky.SpanTypeEntry), go2sky.WithOperationName("/API/Publish"))
		check("no entry span", err)
		entry.SetSpanLayer(agent.SpanLayer_Http)
		message := req{A: a}
		o.inject(tracer, ctx, "/Service/Publish", &message).End()
		entry.End()
		all.Messages = append(all.Messages, message)
	}
	connection, err := net.Dial("tcp", o.connect)
	check("can't connect", err)
	body, err := call(connection, "Req.Batch", all)
	check("no answer", err)
	say("answered, the last with: " + fmt.Sprint(body))
}
