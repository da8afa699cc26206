package worker

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/held"
	"github.com/sluice-proxy/sluice/internal/stream"
	"github.com/sluice-proxy/sluice/mworker"
)

var (
	_ mworker.Hurrier = (*service)(nil)
	_ held.Holder     = (*service)(nil)
)

// Hurry implements mworker.Hurrier: what is idle is closed, whatever
// "close-spread-time" says, and what is not with the next answer.
func (s *service) Hurry() { s.engine.Hurry() }

// collectTime is how long the threads may take to tell of their connections.
const collectTime = 300 * time.Millisecond

// Held implements held.Holder.
func (s *service) Held() (held.Answer, bool) {
	h, ok := s.engine.Held(collectTime, held.Most, stream.HeldBy{})
	list := h.Oldest
	a := held.Answer{Total: h.Total, Idle: h.Idle, Connections: make([]held.Connection, len(list))}
	for i, h := range list {
		c := &a.Connections[i]
		*c = held.Connection{Client: "unix", Frontend: h.Frontend, Backend: h.Backend, Server: h.Server, State: h.State, Age: h.Age.Milliseconds()}
		if h.Client.IsValid() {
			c.Client = h.Client.String()
		}
		if h.State == "idle" {
			ms := h.Idle.Milliseconds()
			c.Idle = &ms
		}
	}
	return a, ok
}

// Release implements held.Holder.
func (s *service) Release(which held.Selection, said func(n int, ok bool)) {
	s.staying.RLock()
	defer s.staying.RUnlock()
	said(s.engine.Release(time.Second, stream.HeldBy{Frontend: which.Frontend, Client: which.Client}))
}
