package cpu

import (
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
)

// Quota returns how many CPUs' time the control groups of this process grant:
// the least along its path, of version 1 and 2 alike. The tree is the root of
// the file system. False: no limit.
//
// A path that begins outside of a container is followed as far as the tree
// shows it.
func Quota(root fs.FS) (float64, bool) {
	least := math.Inf(1)
	for line := range strings.Lines(text(root, "proc/self/cgroup")) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, where, ok := strings.Cut(rest, ":")
		if !ok {
			continue
		}
		where = path.Clean("/" + where) // ".." cannot lead out of it
		if id == "0" && controllers == "" {
			for _, mount := range []string{"sys/fs/cgroup", "sys/fs/cgroup/unified"} {
				least = min(least, along(where, func(dir string) float64 { return quota2(root, mount+dir) }))
			}
			continue
		}
		for c := range strings.SplitSeq(controllers, ",") {
			if c != "cpu" {
				continue
			}
			for _, mount := range []string{"sys/fs/cgroup/" + controllers, "sys/fs/cgroup/cpu"} {
				least = min(least, along(where, func(dir string) float64 { return quota1(root, mount+dir) }))
			}
		}
	}
	return least, !math.IsInf(least, 1)
}

// along returns the least value of f from a directory up to the root, which is
// "".
func along(dir string, f func(dir string) float64) float64 {
	least := math.Inf(1)
	for dir != "/" && dir != "." {
		least = min(least, f(dir))
		dir = path.Dir(dir)
	}
	return min(least, f(""))
}

// quota2 reads "cpu.max": a quota or "max", and the period it is granted in.
func quota2(root fs.FS, dir string) float64 {
	quota, period, _ := strings.Cut(text(root, dir+"/cpu.max"), " ")
	return share(quota, period)
}

func quota1(root fs.FS, dir string) float64 {
	return share(text(root, dir+"/cpu.cfs_quota_us"), text(root, dir+"/cpu.cfs_period_us"))
}

func share(quota, period string) float64 {
	q, err := strconv.ParseFloat(quota, 64)
	if err != nil || !(q > 0) { // "max", and -1 of version 1
		return math.Inf(1)
	}
	p, err := strconv.ParseFloat(period, 64)
	if err != nil || !(p > 0) {
		p = 100_000
	}
	return q / p
}
