package check

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Programs that end well, badly, not at all, or are not there.
func TestProgram(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "check")
	text := "#!/bin/sh\ncase $4 in\n 1) exit 0;;\n 2) exit 7;;\n 3) kill -9 $$;;\n 4) sleep 60 & wait;;\n 5) [ \"$HAPROXY_SERVER_NAME\" = s ] && [ \"$1\" = NOT_USED ];;\nesac\n"
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path, port, status string
		code               int
	}{
		{script, "1", "PROCOK", 0}, {script, "2", "PROCERR", 7}, {script, "3", "PROCERR", -1}, {script, "4", "PROCTOUT", 0}, {script, "5", "PROCOK", 0},
		{filepath.Join(dir, "nowhere"), "1", "PROCERR", -1},
	} {
		p := Program{Path: tt.path, Args: []string{"NOT_USED", "NOT_USED", "127.0.0.1", tt.port}, Limit: 5 * time.Second,
			Env: func() []string { return []string{"PATH=/bin:/usr/bin", "HAPROXY_SERVER_NAME=s"} }}
		if tt.port == "4" {
			p.Limit = 100 * time.Millisecond
		}
		began := time.Now()
		r := p.Run()
		if r.Status != tt.status || HasCode(r.Status) && r.Code != tt.code || time.Since(began) > 4*time.Second {
			t.Errorf("%s %s: %+v after %v, want %s %d", filepath.Base(tt.path), tt.port, r, time.Since(began), tt.status, tt.code)
		}
	}
}
