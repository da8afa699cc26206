package load

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Category is a way to lose an exchange.
type Category string

const (
	Refused Category = "refused"       // the connect
	Reset   Category = "reset"         // RST or EPIPE before the answer was complete
	Closed  Category = "closed early"  // end of the connection before that of the answer
	Timeout Category = "timed out"     // connect or answer
	Wrong   Category = "wrong content" // body, id or hash
	Foreign Category = "not ours"      // an answer that the origin did not send
	Syntax  Category = "not HTTP"      // an answer that cannot be parsed
	Other   Category = "other"         //
)

const examplesKept = 5

// A Report counts what became of the exchanges.
type Report struct {
	Kind       Kind
	ok         atomic.Int64
	mu         sync.Mutex
	lost       map[Category]int64
	examples   map[Category][]string
	Announced  int64         // keep-alive connections ended by Connection: close
	IdleClosed int64         // keep-alive connections ended unannounced, nothing sent on them
	Connects   int64         //
	Slowest    time.Duration // the longest exchange, connect included
	begin      time.Time
}

func newReport(k Kind) *Report {
	return &Report{Kind: k, lost: map[Category]int64{}, examples: map[Category][]string{}, begin: time.Now()}
}

// OK is the number of exchanges that went right.
func (r *Report) OK() int64 { return r.ok.Load() }

// Lost is the number of exchanges that did not; without arguments of all
// categories.
func (r *Report) Lost(of ...Category) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	var n int64
	if len(of) == 0 {
		for _, k := range r.lost {
			n += k
		}
	}
	for _, c := range of {
		n += r.lost[c]
	}
	return n
}

func (r *Report) add(field *int64) {
	r.mu.Lock()
	*field++
	r.mu.Unlock()
}

func (r *Report) done(took time.Duration) {
	r.ok.Add(1)
	r.mu.Lock()
	r.Slowest = max(r.Slowest, took)
	r.mu.Unlock()
}

func (r *Report) loss(c Category, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost[c]++
	if len(r.examples[c]) < examplesKept {
		at := time.Since(r.begin).Round(time.Millisecond)
		r.examples[c] = append(r.examples[c], fmt.Sprintf("at %v: %s", at, fmt.Sprintf(format, args...)))
	}
}

// String is one line, followed by the first examples of each loss.
func (r *Report) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	var total int64
	for _, n := range r.lost {
		total += n
	}
	fmt.Fprintf(&b, "%v: %d right, %d lost, %d connects, %d ends announced, %d idle ends, slowest %v",
		r.Kind, r.ok.Load(), total, r.Connects, r.Announced, r.IdleClosed, r.Slowest.Round(time.Millisecond))
	var cats []string
	for c := range r.lost {
		cats = append(cats, string(c))
	}
	sort.Strings(cats)
	for _, c := range cats {
		fmt.Fprintf(&b, "\n  %d %s", r.lost[Category(c)], c)
		for _, e := range r.examples[Category(c)] {
			fmt.Fprintf(&b, "\n    %s", e)
		}
	}
	return b.String()
}

// classify names the category of an I/O error.
func classify(err error) Category {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Reset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Closed
	case errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		return Timeout
	}
	return Other
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
