package mworker

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sluice-proxy/sluice/internal/sys"
)

func TestFrameRoundTrip(t *testing.T) {
	b := appendFrame(nil, frameOffer, 3, []byte("payload"))
	f, err := parseFrame(b, 3, 100)
	if err != nil || f.kind != frameOffer || f.fds != 3 || string(f.payload) != "payload" {
		t.Fatalf("%+v %v", f, err)
	}
	if _, err := parseFrame(b, 2, 100); err == nil {
		t.Error("a descriptor that is missing was not noticed")
	}
	if _, err := parseFrame(b, 3, 6); err == nil {
		t.Error("the limit was not kept")
	}
	for i := range b {
		if _, err := parseFrame(b[:i], 3, 100); err == nil {
			t.Errorf("cut at byte %d: accepted", i)
		}
	}
	if _, err := parseFrame(append(b, 'x'), 3, 100); err == nil {
		t.Error("a byte too many was accepted")
	}
	b[0]++
	if _, err := parseFrame(b, 3, 100); err == nil {
		t.Error("another version was accepted")
	}
}

// payloads are valid ones of every kind with their parsers.
var payloads = []struct {
	name  string
	valid []byte
	parse func([]byte) (any, error)
}{
	{"hello", hello{number: 300, generation: 7, forced: true}.append(nil), func(b []byte) (any, error) { return parseHello(b) }},
	{"keys", keyList{flag: true, keys: []string{"", "tcp@127.0.0.1:80", strings.Repeat("k", maxKey)}}.append(nil), func(b []byte) (any, error) { return parseKeyList(b) }},
	{"text", appendString(nil, "some text"), func(b []byte) (any, error) { return parseText(b, 100) }},
	{"log", appendString(appendString(nil, "alert"), "a line"), func(b []byte) (any, error) {
		level, text, err := parseLog(b)
		return level + text, err
	}},
	{"deadline", binary.AppendUvarint(nil, uint64(90*time.Second)), func(b []byte) (any, error) { return parseDeadline(b) }},
	{"read", read{name: "/etc/map", was: true}.append(nil), func(b []byte) (any, error) { return parseRead(b) }},
	{"archive", archive(File{"a.cfg", []byte("global\n")}, File{"", nil}), func(b []byte) (any, error) { return parseFiles(b) }},
}

func archive(files ...File) []byte {
	fd, err := sealFiles(files, 1<<20)
	if err != nil {
		panic(err)
	}
	defer sys.Close(fd)
	b, err := sys.ReadSealed(fd, 1<<20)
	if err != nil {
		panic(err)
	}
	return b
}

func TestPayloads(t *testing.T) {
	for _, p := range payloads {
		want, err := p.parse(p.valid)
		if err != nil {
			t.Errorf("%s: %v", p.name, err)
		}
		for i := range p.valid {
			if got, err := p.parse(p.valid[:i]); err == nil {
				t.Errorf("%s cut at byte %d: %+v", p.name, i, got)
			}
		}
		if _, err := p.parse(append(bytes.Clone(p.valid), 0)); err == nil {
			t.Errorf("%s: a byte too many was accepted", p.name)
		}
		again, _ := p.parse(bytes.Clone(p.valid))
		if diff := cmp.Diff(want, again, cmp.AllowUnexported(hello{}, keyList{}, read{})); diff != "" {
			t.Errorf("%s: %s", p.name, diff)
		}
	}
	h, err := parseHello(payloads[0].valid)
	if err != nil || h != (hello{number: 300, generation: 7, forced: true}) {
		t.Errorf("%+v %v", h, err)
	}
	l, err := parseKeyList(payloads[1].valid)
	if err != nil || !l.flag || len(l.keys) != 3 || l.keys[1] != "tcp@127.0.0.1:80" || len(l.keys[2]) != maxKey {
		t.Errorf("%+v %v", l, err)
	}
	if _, err := parseKeyList((keyList{keys: []string{strings.Repeat("k", maxKey+1)}}).append(nil)); err == nil {
		t.Error("a key over the limit was accepted")
	}
	if _, err := parseKeyList((keyList{keys: make([]string, sys.MaxRights+1)}).append(nil)); err == nil {
		t.Error("more keys than descriptors can come were accepted")
	}
}

func FuzzFrames(f *testing.F) {
	for _, p := range payloads {
		for kind := range frameHeld + 2 {
			f.Add(appendFrame(nil, kind, 0, p.valid))
		}
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		fr, err := parseFrame(packet, 0, maxPayload)
		if err != nil {
			return
		}
		for _, p := range payloads {
			p.parse(fr.payload)
		}
		p, m := &process{number: 1}, &Master{}
		for _, parse := range []func(*process, frame, []int) (message, bool){m.parseStartup, parseControl} {
			msg, last := parse(p, fr, nil)
			if msg.in.kind == inBadFrame && !last {
				t.Errorf("the channel goes on after %+v", msg.in)
			}
			if len(msg.fds) != 0 {
				t.Errorf("descriptors out of nothing: %+v", msg)
			}
		}
	})
}

func TestChunksFitFrames(t *testing.T) {
	var keys []string
	for i := range 2000 {
		keys = append(keys, strings.Repeat("x", i%(maxKey+1)))
	}
	var back []string
	for _, list := range chunks(keys) {
		b := keyList{keys: list}.append(nil)
		if len(b) > maxControlPayload || len(list) > sys.MaxRights || len(list) == 0 {
			t.Fatalf("%d keys in %d bytes", len(list), len(b))
		}
		back = append(back, list...)
	}
	if diff := cmp.Diff(keys, back); diff != "" {
		t.Error(diff)
	}
	if got := chunks(nil); got != nil {
		t.Errorf("%v", got)
	}
}

func TestUnknownFrames(t *testing.T) {
	p := &process{number: 1}
	if msg, last := parseControl(p, frame{kind: frameOptional + 3}, nil); msg.in.worker != 0 || last {
		t.Errorf("optional: %+v %t", msg, last)
	}
	if msg, last := parseControl(p, frame{kind: frameOptional - 1}, nil); msg.in.kind != inBadFrame || !last {
		t.Errorf("unknown: %+v %t", msg, last)
	}
}
