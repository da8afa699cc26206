package check

// outcome is what a status means for the server.
type outcome uint8

const (
	neutral outcome = iota // says nothing
	passed
	conditional // passed, but no new sessions ("L7OKC")
	failed
)

// statuses are the results of checks as "show stat" writes them (management
// guide 9.1, "check_status"), with their words, in the order of the numbers in a
// state file.
var statuses = []struct {
	name, words string
	outcome     outcome
	hasCode     bool // a code of the protocol goes along
}{
	{"UNK", "Unknown", neutral, false},
	{"INI", "Initializing", neutral, false},
	{"START", "Check started", neutral, false},
	{"HANA", "Health analyze", failed, false},
	{"CHECKED", "No status change", neutral, false},
	{"SOCKERR", "Socket error", failed, false},
	{"L4OK", "Layer4 check passed", passed, false},
	{"L4TOUT", "Layer4 timeout", failed, false},
	{"L4CON", "Layer4 connection problem", failed, false},
	{"L6OK", "Layer6 check passed", passed, false},
	{"L6TOUT", "Layer6 timeout", failed, false},
	{"L6RSP", "Layer6 invalid response", failed, false},
	{"L7TOUT", "Layer7 timeout", failed, false},
	{"L7RSP", "Layer7 invalid response", failed, false},
	{"L7OK", "Layer7 check passed", passed, true},
	{"L7OKC", "Layer7 check conditionally passed", conditional, true},
	{"L7STS", "Layer7 wrong status", failed, true},
	{"PROCERR", "External check error", failed, true},
	{"PROCTOUT", "External check timeout", failed, false},
	{"PROCOK", "External check passed", passed, true},
}

// Describe returns the words for a status, the status itself if it has none.
func Describe(status string) string {
	for i := range statuses {
		if statuses[i].name == status {
			return statuses[i].words
		}
	}
	return status
}

// HasCode tells whether a code of the protocol goes along with a status.
func HasCode(status string) bool {
	for i := range statuses {
		if statuses[i].name == status {
			return statuses[i].hasCode
		}
	}
	return false
}

func outcomeOf(status string) outcome {
	for i := range statuses {
		if statuses[i].name == status {
			return statuses[i].outcome
		}
	}
	return neutral
}
