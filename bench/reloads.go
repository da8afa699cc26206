package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// operated is what the operations around reloads took, in milliseconds.
type operated struct {
	check, diffSame, diffOne, inPlace, reload, changes float64
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
	c := contestant{"sluice", s.sluice, likeHAProxy}
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
		all = append(all, r)
	}
	return &operated{
		check: median(all, func(r operated) float64 { return r.check }), diffSame: median(all, func(r operated) float64 { return r.diffSame }),
		diffOne: median(all, func(r operated) float64 { return r.diffOne }), inPlace: median(all, func(r operated) float64 { return r.inPlace }),
		reload: median(all, func(r operated) float64 { return r.reload }), changes: median(all, func(r operated) float64 { return r.changes }),
	}, nil
}
