package programs

import (
	"time"

	"github.com/sluice-proxy/sluice/mworker"
)

// Kind says what an Event is about.
type Kind uint8

// The kinds, with the fields that each has beside Name.
const (
	Started      Kind = iota // PID
	Unstartable              // Command, Err
	Exited                   // PID, Former, Status
	Restarting               // Delay: it failed and will be started again
	Failed                   // Status: it failed, which is to end the master (Change.ExitOnFailure)
	Unresponsive             // PID: it did not end in time and is killed
)

// Event is something that happened to a program.
type Event struct {
	Kind    Kind
	Name    string
	PID     int
	Former  bool
	Status  mworker.Status
	Command string
	Err     error
	Delay   time.Duration
}
