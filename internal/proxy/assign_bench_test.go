package proxy

import (
	"fmt"
	"testing"

	"github.com/sluice-proxy/sluice/internal/balance"
)

// BenchmarkAssign is a stream that comes and goes: with servers that have slots,
// and when all are full and others wait.
func BenchmarkAssign(b *testing.B) {
	for _, algorithm := range []string{"roundrobin", "leastconn"} {
		for _, n := range []int{10, 1000, 10000} {
			for _, full := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s/%d/full=%v", algorithm, n, full), func(b *testing.B) {
					be := &Backend{Name: "b"}
					for i := range n {
						be.Servers = append(be.Servers, &Server{ID: i + 1, Index: i, Num: i, Weight: 1, MaxConn: 2, Backend: be, Node: balance.NodeID(uint32(i + 1))})
					}
					if err := be.Init(algorithm); err != nil {
						b.Fatal(err)
					}
					for range 2 * n {
						if full {
							be.Assign(&newWaiter().Waiter, 0, nil)
						}
					}
					if full {
						be.Assign(&newWaiter().Waiter, 0, nil)
					}
					w := newWaiter()
					b.ReportAllocs()
					for b.Loop() {
						if srv, out := be.Assign(&w.Waiter, 0, nil); out == Taken {
							be.Release(srv)
						} else if !be.Leave(&w.Waiter) {
							b.Fatal("granted")
						}
					}
				})
			}
		}
	}
}
