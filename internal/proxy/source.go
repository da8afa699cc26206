package proxy

import (
	"net/netip"
	"sync"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// Source says from where connections to a server come (manual 4.2, "source").
type Source struct {
	From      netip.AddrPort // zero: what the kernel chooses
	Ports     *Ports         // those of From; nil: its own
	Use       config.UseSource
	UseFrom   netip.AddrPort // of UseAddress
	Header    int            // of UseHeader: its place in Backend.ConnNames plus 1
	Interface string
}

// Origin is where one connection comes from. The zero Origin is what the kernel
// chooses.
type Origin struct {
	Addr    netip.AddrPort
	Foreign bool // need not be an address of this machine
	Device  string
	Packets Packets
}

// Packets is what rules ask of the packets to a server.
type Packets struct {
	Mark            uint32
	TOS             int
	HasMark, HasTOS bool
}

// Asked tells whether rules asked anything.
func (p *Packets) Asked() bool { return p.HasMark || p.HasTOS }

// Transport is how the connections to a server are made.
type Transport struct {
	Source    *Source        // nil: from anywhere
	Namespace *sys.Namespace // nil: that of the process
	Tune      *sys.Tuning    // nil: nothing of it
	FastOpen  bool
	Socks     netip.AddrPort // the SOCKS4 proxy in between; zero: none
}

// Prepare sets the options of a new TCP socket that will connect to the server.
func (t *Transport) Prepare(fd int) {
	if t.Tune != nil {
		_ = t.Tune.Apply(fd, false) // what cannot be set was reported at the start
	}
	if t.FastOpen {
		sys.SetFastOpenConnect(fd)
	}
}

// Ports are the ports of a range, one for each connection. The one that was used
// longest ago is taken first, because the kernel may remember its last connection.
type Ports struct {
	mu         sync.Mutex
	next, high int      // never taken so far
	back       []uint16 // given back, in their order, from at on
	at         int
}

// NewPorts makes the range from low to high, which must not be 0.
func NewPorts(low, high int) *Ports { return &Ports{next: low, high: high} }

// Take returns a port that nobody has; false when there is none.
func (p *Ports) Take() (uint16, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next <= p.high {
		p.next++
		return uint16(p.next - 1), true
	}
	if p.at == len(p.back) {
		return 0, false
	}
	port := p.back[p.at]
	if p.at++; p.at == len(p.back) {
		p.back, p.at = p.back[:0], 0
	} else if p.at > 64 && p.at > len(p.back)/2 {
		p.back, p.at = append(p.back[:0], p.back[p.at:]...), 0
	}
	return port, true
}

// Give takes a port back.
func (p *Ports) Give(port uint16) {
	p.mu.Lock()
	p.back = append(p.back, port)
	p.mu.Unlock()
}
