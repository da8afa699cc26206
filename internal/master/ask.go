package master

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"
)

// askTime is how long a worker may take to answer a question of the master's own.
const askTime = 500 * time.Millisecond

// askWorker has a worker run a command of the runtime API and returns what it says, up
// to a limit.
func (m *master) askWorker(pid int, level, command string, limit int64) ([]byte, error) {
	c, err := m.m.Session(pid, level)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(askTime)); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c, command); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(c, limit))
}

// maxInfo bounds what "show info" may answer.
const maxInfo = 64 << 10

// connections asks a worker how many connections it has; nil when it does not
// say in time.
func (m *master) connections(pid int) *int64 {
	answer, err := m.askWorker(pid, "user", "show info\n", maxInfo)
	if err != nil {
		return nil
	}
	for s := bufio.NewScanner(bytes.NewReader(answer)); s.Scan(); {
		if text, ok := strings.CutPrefix(s.Text(), "CurrConns: "); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				return &n
			}
		}
	}
	return nil
}
