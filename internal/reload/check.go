package reload

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// verdict is the answer of "sluice check -json".
type verdict struct {
	Verdict  string   `json:"verdict"`  // would succeed, would fail, unknown
	Messages []string `json:"messages"` // of the load
	Error    string   `json:"error,omitempty"`
}

// Check reads the words after "check" and returns the exit status.
func Check(args []string) int { return RunCheck(args, os.Stdout, os.Stderr) }

// RunCheck asks a running master whether a reload would succeed: 0 it would, 1 it
// would fail, 2 that is not known. Nothing that serves is touched.
func RunCheck(args []string, stdout, stderr io.Writer) int {
	flags, addr, limit := flagsOf("sluice check", stderr)
	asJSON := flags.Bool("json", false, "answer in JSON")
	if !parse(flags, args, limit) {
		return unknown
	}
	ok, log, err := ask(*addr, "reload check", *limit)
	v, status := verdict{Verdict: "would succeed", Messages: []string{}}, succeeded
	switch {
	case err != nil:
		v.Verdict, status, v.Error = "unknown", unknown, err.Error()
	case !ok:
		v.Verdict, status = "would fail", failed
	}
	if *asJSON {
		if log != "" {
			v.Messages = strings.Split(strings.TrimSuffix(log, "\n"), "\n")
		}
		e := json.NewEncoder(stdout)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return unknown
		}
		return status
	}
	fmt.Fprint(stdout, log)
	switch status {
	case unknown:
		fmt.Fprintf(stderr, "sluice check: %v\n", err)
	case failed:
		fmt.Fprintf(stderr, "sluice check: a reload would fail\n")
	}
	return status
}
