package mworker

import (
	"fmt"
	"strings"
	"syscall"
	"time"
)

// effectKind names what the shell does for the supervisor.
type effectKind uint8

const (
	doSnapshot   effectKind = iota // read the files of a new generation; answer snapshot or snapshot-failed
	doSpawn                        // start a process from a generation; answer spawned or spawn-failed
	doVet                          // have the discovery result checked; answer vetted or vet-failed
	doServe                        // send serve
	doDrain                        // send drain with keys to retire
	doPause                        // send pause
	doResume                       // send resume
	doPing                         // send ping
	doHurry                        // send hurry
	doMeasure                      // measure the memory of all workers; answer inMeasured
	doApply                        // pass what a candidate proposed on to the worker
	doDecline                      // tell a candidate to go on
	doSeal                         // the generation's files are complete
	doSignal                       // signal the process
	doKeep                         // the worker's listeners become the store's; the keys given are closed
	doCloseStore                   // close every listener of the store
	doForget                       // release a generation's files
	doRelease                      // release what is held for a worker: channels, offered listeners
	doArm                          // start a timer
	doDisarm                       // stop it
	doReply                        // answer a caller
	doEvent                        // tell the observer
	doExit                         // end the master
)

var effectNames = [...]string{
	"snapshot", "spawn", "vet", "serve", "drain", "pause", "resume", "ping", "hurry", "measure", "apply", "decline", "seal", "signal", "keep",
	"close-store", "forget", "release", "arm", "disarm", "reply", "event", "exit",
}

// timerKind names a timer; together with the worker's number it is one timer.
type timerKind uint8

const (
	timerLoad timerKind = iota
	timerKill
	timerStable
	timerProbe
	timerRespawn  // of the master
	timerUnserved // of the master
	timerDrain
	timerMemory // of the master
)

var timerNames = [...]string{"load", "kill", "stable", "probe", "respawn", "unserved", "drain", "memory"}

// effect is one thing to do, in order.
type effect struct {
	kind       effectKind
	worker     int
	generation int
	keys       []string
	signal     syscall.Signal
	timer      timerKind
	after      time.Duration
	caller     int
	ok         bool // reply: success; spawn: a respawn
	forced     bool // spawn
	check      bool // spawn
	former     int  // spawn: the generation of which it may propose changes
	candidate  int  // apply: who proposed
	inPlace    bool // reply
	from       int  // snapshot, spawn: the generation whose files are loaded again
	text       string
	data       []byte
	code       int
	event      *Event
}

// String is the form that scenario files hold.
func (e effect) String() string {
	var b strings.Builder
	b.WriteString(effectNames[e.kind])
	if e.worker != 0 {
		fmt.Fprintf(&b, " w%d", e.worker)
	}
	if e.generation != 0 {
		fmt.Fprintf(&b, " g%d", e.generation)
	}
	if e.forced {
		b.WriteString(" forced")
	}
	if e.check {
		b.WriteString(" check")
	}
	if e.from != 0 {
		fmt.Fprintf(&b, " from=g%d", e.from)
	}
	if e.former != 0 {
		fmt.Fprintf(&b, " former=g%d", e.former)
	}
	if e.candidate != 0 {
		fmt.Fprintf(&b, " of=w%d", e.candidate)
	}
	if e.inPlace {
		b.WriteString(" in-place")
	}
	switch e.kind {
	case doSignal:
		fmt.Fprintf(&b, " %s", signalNames[e.signal])
	case doArm:
		fmt.Fprintf(&b, " %s %s", timerNames[e.timer], e.after)
	case doDisarm:
		fmt.Fprintf(&b, " %s", timerNames[e.timer])
	case doReply:
		fmt.Fprintf(&b, " caller=%d ok=%t", e.caller, e.ok)
	case doExit:
		fmt.Fprintf(&b, " %d", e.code)
	case doEvent:
		e.event.describe(&b)
	}
	if len(e.keys) > 0 {
		fmt.Fprintf(&b, " [%s]", strings.Join(e.keys, " "))
	}
	if e.text != "" {
		fmt.Fprintf(&b, " %q", e.text)
	}
	return b.String()
}

// describe adds the fields of an event that its kind uses.
func (e *Event) describe(b *strings.Builder) {
	fmt.Fprintf(b, " %s", e.Kind)
	if e.Worker.PID != 0 {
		fmt.Fprintf(b, " pid=%d", e.Worker.PID)
	}
	if e.Status != (Status{}) {
		fmt.Fprintf(b, " status=%d", e.Status.Code)
	}
	if e.Generation != 0 {
		fmt.Fprintf(b, " g%d", e.Generation)
	}
	if e.From != 0 {
		fmt.Fprintf(b, " from=g%d", e.From)
	}
	if e.By != "" {
		fmt.Fprintf(b, " by=%q", e.By)
	}
	if e.Delay != 0 {
		fmt.Fprintf(b, " delay=%s", e.Delay)
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{{e.First, "first"}, {e.Hard, "hard"}, {e.Respawn, "respawn"}, {e.Check, "check"}, {e.ExceedsMaxReloads >= 0 && e.Kind == EventFormerExited, "exceeds"}} {
		if flag.set {
			b.WriteString(" " + flag.name)
		}
	}
	if e.Crash != nil {
		b.WriteString(" crash")
	}
	if e.Level != "" {
		b.WriteString(" " + e.Level)
	}
	if e.Text != "" {
		fmt.Fprintf(b, " %q", e.Text)
	}
}
