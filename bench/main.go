// Command bench measures, side by side and alternating, the CPU time that a
// proxy spends per HTTP request and per GiB of TCP, for Sluice and for another
// HAProxy-compatible program, and writes the table into bench/RESULTS.md.
// README.md says how to read it; bench/run is the way to call it.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
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
	row             string
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
		case "pace":
			runPace()
			return
		}
	}
	var s settings
	conns := flag.String("conns", "8,64,512", "numbers of HTTP connections")
	streams := flag.String("streams", "1,8", "numbers of TCP streams")
	flag.StringVar(&s.sluice, "sluice", "bin/sluice", "program under test")
	flag.StringVar(&s.haproxy, "haproxy", cmp.Or(os.Getenv("REF_HAPROXY"), "/usr/sbin/haproxy"), "program to compare with; REF_HAPROXY in the environment")
	flag.IntVar(&s.rounds, "rounds", 5, "rounds; the medians count")
	flag.DurationVar(&s.span, "span", 3*time.Second, "length of an HTTP measurement")
	flag.DurationVar(&s.warm, "warm", time.Second, "time before it")
	flag.Float64Var(&s.gib, "gib", 8, "GiB of a TCP measurement")
	flag.StringVar(&s.proxyCPU, "proxy-cpu", "0", "processor of the proxy")
	flag.StringVar(&s.loadCPU, "load-cpu", "1", "processors of everything else")
	flag.StringVar(&s.out, "out", "bench/RESULTS.md", "file with the markers to write between")
	flag.StringVar(&s.only, "only", "", "parts to run, with commas: "+strings.Join(partNames(), ", "))
	flag.StringVar(&s.row, "row", "", "of the HTTP parts, only the rows with this in their name")
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
	return []contestant{{"haproxy", s.haproxy, likeHAProxy}, {"sluice", s.sluice, likeHAProxy}}
}

// A part is a table of the results.
type part struct {
	name string
	run  func(*settings) (string, error)
}

const keepAlive = "CPU time of the proxy process per request; HTTP/1.1 keep-alive both sides, one thread, `option forwardfor`, one ACL, `option httplog` to UDP"

var parts = []part{
	{"http", benchScenarios("http", keepAlive+", 1 KiB answers.")},
	{"sizes", benchScenarios("sizes", keepAlive+", 64 connections, by size of the message.")},
	{"modes", benchScenarios("modes", keepAlive+", 64 connections and 1 KiB answers where the row does not say otherwise.")},
	{"rules", benchScenarios("rules", keepAlive+", 64 connections, 1 KiB answers; so many `http-request deny` with one anonymous ACL each, or so many tests of one ACL: ten kinds in turn, of which none holds.")},
	{"scale", benchScenarios("scale", keepAlive+", 1 KiB answers; what the row names grows by 10.")},
	{"patterns", benchPatterns},
	{"peers", benchPeers},
	{"latency", benchLatency},
	{"idle", benchIdle},
	{"pause", benchPause},
	{"tcp", benchTCP},
	{"load", benchLoad},
	{"mworker", benchMworker},
	{"reloads", benchReloads},
}

func partNames() []string {
	var n []string
	for _, p := range parts {
		n = append(n, p.name)
	}
	return n
}

func run(s *settings) error {
	// Thousands of connections on each side, in this process's children too.
	var lim syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim) == nil {
		lim.Cur = lim.Max
		syscall.Setrlimit(syscall.RLIMIT_NOFILE, &lim)
	}
	for _, p := range parts {
		if s.only != "" && !slices.Contains(strings.Split(s.only, ","), p.name) {
			continue
		}
		t, err := p.run(s)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Println(t)
		if err := writeResults(s.out, []section{{p.name, t}}); err != nil {
			return err
		}
	}
	return nil
}
