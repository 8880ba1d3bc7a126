// Decodes a message with the protobuf classes of go2sky.
//
// The argument is `segment`, `log`, `event` or `meters`. Reads hex from standard input, and prints proto3 JSON
// with default values.
package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	// The agent selects the version of the classes.
	_ "github.com/SkyAPM/go2sky"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	event "skywalking.apache.org/repo/goapi/collect/event/v3"
	agent "skywalking.apache.org/repo/goapi/collect/language/agent/v3"
	logging "skywalking.apache.org/repo/goapi/collect/logging/v3"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatalf("standard input can't be read: %v", err)
	}
	bytes, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		log.Fatalf("standard input is not hex: %v", err)
	}
	kinds := map[string]proto.Message{
		"segment": new(agent.SegmentObject),
		"log":     new(logging.LogData),
		"meters":  new(agent.MeterDataCollection),
		"event":   new(event.Event),
	}
	message := kinds[os.Args[1]]
	if err := proto.Unmarshal(bytes, message); err != nil {
		log.Fatalf("the bytes are no such message: %v", err)
	}
	json, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(message)
	if err != nil {
		log.Fatalf("the message can't be written as JSON: %v", err)
	}
	fmt.Println(string(json))
}
