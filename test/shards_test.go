package test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/test/harness"
)

// Under load, reloads change the number of sockets of an address and the threads
// that watch them, to and fro, and no client notices.
func TestReloadShardsAndThreads(t *testing.T) {
	s := newService(t)
	config := func(options string) string {
		text := s.Config("", "")
		for _, addr := range []string{s.HTTP, s.TCP} {
			text = strings.Replace(text, "bind "+addr, "bind "+addr+" "+options, 1)
		}
		return "global\n    nbthread 4\n" + text
	}
	p := harness.Start(t, harness.Options{Config: config("shards 4"), Await: []string{s.HTTP, s.TCP}})
	if n := listening(t, s.HTTP); n != 4 {
		t.Fatalf("%d sockets listen for 4 shards", n)
	}
	tr := s.Load(t, soak(4, 8))
	for i, options := range []string{"shards 1", "shards 4", "", "thread 1", "thread 2-3 shards 2", "shards by-thread", "thread odd", "shards by-thread mss 1200"} {
		p.WriteConfig(config(options))
		p.MustReload()
		// Sockets are never closed under the clients' feet: those of the most shards
		// so far go on.
		if n := listening(t, s.HTTP); n != 4 {
			t.Errorf("reload %d, %q: %d sockets listen", i, options, n)
		}
		for range 20 {
			harness.MustGet(t, s.HTTP, "/echo")
		}
	}
	tr.Stop(t)
}

// listening counts the listening sockets of an IPv4 address.
func listening(t *testing.T, addr string) (n int) {
	t.Helper()
	text, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	var a, b, c, d, port int
	if _, err := fmt.Sscanf(addr, "%d.%d.%d.%d:%d", &a, &b, &c, &d, &port); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(" %02X%02X%02X%02X:%04X 00000000:0000 0A ", d, c, b, a, port)
	return strings.Count(string(text), want)
}
