package cli

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/sys"
)

const waitUsage = `Usage: wait {-h|<duration>} [condition [args...]]
  - '-h' displays this help
  - <duration> is the maximum wait time, optionally suffixed by the unit among
    'us', 'ms', 's', 'm', 'h', and 'd'. ; the default unit is milliseconds.
  - <condition> indicates what to wait for, no longer than the specified
    duration. Supported conditions are:
    - <none> : by default, just sleep for the specified duration.
    - srv-removable <px>/<sv> : wait for this server to become removable.
`

// waitStep is the time between two looks at a condition, waitLook that between two at
// the client.
const (
	waitStep = 10 * time.Millisecond
	waitLook = 200 * time.Millisecond
)

// wait is "wait <duration> [srv-removable <backend>/<server>]".
func (w serverLife) wait(s *line.Session, args []string, _ []byte) {
	if slices.Contains(args[:min(len(args), 2)], "-h") {
		s.Info(waitUsage)
		return
	}
	if len(args) == 0 {
		s.Err("Expects a duration in milliseconds.")
		return
	}
	d, ok := waitTime(args[0])
	switch {
	case !ok:
		s.Err("Invalid duration.")
	case len(args) == 1:
		if pause(s, d) {
			s.Info("Done.")
		}
	case args[1] != "srv-removable":
		s.Err(waitUsage)
	case len(args) == 2:
		s.Err("Missing server name (<backend>/<server>).")
	default:
		backend, server, ok := cutServer(s, args[2:])
		if ok {
			w.awaitRemovable(s, backend, server, time.Now().Add(d))
		}
	}
}

func (w serverLife) awaitRemovable(s *line.Session, backend, server string, until time.Time) {
	for {
		var fault string
		var final bool
		w.Steady(func() { fault, final = w.ServerRemovable(backend, server) })
		switch {
		case fault == "":
			s.Info("Done.")
			return
		case final:
			s.Err("Failed. " + fault)
			return
		case !time.Now().Before(until):
			s.Err("Interrupted. " + fault)
			return
		case !pause(s, min(waitStep, max(time.Until(until), 0))):
			return
		}
	}
}

// pause waits; false: the client has gone.
func pause(s *line.Session, d time.Duration) bool {
	if s.Flush() != nil {
		return false
	}
	for end := time.Now().Add(d); ; {
		left := time.Until(end)
		if left <= 0 {
			return true
		}
		time.Sleep(min(left, waitLook))
		if gone(s.Conn()) {
			return false
		}
	}
}

// gone tells whether a client has closed its connection; one that only sends no more
// still waits for the answer.
func gone(conn any) (yes bool) {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) { yes = sys.HungUp(int(fd)) })
	return yes || err != nil
}

// waitTime reads a duration, of milliseconds without a unit: at most 2147483647 of
// them, and not 0.
func waitTime(text string) (time.Duration, bool) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	unit, ok := map[string]time.Duration{"us": time.Microsecond, "": time.Millisecond, "ms": time.Millisecond,
		"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[text[len(digits):]]
	n, err := strconv.ParseUint(digits, 10, 32)
	d := time.Duration(n) * unit
	return d, ok && err == nil && n > 0 && d <= math.MaxInt32*time.Millisecond
}
