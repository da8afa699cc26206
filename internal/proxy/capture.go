package proxy

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Captures are the slots that a frontend has for the messages of one direction.
type Captures struct {
	Lens    []int // of all slots, in bytes
	Headers []CaptureHeader
}

// CaptureHeader is a header field that fills a slot.
type CaptureHeader struct {
	Name string // in lower case
	Slot int
}

// NewCaptures gives nil when there are no slots.
func NewCaptures(slots []config.Capture) *Captures {
	if len(slots) == 0 {
		return nil
	}
	c := &Captures{}
	for i, s := range slots {
		c.Lens = append(c.Lens, s.Len)
		if s.Header != "" {
			c.Headers = append(c.Headers, CaptureHeader{strings.ToLower(s.Header), i})
		}
	}
	return c
}
