package main

import (
	"fmt"
	"log"
	"os"
	"strings"
	"time"
)

// manyBackends is the large configuration of the part "mworker".
const manyBackends = 20000

// supervised is what a service as a master with its worker took, in
// milliseconds, MiB and CPU milliseconds.
type supervised struct {
	reload, reloadMany   float64 // to the first answer of the new configuration
	told, toldMany       float64 // to "Success=1"; 0: not offered
	silent               float64 // longest time without an answer of the master, many backends
	asked, lost          float64 // requests during reloads, and those of them without an answer
	rss, pss             float64 // of the master, few backends
	rssMany, pssMany     float64 // of the master, many backends, after reloads
	reloadCPU            float64 // of master and new worker, many backends, until it serves
	workerRSS, workerPSS float64 // many backends
	revive, reviveMany   float64 // from the worker's end to the next answer
}

// settle is how long after its last work a service's memory is looked at.
const settle = 1500 * time.Millisecond

// drain is how long the clients go on after each reload: a former worker can lose
// requests when its successor serves already.
const drain = 100 * time.Millisecond

func benchMworker(s *settings) (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	results := map[string][]supervised{}
	for round := range s.rounds {
		order := s.contestants()
		if round%2 == 1 {
			order[0], order[1] = order[1], order[0]
		}
		for _, c := range order {
			var r supervised
			if err := r.few(s, dir, c); err != nil {
				return "", fmt.Errorf("%s: %w", c.name, err)
			}
			if err := r.many(s, dir, c); err != nil {
				return "", fmt.Errorf("%s, %d backends: %w", c.name, manyBackends, err)
			}
			log.Printf("mworker, round %d, %-7s %+v", round+1, c.name, r)
			results[c.name] = append(results[c.name], r)
		}
	}
	return mworkerTable(s, results), nil
}

// few measures with a configuration of ten backends.
func (r *supervised) few(s *settings, dir string, c contestant) error {
	v, err := startService(s, dir, c, 10)
	if err != nil {
		return err
	}
	defer func() { v.stop() }() // the child is another one when it was started again
	var serving, told []float64
	clients := startClients(v.bind, 4)
	for range 8 {
		a, b, err := v.reload()
		if err != nil {
			return err
		}
		serving, told = append(serving, ms(a)), append(told, ms(b))
		time.Sleep(drain)
	}
	ok, lost := clients.stop()
	r.asked, r.lost = float64(ok+lost), float64(lost)
	r.reload, r.told = median(serving, same), median(told, same)
	if _, err := v.alone(); err != nil {
		return err
	}
	time.Sleep(settle)
	if r.rss, r.pss, err = memory(v.cmd.Process.Pid); err != nil {
		return err
	}
	r.revive, err = v.revivals(5)
	return err
}

// many measures with manyBackends.
func (r *supervised) many(s *settings, dir string, c contestant) error {
	v, err := startService(s, dir, c, manyBackends)
	if err != nil {
		return err
	}
	defer func() { v.stop() }()
	var serving, told, cpu []float64
	for range 3 {
		before, err := cpuOf(v.cmd.Process.Pid)
		if err != nil {
			return err
		}
		w := watchMaster(v)
		a, b, err := v.reload()
		if err != nil {
			return err
		}
		serving, told = append(serving, ms(a)), append(told, ms(b))
		after, err := cpuOf(v.cmd.Process.Pid)
		if err != nil {
			return err
		}
		pid := v.workers()
		used, err := cpuOf(pid[len(pid)-1])
		if err != nil {
			return err
		}
		cpu = append(cpu, ms(after-before+used))
		if _, err := v.alone(); err != nil {
			return err
		}
		r.silent = max(r.silent, ms(w.stop()))
	}
	r.reloadMany, r.toldMany, r.reloadCPU = median(serving, same), median(told, same), median(cpu, same)
	time.Sleep(settle)
	if r.rssMany, r.pssMany, err = memory(v.cmd.Process.Pid); err != nil {
		return err
	}
	pid, err := v.alone()
	if err != nil {
		return err
	}
	if r.workerRSS, r.workerPSS, err = memory(pid); err != nil {
		return err
	}
	r.reviveMany, err = v.revivals(1)
	return err
}

