package main

import (
	"encoding/binary"
	"encoding/json"
	"io"
)

type req struct {
	A      int    `json:"a"`
	Header string `json:"header"`
}

type batch struct {
	Messages []req `json:"messages"`
}

type request struct {
	Method string          `json:"method"`
	Body   json.RawMessage `json:"body"`
}

type answer struct {
	Body interface{} `json:"body"`
}

// Sends a request and returns the response: text, or an object with an error.
func call(connection io.ReadWriter, method string, body interface{}) (interface{}, error) {
	bytes, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	if err := write(connection, request{method, bytes}); err != nil {
		return nil, err
	}
	var got answer
	err = read(connection, &got)
	return got.Body, err
}

func write(connection io.Writer, frame interface{}) error {
	bytes, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	whole := binary.BigEndian.AppendUint32(nil, uint32(len(bytes)))
	_, err = connection.Write(append(whole, bytes...))
	return err
}

func read(connection io.Reader, frame interface{}) error {
	var length uint32
	if err := binary.Read(connection, binary.BigEndian, &length); err != nil {
		return err
	}
	bytes := make([]byte, length)
	if _, err := io.ReadFull(connection, bytes); err != nil {
		return err
	}
	return json.Unmarshal(bytes, frame)
}
