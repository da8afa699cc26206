package harness

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// Ports are taken below the range from which the kernel gives outgoing
// connections theirs, and none is given twice in a test run.
const portLow, portHigh = 12000, 30000

var (
	portMu   sync.Mutex
	portNext = portLow + rand.IntN(portHigh-portLow)
)

// Port returns a free TCP port of 127.0.0.1.
func Port(tb testing.TB) int {
	tb.Helper()
	portMu.Lock()
	defer portMu.Unlock()
	for range 2000 {
		if portNext++; portNext >= portHigh {
			portNext = portLow
		}
		l, err := net.Listen("tcp", fmt.Sprintf(":%d", portNext))
		if err == nil {
			l.Close()
			return portNext
		}
	}
	tb.Fatal("no free port")
	return 0
}

// Addr returns 127.0.0.1 with a free port.
func Addr(tb testing.TB) string {
	tb.Helper()
	return fmt.Sprintf("127.0.0.1:%d", Port(tb))
}
