package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// wrkScript makes wrk say what it counted in a form that can be read.
const wrkScript = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"bytes":%d,"errors":%d,"p99us":%d}\n',
    summary.requests, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99)))
end
`

// A wrkResult is what the client counted.
type wrkResult struct{ Requests, Bytes, Errors, P99us int64 }

// runWrk sends requests over conns connections for about span.
func runWrk(s *settings, dir, url, lua string, conns int, span time.Duration) (r wrkResult, err error) {
	script := filepath.Join(dir, "wrk.lua")
	if err := os.WriteFile(script, []byte(lua+wrkScript), 0o644); err != nil {
		return r, err
	}
	out, err := exec.Command("taskset", "-c", s.loadCPU, "wrk", "-t1", "-c", strconv.Itoa(conns), "--timeout", "10s",
		"-d", fmt.Sprintf("%ds", max(1, int(span.Seconds()))), "-s", script, url).CombinedOutput()
	if err == nil {
		_, js, ok := strings.Cut(string(out), "RESULT ")
		if !ok {
			return r, fmt.Errorf("wrk said:\n%s", out)
		}
		err = json.Unmarshal([]byte(js), &r)
	}
	if err != nil {
		return r, fmt.Errorf("%v:\n%s", err, out)
	}
	return r, nil
}
