package worker

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestFits(t *testing.T) {
	for _, tt := range []struct {
		limit int
		used  int64
		ok    bool
	}{{0, 1 << 40, true}, {100, 84 << 20, true}, {100, 85 << 20, false}, {1, 5 << 20, false}} {
		if err := fits(tt.limit, tt.used); (err == nil) != tt.ok {
			t.Errorf("%d MB of %d: %v", tt.used>>20, tt.limit, err)
		}
	}
}

func TestMemoryWatch(t *testing.T) {
	var did []string
	w := memoryWatch{limit: 100,
		hold:    func(on bool) { did = append(did, fmt.Sprint("hold ", on)) },
		collect: func() { did = append(did, "collect") },
		warnf:   func(f string, a ...any) { did = append(did, fmt.Sprintf(f, a...)) },
	}
	said := func(mb int) string {
		return fmt.Sprintf("%d MB of memory are in use, near the limit of 100 MB (-m): no connection is accepted until it is less.", mb)
	}
	now := time.Unix(1000, 0)
	for _, step := range []struct {
		after time.Duration
		mb    int64
		want  []string
	}{
		{0, 50, nil},
		{0, 91, nil},
		{0, 92, []string{"hold true", said(92)}},
		{0, 200, []string{"collect"}},                         // at once
		{collectEvery - 1, 92, nil},                           // not without a pause
		{1, 86, []string{"collect"}},                          // still more than where it goes on
		{0, 84, []string{"hold false"}},                       //
		{0, 91, nil},                                          // the two marks keep it from flapping
		{0, 93, []string{"hold true"}},                        // said a moment ago
		{0, 84, []string{"hold false"}},                       //
		{sayMemoryEvery, 95, []string{"hold true", said(95)}}, // said long ago
	} {
		did = nil
		now = now.Add(step.after)
		w.look(now, step.mb<<20)
		if !slices.Equal(did, step.want) {
			t.Errorf("%d MB: %q, want %q", step.mb, did, step.want)
		}
	}
}

// The figure must follow what the process really has.
func TestInUse(t *testing.T) {
	before := inUse()
	block := make([]byte, 64<<20)
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
	if grown := inUse() - before; grown < 60<<20 {
		t.Errorf("64 MiB more make %d bytes", grown)
	}
	block[0] = 2
}
