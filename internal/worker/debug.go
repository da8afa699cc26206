package worker

import (
	"io"
	"os"
)

// events is where "-d" shows what comes and goes; nil without it.
func (s *service) events() io.Writer {
	if !s.load.o.Debug {
		return nil
	}
	os.Stdout.WriteString("Using epoll() as the polling mechanism.\n")
	return os.Stdout
}
