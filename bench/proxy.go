package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A contestant is a proxy.
type contestant struct {
	name, program string
	kind          kind
}

// A child is a process bound to a processor.
type child struct {
	cmd *exec.Cmd
	out string
	end chan error
}

func start(cpu, out string, args ...string) (*child, error) {
	c := &child{cmd: exec.Command("taskset", append([]string{"-c", cpu}, args...)...), out: out, end: make(chan error, 1)}
	f, err := os.Create(out)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c.cmd.Stdout, c.cmd.Stderr = f, f
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { c.end <- c.cmd.Wait() }()
	return c, nil
}

// startWait is how long a program may take to accept connections.
const startWait = time.Minute

// await waits until the child accepts connections.
func (c *child) await(addr string) error {
	for deadline := time.Now().Add(startWait); time.Now().Before(deadline); {
		select {
		case err := <-c.end:
			c.end <- err
			b, _ := os.ReadFile(c.out)
			return fmt.Errorf("%v ended (%v):\n%s", c.cmd.Args, err, b)
		default:
		}
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("%v does not listen on %s", c.cmd.Args, addr)
}

func (c *child) stop() {
	c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.end:
	case <-time.After(3 * time.Second):
		c.cmd.Process.Kill()
		<-c.end
	}
}

// cpu is the user and system time of all threads of the child; taskset has
// executed the program in its own place, so the pid is the program's.
func (c *child) cpu() (time.Duration, error) { return cpuOf(c.cmd.Process.Pid) }

func cpuOf(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, errors.New("/proc/PID/stat: too few fields")
	}
	u, err1 := strconv.Atoi(f[11])
	s, err2 := strconv.Atoi(f[12])
	return time.Duration(u+s) * 10 * time.Millisecond, errors.Join(err1, err2)
}

// startProxy starts a contestant as one process in the foreground.
func startProxy(cpus, dir string, c contestant, config, addr string) (*child, error) {
	path := filepath.Join(dir, c.name+".cfg")
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		return nil, err
	}
	p, err := start(cpus, filepath.Join(dir, c.name+".out"), append([]string{c.program}, c.args(path)...)...)
	if err != nil {
		return nil, err
	}
	if err := p.await(addr); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// freeAddr returns an address that was free a moment ago, below the range of
// outgoing connections.
func freeAddr() string {
	for port := 20000 + os.Getpid()%9000; ; port++ {
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		if given[addr] {
			continue
		}
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			given[addr] = true
			return addr
		}
	}
}

var given = map[string]bool{}
