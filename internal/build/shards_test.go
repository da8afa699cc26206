package build

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// buildBind builds a frontend of one bind line for that many threads.
func buildBind(t *testing.T, threads, groups int, bind string) (*Runtime, []string) {
	t.Helper()
	spec := parse(t, "frontend f\n bind "+bind+"\n", nil)
	spec.Global.NBGroups = groups
	d := &config.Diagnostics{}
	r := Build(spec, Options{Threads: threads}, d)
	var alerts []string
	for _, m := range d.List {
		if m.Level == config.Alert {
			alerts = append(alerts, m.Text)
		}
	}
	return r, alerts
}

// Each socket of an address is watched by its part of the line's threads, and
// every one of these watches one socket.
func TestShards(t *testing.T) {
	for _, x := range []struct {
		threads, groups int
		bind            string
		want            string // the threads of each socket
	}{
		{4, 1, ":80", "[0 1 2 3]"},
		{4, 1, ":80 shards 1", "[0 1 2 3]"},
		{4, 1, ":80 shards 2", "[0 1] [2 3]"},
		{4, 1, ":80 shards 3", "[0] [1] [2 3]"},
		{4, 1, ":80 shards 4", "[0] [1] [2] [3]"},
		{4, 1, ":80 shards 1000", "[0] [1] [2] [3]"},
		{4, 1, ":80 shards by-thread", "[0] [1] [2] [3]"},
		{4, 1, ":80 shards by-group", "[0 1 2 3]"},
		{4, 2, ":80 shards by-group", "[0 1] [2 3]"},
		{4, 2, ":80 shards by-group thread 2/all", "[2 3]"},
		{4, 1, ":80 shards by-thread thread odd", "[0] [2]"},
		{4, 1, ":80 thread even", "[1 3]"},
		{4, 1, ":80 thread 3-9", "[2 3]"},
		{4, 2, ":80 thread 2/1", "[2]"},
		{1, 1, ":80 shards 4", "[0]"},
		{4, 1, "/s shards 4", "[0 1 2 3]"},
		{4, 1, "abns@s shards by-thread thread 1-2", "[0 1]"},
		{4, 1, ":80,:81 shards 2", "[0 1] [2 3] [0 1] [2 3]"},
	} {
		r, alerts := buildBind(t, x.threads, x.groups, x.bind)
		if len(alerts) > 0 {
			t.Errorf("%s: %v", x.bind, alerts)
		}
		var got []string
		for _, ln := range r.Listeners {
			got = append(got, fmt.Sprint(ln.Threads))
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%d threads, bind %s: %s, want %s", x.threads, x.bind, s, x.want)
		}
	}
}

func TestThreadFaults(t *testing.T) {
	for bind, want := range map[string]string{
		":80 thread 5":   "frontend 'f': 'thread' directive only references non-existing threads in 'bind :80' at [t.cfg:6].",
		":80 thread 2/1": "frontend 'f': 'thread' directive references non-existing thread group 2 in 'bind :80' at [t.cfg:6].",
		":80 namespace sluice-no-such": "Cannot open namespace 'sluice-no-such'.\n" +
			"'bind :80' in section 'frontend' : error encountered while processing 'namespace'.",
	} {
		if _, alerts := buildBind(t, 4, 1, bind); strings.Join(alerts, "\n") != want {
			t.Errorf("bind %s: %q", bind, alerts)
		}
	}
}

// The sockets of an address have keys of their own, whether they are shards or
// several lines; the first has that of a single socket.
func TestShardKeys(t *testing.T) {
	keys := func(binds string) (list []string) {
		r, _ := buildBind(t, 4, 1, binds)
		for _, ln := range r.Listeners {
			list = append(list, ln.Key)
		}
		return list
	}
	one := keys("127.0.0.1:80")
	three := keys("127.0.0.1:80 shards 3")
	lines := keys("127.0.0.1:80 thread 1\n bind 127.0.0.1:80 thread 2\n bind 127.0.0.1:80 thread 3")
	if len(three) != 3 || three[0] != one[0] || three[1] != ShardKey(one[0], 2) || three[2] != ShardKey(one[0], 3) {
		t.Errorf("keys of three shards: %q, of one socket: %q", three, one)
	}
	if !slices.Equal(three, lines) {
		t.Errorf("keys of three lines: %q, of three shards: %q", lines, three)
	}
	if mixed := keys("127.0.0.1:80\n bind 127.0.0.1:80 interface lo shards 2"); mixed[0] == mixed[1] || strings.Contains(mixed[1], "shard") {
		t.Errorf("keys of sockets that differ: %q", mixed)
	}
}

// Shards are listeners each, with a number of their own.
func TestShardIDs(t *testing.T) {
	r, _ := buildBind(t, 4, 1, ":80 id 2 name x shards 3\n bind :81")
	var got []string
	for _, ln := range r.Listeners {
		got = append(got, fmt.Sprintf("%d %s", ln.ID, ln.Name))
	}
	if want := []string{"2 x", "1 x", "3 x", "4 sock-4"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
