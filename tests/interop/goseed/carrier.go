package main

import (
	"errors"
	"strings"
)

// Reads and writes the headers in the header field of a message.
type carrier interface {
	Set(key, value string) error
	Get(key string) (string, error)
	Field() string
	Read(field string)
}

// Any number of headers: lines of `key:value`.
type lines struct{ field string }

func (l *lines) Set(key, value string) error {
	if value == "" {
		return nil
	}
	if l.field != "" {
		l.field += "\n"
	}
	l.field += key + ":" + value
	return nil
}

func (l *lines) Get(key string) (string, error) {
	for _, line := range strings.Split(l.field, "\n") {
		if rest, found := cut(line, key+":"); found {
			return rest, nil
		}
	}
	return "", nil
}

func (l *lines) Field() string     { return l.field }
func (l *lines) Read(field string) { l.field = field }

func cut(text, prefix string) (string, bool) {
	return strings.TrimPrefix(text, prefix), strings.HasPrefix(text, prefix)
}

// One header, as programs write it that only support `sw8`.
type twoParts struct{ field string }

func (t *twoParts) Set(key, value string) error {
	if value == "" {
		return nil
	}
	t.field = key + ":" + value
	return nil
}

func (t *twoParts) Get(key string) (string, error) {
	parts := strings.Split(t.field, ":")
	if len(parts) != 2 {
		return "", errors.New("no header of two parts: " + t.field)
	}
	if parts[0] != key {
		return "", nil
	}
	return parts[1], nil
}

func (t *twoParts) Field() string     { return t.field }
func (t *twoParts) Read(field string) { t.field = field }
