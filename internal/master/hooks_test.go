package master

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/mworker"
)

// Which events a hook is told of.
func TestReloadResult(t *testing.T) {
	for _, tt := range []struct {
		e    mworker.Event
		want string
	}{
		{mworker.Event{Kind: mworker.EventReady}, "success"},
		{mworker.Event{Kind: mworker.EventApplied}, "success"},
		{mworker.Event{Kind: mworker.EventFailed}, "failure"},
		{mworker.Event{Kind: mworker.EventFallback, Respawn: true}, "fallback"},
		{mworker.Event{Kind: mworker.EventReady, First: true}, ""},
		{mworker.Event{Kind: mworker.EventFailed, First: true}, ""},
		{mworker.Event{Kind: mworker.EventReady, Respawn: true}, ""},
		{mworker.Event{Kind: mworker.EventFailed, Respawn: true}, ""},
		{mworker.Event{Kind: mworker.EventFailed, Check: true}, ""},
		{mworker.Event{Kind: mworker.EventChecked, Check: true}, ""},
		{mworker.Event{Kind: mworker.EventReloading}, ""},
		{mworker.Event{Kind: mworker.EventCurrentExited}, ""},
	} {
		if got := reloadResult(tt.e); got != tt.want {
			t.Errorf("%+v: %q", tt.e, got)
		}
	}
}

// A hook has little of the master's environment.
func TestHookEnv(t *testing.T) {
	g := mworker.Generation{Number: 4, Took: 1500 * time.Millisecond, By: "master CLI", From: 2, Reason: "no\n\x1bway", Hash: "ab", InPlace: true}
	want := []string{"PATH=/x", "TZ=UTC", "SLUICE_RELOAD_RESULT=failure", "SLUICE_RELOAD_GENERATION=4", "SLUICE_RELOAD_SERVING=3", "SLUICE_RELOAD_FROM=2",
		"SLUICE_RELOAD_BY=master CLI", "SLUICE_RELOAD_REASON=no  way", "SLUICE_RELOAD_DURATION_MS=1500", "SLUICE_RELOAD_HASH=ab", "SLUICE_RELOAD_IN_PLACE=1",
		fmt.Sprintf("SLUICE_RELOAD_MASTER=%d", os.Getpid())}
	if d := cmp.Diff(want, hookEnv([]string{"PATH=/x", "SECRET=y", "TZ=UTC", "SLUICE_RELOAD_RESULT=mine", "LD_PRELOAD=/z"}, "failure", 3, g)); d != "" {
		t.Error(d)
	}
	if got := hookEnv(nil, "success", 1, mworker.Generation{})[0]; got != "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" {
		t.Error(got)
	}
}
