package worker

import (
	"io"
	"os"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/stream"
)

// events is where "-d" shows what comes and goes; nil without it.
func (s *service) events() io.Writer {
	if !s.load.o.Debug {
		return nil
	}
	os.Stdout.WriteString("Using epoll() as the polling mechanism.\n")
	return os.Stdout
}

// debugged is the process to "debug dev".
type debugged struct {
	*stream.Engine // which can be blocked
	s              *service
}

var _ cli.Debugged = debugged{}

// LogGlobal implements cli.Debugged.
func (d debugged) LogGlobal(text string) { d.s.logger.Message(d.s.run.Log, logs.Info, text) }

// Panic implements cli.Debugged. A panic of the session itself would be caught.
func (debugged) Panic() {
	go panic("debug dev panic")
	select {}
}

// Exit implements cli.Debugged.
func (debugged) Exit(status int) { os.Exit(status) }
