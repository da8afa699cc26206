package mworker

import "github.com/sluice-proxy/sluice/internal/sys"

// measure adds up the resident memory of all workers. What several of them share
// counts for each: it is the sum that an operator sees.
func (m *Master) measure() {
	var pids []int
	for _, p := range m.processes {
		pids = append(pids, p.child.PID)
	}
	go func() {
		var sum int64
		for _, pid := range pids {
			if n, err := sys.ResidentMemory(pid); err == nil { // else it has just ended
				sum += n
			}
		}
		m.post(message{call: func() { m.stepMaster(masterInput{kind: inMeasured, bytes: sum}) }})
	}()
}
