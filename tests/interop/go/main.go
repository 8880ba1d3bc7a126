// Decodes a SegmentObject with the protobuf classes of go2sky.
//
// Reads hex from standard input, and prints proto3 JSON with default values.
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
	agent "skywalking.apache.org/repo/goapi/collect/language/agent/v3"
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
	segment := new(agent.SegmentObject)
	if err := proto.Unmarshal(bytes, segment); err != nil {
		log.Fatalf("the bytes are no SegmentObject: %v", err)
	}
	json, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(segment)
	if err != nil {
		log.Fatalf("the segment can't be written as JSON: %v", err)
	}
	fmt.Println(string(json))
}
