package mworker

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Every member of the supervisor and of its workers is handed over, or known not to
// matter when everything rests.
func TestNothingIsForgotten(t *testing.T) {
	for _, c := range []struct{ live, saved reflect.Type }{
		{reflect.TypeFor[supervisor](), reflect.TypeFor[savedSupervisor]()},
		{reflect.TypeFor[worker](), reflect.TypeFor[savedWorker]()},
	} {
		for i := range c.live.NumField() {
			name := c.live.Field(i).Name
			_, known := transient[c.live.Name()+"."+name]
			_, is := c.saved.FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, name) })
			if is == known {
				t.Errorf("%s.%s: saved %t, transient %t", c.live.Name(), name, is, known)
			}
		}
	}
}

// savedExample is the state of a master with a serving and a draining worker.
func savedExample() *saved {
	s := newSupervisor(Policy{})
	for _, in := range preludes["gone"] {
		if in != "w1 exited 0" {
			feed(s, strings.Fields(in))
		}
	}
	v := &saved{Args: []string{"x"}, Exe: savedExecutable{FD: 20}, Store: map[string]int{}, Supervisor: s.save(), Dir: -1}
	for _, k := range s.store {
		v.Store[k] = 9
	}
	v.Contents = []savedContent{{Sum: make([]byte, 32), FD: 11, Size: 3}}
	for _, g := range s.known {
		v.Generations = append(v.Generations, savedGeneration{Number: g, Archive: 10, Exe: savedExecutable{FD: 20}, Files: map[string]int{"a": 0, "b": -1}})
	}
	for _, w := range s.workers {
		v.Processes = append(v.Processes, savedProcess{Number: w.number, Generation: w.generation, PID: w.pid, Control: 12 + w.number, Traces: 15})
	}
	v.Timers = []savedTimer{{1, timerProbe, time.Second}}
	return v
}

func TestSavedState(t *testing.T) {
	v := savedExample()
	b, err := v.encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := decodeSaved(bytes.Clone(b))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, back); diff != "" {
		t.Error(diff)
	}
	sup, err := back.Supervisor.restore()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v.Supervisor, sup.save()); diff != "" {
		t.Error(diff)
	}
	if err := invariants(sup); err != nil {
		t.Error(err)
	}
	for i := range b {
		if _, err := decodeSaved(b[:i]); err == nil {
			t.Fatalf("%d bytes of %d were accepted", i, len(b))
		}
		changed := bytes.Clone(b)
		changed[i] ^= 1
		if _, err := decodeSaved(changed); err == nil {
			t.Fatalf("byte %d was changed, and nobody saw it", i)
		}
	}
	for name, spoil := range map[string]func(*saved){
		"nobody serves":    func(v *saved) { v.Supervisor.Current = 9 },
		"a foreign worker": func(v *saved) { v.Processes[0].PID++ },
		"no process":       func(v *saved) { v.Processes = v.Processes[1:] },
		"no generation":    func(v *saved) { v.Generations = v.Generations[:1] },
		"no archive":       func(v *saved) { v.Generations[0].Archive = 0 },
		"no content":       func(v *saved) { v.Contents = nil },
		"an odd timer":     func(v *saved) { v.Timers[0].Kind = 77 },
		"no listener":      func(v *saved) { v.Supervisor.Store = append(v.Supervisor.Store, "z") },
		"an odd state":     func(v *saved) { v.Supervisor.Workers[0].State = 77 },
		"twice":            func(v *saved) { v.Supervisor.Workers[0].Number = v.Supervisor.Workers[1].Number },
	} {
		v := savedExample()
		spoil(v)
		b, err := v.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeSaved(b); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
}

func FuzzSaved(f *testing.F) {
	b, err := savedExample().encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[savedHeader:])
	f.Fuzz(func(t *testing.T, body []byte) {
		v := &saved{}
		if unmarshal(body, v) == nil && v.check() == nil {
			if _, err := v.Supervisor.restore(); err != nil {
				t.Error(err)
			}
			v.descriptors()
		}
	})
}
