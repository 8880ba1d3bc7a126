package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"time"

	"github.com/SkyAPM/go2sky"
	"github.com/SkyAPM/go2sky/propagation"
	agent "skywalking.apache.org/repo/goapi/collect/language/agent/v3"
)

func (o *options) serve(tracer *go2sky.Tracer) {
	listener, err := net.Listen("tcp", o.listen)
	check("can't listen", err)
	say("listening on " + listener.Addr().String())
	for {
		connection, err := listener.Accept()
		check("can't accept", err)
		go o.answer(tracer, connection)
	}
}

func (o *options) answer(tracer *go2sky.Tracer, connection net.Conn) {
	for {
		var asked request
		if read(connection, &asked) != nil {
			return
		}
		var message req
		check("the message can't be read", json.Unmarshal(asked.Body, &message))
		check("the answer can't be written", write(connection, answer{o.queringSnapshot(tracer, message)}))
	}
}

func (o *options) queringSnapshot(tracer *go2sky.Tracer, message req) interface{} {
	held := o.carrier()
	held.Read(message.Header)
	entry, ctx, err := tracer.CreateEntrySpan(context.Background(), o.names().query, propagation.Extractor(held.Get))
	if err != nil {
		// As in go2sky's HTTP plugin, the request is served without a trace.
		log.Printf("served untraced: %v", err)
		return "Return Snapshot Info"
	}
	defer entry.End()
	entry.SetSpanLayer(agent.SpanLayer_RPCFramework)
	if by := go2sky.GetCorrelation(ctx, clientKey); by != "" {
		entry.Tag("correlation."+clientKey, by)
	}
	if o.twice {
		entry.Tag("seed.step", "first")
		entry.Tag("seed.step", "second")
	}
	if message.A < 0 {
		reason := fmt.Sprintf("no snapshot of %d", message.A)
		entry.Error(time.Now(), "event", "error", "error.kind", "refused", "message", reason)
		return map[string]string{"error": reason}
	}
	o.queryDatabase(tracer, ctx)
	return "Return Snapshot Info"
}

func (o *options) queryDatabase(tracer *go2sky.Tracer, ctx context.Context) {
	nothing := func(string, string) error { return nil }
	exit, err := tracer.CreateExitSpan(ctx, "/database/QuerySnapshot", "APIService", nothing)
	check("no exit span", err)
	exit.SetSpanLayer(agent.SpanLayer_Database)
	exit.Tag(go2sky.TagDBType, "sql")
	exit.Tag(go2sky.TagDBStatement, "SELECT 1")
	exit.End()
}
