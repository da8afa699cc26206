package master

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"time"
)

// askTime is how long a worker may take to answer a question of the master's own.
const askTime = 500 * time.Millisecond

// connections asks a worker how many connections it has; nil when it does not
// say in time.
func (m *master) connections(pid int) *int64 {
	c, err := m.m.Session(pid, "user")
	if err != nil {
		return nil
	}
	defer c.Close()
	if c.SetDeadline(time.Now().Add(askTime)) != nil {
		return nil
	}
	if _, err := io.WriteString(c, "show info\n"); err != nil {
		return nil
	}
	for s := bufio.NewScanner(c); s.Scan(); {
		if text, ok := strings.CutPrefix(s.Text(), "CurrConns: "); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				return &n
			}
		}
	}
	return nil
}
