package logs

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unicode"
)

// Options are what all logs of a process have in common.
type Options struct {
	Tag          string // log-tag of the global section; "": "haproxy"
	SendHostname bool   // log-send-hostname was given
	HostnameText string // its argument; "": the system's name
	PID          int    // 0: this process
	Hostname     string // "": the system's
	SendBuf      int    // bytes, of each socket (tune.sndbuf.backend); 0: the kernel's
	// Report is told, once for every destination, that it cannot be reached,
	// in the reference's words. It may be called from any goroutine.
	Report func(text string)
}

// DefaultTag is what programs that read the logs expect.
const DefaultTag = "haproxy"

// Hub holds the destinations of a process's logs and counts what they lost.
// Targets and outputs are made while the configuration is built, or later by
// the control plane; sinks use them without locks.
type Hub struct {
	tag, sent string // header fields; sent "": no hostname
	hostname  string
	pid       int
	report    func(string)
	sendBuf   int
	dropped   atomic.Uint64

	mu        sync.Mutex
	endpoints []*endpoint
	routes    int
	profiles  map[string]*Profile // set before there are outputs
}

// NewHub returns a hub without destinations.
func NewHub(o Options) *Hub {
	h := &Hub{tag: or(o.Tag, DefaultTag), hostname: o.Hostname, pid: o.PID, report: o.Report, sendBuf: o.SendBuf}
	if h.hostname == "" {
		h.hostname, _ = os.Hostname() // without a name the field stays empty
	}
	if h.pid == 0 {
		h.pid = os.Getpid()
	}
	if o.SendHostname {
		h.sent = or(o.HostnameText, h.hostname)
	}
	return h
}

// SetProfiles gives the log-profile sections by name, before outputs are made.
func (h *Hub) SetProfiles(m map[string]*Profile) { h.profiles = m }

// Profile finds a log-profile section; nil without one of that name.
func (h *Hub) Profile(name string) *Profile { return h.profiles[name] }

// Dropped returns how many lines were lost since the start (DroppedLogs).
func (h *Hub) Dropped() uint64 { return h.dropped.Load() }

// Fill sets what Entries say about the process; nothing without a hub.
func (h *Hub) Fill(e *Entry) {
	if h != nil {
		e.PID, e.Hostname = h.pid, h.hostname
	}
}

// Open opens the descriptors that loggers write to and loads the time zone.
// Call it before privileges and the root directory change; later is possible,
// and happens by itself.
func (h *Hub) Open() {
	localZone.at(time.Now().Unix())
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.endpoints {
		if e.file == nil {
			continue
		}
		e.file.mu.Lock()
		errno := e.file.open()
		e.file.mu.Unlock()
		if errno != 0 {
			h.failed(e, errno)
		}
	}
}

// Close closes what Open opened. Sinks are closed before.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.endpoints {
		if e.file != nil && e.file.close() {
			h.dropped.Add(1)
		}
	}
}

func (h *Hub) endpoint(id int) *endpoint {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.endpoints[id]
}

// failed reports the first failure of a destination.
func (h *Hub) failed(e *endpoint, errno syscall.Errno) {
	if e.reported.Swap(true) || h.report == nil {
		return
	}
	text := []rune(errno.Error())
	text[0] = unicode.ToUpper(text[0])
	h.report(fmt.Sprintf("sendmsg()/writev() failed in logger #%d: %s (errno=%d)", e.number, string(text), int(errno)))
}
