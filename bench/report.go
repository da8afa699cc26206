package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A section of the results file lies between <!-- name:begin --> and
// <!-- name:end -->.
type section struct{ name, text string }

func median[T any](v []T, get func(T) float64) float64 {
	var f []float64
	for _, x := range v {
		f = append(f, get(x))
	}
	slices.Sort(f)
	if n := len(f); n%2 == 0 {
		return (f[n/2-1] + f[n/2]) / 2
	}
	return f[len(f)/2]
}

// heading says what was measured, with what, and how to do it again.
func heading(b *strings.Builder, s *settings, what string) {
	fmt.Fprintf(b, "%s\nMedians of %d alternating rounds; ratio below 1: Sluice needs less. ", what, s.rounds)
	fmt.Fprintf(b, "haproxy: %s; sluice: %s; %s; %d CPUs, proxy on CPU %s, load and origin on CPU %s; %s.\n\n",
		version(s.haproxy), version(s.sluice), kernel(), runtime.NumCPU(), s.proxyCPU, s.loadCPU, time.Now().UTC().Format("2006-01-02"))
	args := []string{"bench/run"}
	for _, a := range os.Args[1:] {
		if strings.ContainsAny(a, " '\"") {
			a = "'" + a + "'"
		}
		args = append(args, a)
	}
	fmt.Fprintf(b, "    %s\n\n", strings.Join(args, " "))
}

func version(program string) string {
	out, _ := exec.Command(program, "-v").Output()
	line, _, _ := strings.Cut(string(out), "\n")
	if line == "" {
		return program
	}
	line, _, _ = strings.Cut(line, " - http")
	return line
}

func kernel() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "Linux"
	}
	return "Linux " + strings.TrimSpace(string(b))
}

// writeResults replaces the sections of the file and keeps everything else.
func writeResults(path string, sections []section) error {
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	text := string(b)
	for _, s := range sections {
		text = replace(text, s)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func replace(text string, s section) string {
	begin, end := "<!-- "+s.name+":begin -->\n", "<!-- "+s.name+":end -->\n"
	i := strings.Index(text, begin)
	j := strings.Index(text, end)
	if i < 0 || j < i {
		if text != "" && !strings.HasSuffix(text, "\n\n") {
			text += "\n"
		}
		return text + begin + s.text + end
	}
	return text[:i+len(begin)] + s.text + text[j:]
}
