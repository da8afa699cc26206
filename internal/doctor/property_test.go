package doctor

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Whatever is examined, what was repaired needs no repair, and a configuration
// that runs with warnings still runs.
func FuzzExamine(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.cfg")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := examine("fuzz.cfg", data)
		again(t, r)
		if _, failed := spec(data); !failed {
			if _, failed := spec(r.Files[0].Data); failed {
				t.Fatalf("%q runs, repaired it does not: %q", data, r.Files[0].Data)
			}
		}
	})
}

// A file cut at any byte is examined like any other.
func TestCut(t *testing.T) {
	data := read(t, "testdata/comments.cfg")
	data = append(data, read(t, "testdata/reqrep_target.cfg")...)
	data = append(data, read(t, "testdata/names.cfg")...)
	for i := range data {
		again(t, examine("cut.cfg", data[:i]))
	}
}

// A replacement is read as the old form was: where the parser warns of an old
// form and goes on, the repaired text has the same meaning.
func TestSameMeaning(t *testing.T) {
	checked := 0
	for _, name := range golden(t) {
		data := read(t, name)
		if bytes.Contains(data, []byte("\nfrontend 'web'")) || strings.HasPrefix(filepath.Base(name), "names") {
			continue // renamed
		}
		was, failed := spec(data)
		if failed {
			continue
		}
		now, failed := spec(examine("t.cfg", data).Files[0].Data)
		if failed {
			t.Errorf("%s: the repaired text does not load", name)
			continue
		}
		checked++
		if was != now && filepath.Base(name) != "same_name.cfg" && filepath.Base(name) != "master_worker.cfg" {
			t.Errorf("%s: read as\n%s\nrepaired to\n%s", name, was, now)
		}
	}
	if checked < 20 {
		t.Errorf("only %d compared", checked)
	}
}

// spec returns a configuration's meaning as text.
func spec(data []byte) (text string, failed bool) {
	s, d := config.Parse([]config.File{{Name: "t.cfg", Data: data}}, config.Options{Tables: tables()})
	return s.String(), d.Failed()
}

// Time and memory grow with the file.
func TestLarge(t *testing.T) {
	const lines = 40000
	text := []byte("defaults\n\ttimeout client 1s\nlisten l :8080\n" + strings.Repeat("\tmonitor-net 10.0.0.0/8 # c\n", lines))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	r := examine("t.cfg", text)
	runtime.ReadMemStats(&after)
	if n := len(r.Findings); n != maxFindings || n+r.Omitted < lines {
		t.Errorf("%d findings and %d more", n, r.Omitted)
	}
	if a, b := r.Status(false), r.Status(true); a != Ill || b != Healthy {
		t.Errorf("status %d, %d when repaired", a, b)
	}
	if d := time.Since(start); d > 15*time.Second {
		t.Errorf("%d lines took %v", lines, d)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<30 {
		t.Errorf("%d lines took %d MiB", lines, n>>20)
	}
}
