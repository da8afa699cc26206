package mworker

// State is where a worker is in its life.
//
//	          READY            serving
//	loading ────────▶ checked ─────────▶ ready ◀──────▶ paused
//	   │                 │                 │               │
//	   │ exit, deadline  │ refused, exit   │ drained or    │
//	   ▼                 ▼                 ▼ replaced      ▼
//	 failed ◀────────────┘             draining ◀──────────┘
//	   │                                   │
//	   └────────────▶ gone ◀───────────────┘     (any state: exit)
type State uint8

const (
	Loading   State = iota // from the request until READY
	Checked                // READY received, not yet serving
	Ready                  // serving
	Probation              // serving while its predecessor is held in reserve (not offered yet)
	Paused                 // was serving; its listeners refuse for now
	Canary                 // serving a share of the connections (not offered yet)
	Draining               // finishing what it had begun, without listeners
	Failed                 // its load was given up; the process may still be ending
	Gone                   // ended

	numStates = int(Gone) + 1
)

var stateNames = [numStates]string{
	"loading", "checked", "ready", "probation", "paused",
	"canary", "draining", "failed", "gone",
}

func (s State) String() string {
	if int(s) < numStates {
		return stateNames[s]
	}
	return "unknown"
}

// serving reports whether a worker in this state owns the listeners.
func (s State) serving() bool { return s == Ready || s == Paused || s == Probation }
