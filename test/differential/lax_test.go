package differential

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sluice-proxy/sluice/test/harness"
)

// More is accepted with "option accept-invalid-http-request", but the end of no
// message may depend on who reads it: neither may Sluice and HAProxy deliver
// different messages, nor may the origin find anything but messages.
func TestOddRequestsAccepted(t *testing.T) {
	all := odds()
	const lax = "    option accept-invalid-http-request\n"
	ref, own := start(t, reference(t), lax), start(t, harness.Binary(t), lax)
	var theirs, ours []outcome
	var wg sync.WaitGroup
	wg.Go(func() { theirs = ref.run(all) })
	wg.Go(func() { ours = own.run(all) })
	wg.Wait()
	accepted := 0
	for i, c := range all {
		a, b := theirs[i], ours[i]
		for _, s := range b.seen {
			if strings.HasPrefix(s, "garbage") {
				t.Errorf("%s: the origin behind Sluice got %s", c.name, s)
			}
		}
		x, y := a.bodies(), b.bodies()
		if n, m := len(y), good(b.answers); m > n+1 {
			t.Errorf("%s: %d answers for %d requests: %s", c.name, m, n, b)
		}
		if slices.ContainsFunc(x, func(s string) bool { return strings.HasPrefix(s, "garbage") }) {
			x = nil // HAProxy 2.6 forwards odd names, later ones drop their fields
		}
		if len(x) > 0 && len(y) > 0 && !slices.Equal(x, y) && !harmless[c.name] {
			t.Errorf("%s: different messages were delivered: %s, and behind Sluice %s", c.name, a, b)
		}
		if len(y) > 0 {
			accepted++
		}
	}
	t.Logf("%d cases, %d accepted", len(all), accepted)
}
