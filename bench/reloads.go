package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// operated is what the operations around reloads took, in milliseconds.
type operated struct {
	check, diffSame, diffOne, inPlace, reload, changes, upgrade, upgraded float64
}

// operatedSizes are the numbers of backends.
var operatedSizes = []int{100, manyBackends}

func benchReloads(s *settings) (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	results := map[int][]operated{}
	for range s.rounds {
		for _, n := range operatedSizes {
			r, err := measureReloads(s, dir, n)
			if err != nil {
				return "", fmt.Errorf("%d backends: %w", n, err)
			}
			results[n] = append(results[n], *r)
		}
	}
	var b strings.Builder
	heading(&b, s, "The operations around reloads, by the number of backends (two servers each), asked of the master CLI, on both processors. Milliseconds from the command to its answer; HAProxy has none of them.")
	b.WriteString("| | 100 backends | 20,000 backends |\n|:--|--:|--:|\n")
	for _, row := range []struct {
		name string
		get  func(operated) float64
	}{
		{"`reload check`", func(r operated) float64 { return r.check }},
		{"`reload diff`, nothing differs", func(r operated) float64 { return r.diffSame }},
		{"`reload diff`, the weight of one server", func(r operated) float64 { return r.diffOne }},
		{"`reload` in place, the weight of one server, until `Success=1`", func(r operated) float64 { return r.inPlace }},
		{"`reload` by a new worker, until `Success=1`", func(r operated) float64 { return r.reload }},
		{"– until what differs is told behind it, at most 2,000 later", func(r operated) float64 { return r.changes }},
		{"`reload` from a new executable, until `Success=1`", func(r operated) float64 { return r.upgrade }},
		{"– until the master runs it as well", func(r operated) float64 { return r.upgraded }},
	} {
		fmt.Fprintf(&b, "| %s |", row.name)
		for _, n := range operatedSizes {
			fmt.Fprintf(&b, " %.1f |", median(results[n], row.get))
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// changing is a service whose configuration changes in ways that a reload can make
// in place, or not.
type changing struct {
	*service
	weight int
}

func (v *changing) write() error {
	text := strings.Replace(loadConfig(v.backends, v.bind), "global\n", "global\n    mworker-inplace\n", 1)
	text = strings.Replace(text, "    acl a", fmt.Sprintf("    http-request return status 200 content-type text/plain string v%d\n    acl a", v.version), 1)
	text = strings.Replace(text, "weight 10", fmt.Sprintf("weight %d", v.weight), 1)
	return os.WriteFile(v.path(), []byte(text), 0o644)
}

// expect is timed for an answer that must hold something.
func (v *changing) expect(command, want string) (first, end float64, err error) {
	text, to, all, err := v.timed(command)
	if err == nil && !strings.Contains(text, want) {
		err = fmt.Errorf("%s: %.1000s", command, text)
	}
	return ms(to), ms(all), err
}

// measureReloads does each operation three times.
func measureReloads(s *settings, dir string, backends int) (*operated, error) {
	program := filepath.Join(dir, "sluice-"+strconv.Itoa(backends))
	if err := replaceWith(program, s.sluice, ""); err != nil {
		return nil, err
	}
	c := contestant{"sluice", program, likeHAProxy}
	v := &changing{weight: 10, service: &service{
		contestant: c, cpus: s.proxyCPU + "," + s.loadCPU, dir: dir, bind: freeAddr(), cli: filepath.Join(dir, "reloads.sock"), backends: backends, version: 1,
	}}
	if err := v.write(); err != nil {
		return nil, err
	}
	if err := v.start(); err != nil {
		return nil, err
	}
	defer func() { v.stop() }()
	var all []operated
	for range 3 {
		var r operated
		for _, step := range []struct {
			change        func()
			command, want string
			first, end    *float64
		}{
			{func() {}, "reload check", "would be loaded", nil, &r.check},
			{func() {}, "reload diff", "No difference.", nil, &r.diffSame},
			{func() { v.weight++ }, "reload diff", "changed server s0: weight", nil, &r.diffOne},
			{func() {}, "reload", "changed in place", &r.inPlace, nil},
			{func() { v.version++ }, "reload", "serves.", &r.reload, &r.changes},
		} {
			step.change()
			if err := v.write(); err != nil {
				return nil, err
			}
			first, end, err := v.expect(step.command, step.want)
			if err != nil {
				return nil, err
			}
			if step.first != nil {
				*step.first = first
			}
			if step.end != nil {
				*step.end = end
			}
			if _, err := v.alone(); err != nil {
				return nil, err
			}
		}
		var err error
		if r.upgrade, r.upgraded, err = v.upgrade(program); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return &operated{
		check: median(all, func(r operated) float64 { return r.check }), diffSame: median(all, func(r operated) float64 { return r.diffSame }),
		diffOne: median(all, func(r operated) float64 { return r.diffOne }), inPlace: median(all, func(r operated) float64 { return r.inPlace }),
		reload: median(all, func(r operated) float64 { return r.reload }), changes: median(all, func(r operated) float64 { return r.changes }),
		upgrade: median(all, func(r operated) float64 { return r.upgrade }), upgraded: median(all, func(r operated) float64 { return r.upgraded }),
	}, nil
}

// upgrade reloads from another executable and waits until the master runs it.
func (v *changing) upgrade(program string) (first, upgraded float64, err error) {
	if err := replaceWith(program, program, "x"); err != nil {
		return 0, 0, err
	}
	now, err := os.Stat(program)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	master := fmt.Sprintf("/proc/%d/exe", v.cmd.Process.Pid)
	done := make(chan error, 1)
	go func() {
		for {
			is, err := os.Stat(master)
			if err != nil || os.SameFile(is, now) || time.Since(began) > answerWait {
				done <- err
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	text, to, _, err := v.timed("reload")
	if err == nil && !strings.Contains(text, "Success=1") {
		err = fmt.Errorf("reload: %.1000s", text)
	}
	if err == nil {
		err = <-done
	}
	upgraded = ms(time.Since(began))
	if err == nil {
		_, err = v.alone()
	}
	return ms(to), upgraded, err
}

// replaceWith puts a copy of a program, and something more, into a place.
func replaceWith(place, program, more string) error {
	b, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if err := os.WriteFile(place+".new", append(b, more...), 0o755); err != nil {
		return err
	}
	return os.Rename(place+".new", place)
}