// revivals is the median of so many.
func (v *service) revivals(n int) (float64, error) {
	var took []float64
	for range n {
		// A worker that has just been started may be one that crashes again and again:
		// only one that was asked for is replaced at once.
		if _, _, err := v.reload(); err != nil {
			return 0, err
		}
		d, err := v.revive()
		if err != nil {
			return 0, err
		}
		took = append(took, ms(d))
	}
	return median(took, same), nil
}

func same(f float64) float64 { return f }

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func mworkerTable(s *settings, results map[string][]supervised) string {
	var b strings.Builder
	heading(&b, s, "A master with its worker (`-W -S`), both programs on both processors. A reload counts from the command to the first answer that the new configuration gives to a new connection. "+
		"The master is silent from one answer to `show proc` to the next. What a program does not offer has no figure; HAProxy ends with its worker, and is then started again at once.")
	b.WriteString("| | haproxy | sluice | **ratio** | rounds: ratio | target |\n|:--|--:|--:|--:|:--|:--|\n")
	hp, sl := results["haproxy"], results["sluice"]
	row := func(name, target string, get func(supervised) float64) {
		h, l := median(hp, get), median(sl, get)
		if h == 0 {
			fmt.Fprintf(&b, "| %s | – | %.1f | – | | %s |\n", name, l, target)
			return
		}
		var ratios []string
		for i := range hp {
			ratios = append(ratios, fmt.Sprintf("%.2f", get(sl[i])/get(hp[i])))
		}
		fmt.Fprintf(&b, "| %s | %.1f | %.1f | **%.2f** | %s | %s |\n", name, h, l, l/h, strings.Join(ratios, " "), target)
	}
	row("reload, 10 backends, ms", "", func(r supervised) float64 { return r.reload })
	row("– until `Success=1`", "", func(r supervised) float64 { return r.told })
	row("reload, 20,000 backends, ms", "", func(r supervised) float64 { return r.reloadMany })
	row("– until `Success=1`", "", func(r supervised) float64 { return r.toldMany })
	row("– CPU time of the master and the new worker, ms", "", func(r supervised) float64 { return r.reloadCPU })
	row("– longest silence of the master, ms", "", func(r supervised) float64 { return r.silent })
	sum := func(of []supervised, get func(supervised) float64) (n float64) {
		for _, r := range of {
			n += get(r)
		}
		return n
	}
	lost := func(r supervised) float64 { return r.lost }
	asked := func(r supervised) float64 { return r.asked }
	fmt.Fprintf(&b, "| requests lost in %d reloads under load | %.0f of %.0f | %.0f of %.0f | | | 0 |\n",
		8*len(sl), sum(hp, lost), sum(hp, asked), sum(sl, lost), sum(sl, asked))
	row("master's memory, 10 backends: resident, MiB", "below 18", func(r supervised) float64 { return r.rss })
	row("– proportional (PSS), MiB", "", func(r supervised) float64 { return r.pss })
	row("master's memory, 20,000 backends, after reloads: resident, MiB", "below 18", func(r supervised) float64 { return r.rssMany })
	row("– proportional (PSS), MiB", "", func(r supervised) float64 { return r.pssMany })
	row("worker's memory, 20,000 backends: resident, MiB", "", func(r supervised) float64 { return r.workerRSS })
	row("– proportional (PSS), MiB", "", func(r supervised) float64 { return r.workerPSS })
	row("from a worker's death (SIGKILL) to the next answer, 10 backends, ms", "below 50", func(r supervised) float64 { return r.revive })
	row("– 20,000 backends, ms", "", func(r supervised) float64 { return r.reviveMany })
	return b.String()
}
