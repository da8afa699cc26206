package mworker

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sys"
)

func TestWorkerRefusesMisuse(t *testing.T) {
	ours, theirs, err := sys.PacketPair()
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(theirs)
	socket, given, err := twoSockets()
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(socket)
	defer sys.Close(given)
	w := &Worker{startup: ours, given: map[string]int{"given": given}}
	w.cond.L = &w.mu
	if keys := w.Kept(); len(keys) != 1 || keys[0] != "given" {
		t.Errorf("kept %v", keys)
	}
	if fd, ok := w.Peek("given"); !ok || fd != given || len(w.Kept()) != 1 {
		t.Errorf("a look: %d %t", fd, ok)
	}
	if fd, ok := w.Listener("given"); !ok || fd != given {
		t.Errorf("%d %t", fd, ok)
	}
	if _, ok := w.Peek("given"); ok {
		t.Error("a listener that was taken can still be looked at")
	}
	if _, ok := w.Listener("given"); ok {
		t.Error("a listener was given twice")
	}
	if err := w.Offer("a", socket); err != nil {
		t.Error(err)
	}
	file, err := sys.SealedMemfd("x")
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(file)
	for name, err := range map[string]error{
		"twice":              w.Offer("a", socket),
		"taken over already": w.Offer("given", socket),
		"long key":           w.Offer(strings.Repeat("k", maxKey+1), socket),
		"no socket":          w.Offer("b", file),
		"large result":       w.Discovered(make([]byte, maxPayload+1)),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := w.Ready(nil); err != nil {
		t.Error(err)
	}
	if err := w.Ready(nil); err == nil {
		t.Error("Ready twice: accepted")
	}
}

func twoSockets() (a, b int, err error) {
	for _, fd := range []*int{&a, &b} {
		c, other, perr := sys.StreamPair()
		if perr != nil {
			return 0, 0, perr
		}
		c.Close()
		*fd = other
	}
	return a, b, nil
}

// What the master says is checked like everything else: orders with wrong
// payloads or descriptors end the worker.
func TestOrdersAreChecked(t *testing.T) {
	w := &Worker{}
	w.cond.L = &w.mu
	bad := []frame{
		{kind: frameDrain, payload: []byte{9}},
		{kind: frameSession, payload: appendString(nil, "admin")}, // without a descriptor
		{kind: frameHello},
		{kind: 99},
	}
	for _, f := range bad {
		if err := w.order(f, nil); err == nil {
			t.Errorf("type %d %q: accepted", f.kind, f.payload)
		}
	}
	fd, other, err := twoSockets()
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close(other)
	if err := w.order(frame{kind: framePause}, []int{fd}); err == nil {
		t.Error("a descriptor that belongs to nothing was accepted")
	}
	if sys.IsSocket(fd) {
		t.Error("and left open")
	}
	more := keyList{flag: true, keys: []string{"a"}}.append(nil)
	last := keyList{keys: []string{"b"}}.append(nil)
	for _, payload := range [][]byte{more, last} {
		if err := w.order(frame{kind: frameDrain, payload: payload}, nil); err != nil {
			t.Error(err)
		}
	}
	if len(w.orders) != 1 {
		t.Fatalf("%d orders", len(w.orders))
	}
	h := &recorder{}
	w.orders[0](h)
	if strings.Join(h.retire, " ") != "a b" {
		t.Errorf("retire %v", h.retire)
	}
}

type recorder struct {
	testHandler
	retire []string
}

func (r *recorder) Drain(retire []string, done func()) { r.retire = retire }
