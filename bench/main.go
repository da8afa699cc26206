// Command bench measures, side by side and alternating, the CPU time that a
// proxy spends per HTTP request and per GiB of TCP, for Sluice and for another
// HAProxy-compatible program, and writes the table into bench/RESULTS.md.
// README.md says how to read it; bench/run is the way to call it.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"
)

// settings are the command's flags.
type settings struct {
	sluice, haproxy string
	rounds          int
	span, warm      time.Duration
	conns, streams  []int
	gib             float64
	proxyCPU        string
	loadCPU         string
	out             string
	only            string
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	// The parts that must be processes of their own, so that they can be bound
	// to a processor, are this program started again.
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "origin":
			runOrigin()
			return
		case "source":
			runSource()
			return
		}
	}
	var s settings
	conns := flag.String("conns", "8,64,512", "numbers of HTTP connections")
	streams := flag.String("streams", "1,8", "numbers of TCP streams")
	flag.StringVar(&s.sluice, "sluice", "bin/sluice", "program under test")
	flag.StringVar(&s.haproxy, "haproxy", "/usr/sbin/haproxy", "program to compare with")
	flag.IntVar(&s.rounds, "rounds", 3, "rounds; the medians count")
	flag.DurationVar(&s.span, "span", 5*time.Second, "length of an HTTP measurement")
	flag.DurationVar(&s.warm, "warm", time.Second, "time before it")
	flag.Float64Var(&s.gib, "gib", 8, "GiB of a TCP measurement")
	flag.StringVar(&s.proxyCPU, "proxy-cpu", "0", "processor of the proxy")
	flag.StringVar(&s.loadCPU, "load-cpu", "1", "processors of everything else")
	flag.StringVar(&s.out, "out", "bench/RESULTS.md", "file with the markers to write between")
	flag.StringVar(&s.only, "only", "", "http, tcp or load")
	flag.Parse()
	var err error
	if s.conns, err = ints(*conns); err != nil {
		log.Fatal(err)
	}
	if s.streams, err = ints(*streams); err != nil {
		log.Fatal(err)
	}
	if s.rounds < 1 {
		log.Fatal("-rounds: at least 1")
	}
	if err := run(&s); err != nil {
		log.Fatal(err)
	}
}

func ints(list string) ([]int, error) {
	var v []int
	for w := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(w)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("not a list of positive numbers: %q", list)
		}
		v = append(v, n)
	}
	return v, nil
}

// contestants in the order of the first round; the order turns each round.
func (s *settings) contestants() []contestant {
	return []contestant{{"haproxy", s.haproxy}, {"sluice", s.sluice}}
}

func run(s *settings) error {
	var sections []section
	for _, part := range []struct {
		name string
		run  func(*settings) (string, error)
	}{{"http", benchHTTP}, {"tcp", benchTCP}, {"load", benchLoad}} {
		if s.only != "" && s.only != part.name {
			continue
		}
		t, err := part.run(s)
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		sections = append(sections, section{part.name, t})
	}
	for _, sec := range sections {
		fmt.Println(sec.text)
	}
	return writeResults(s.out, sections)
}
