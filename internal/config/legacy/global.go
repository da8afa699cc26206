package legacy

import "strconv"

var globalForms = []Form{
	{Name: "nbproc", In: Global, By: "`nbthread` with the same number; nothing for 1",
		Text:    "nbproc is not supported any more since HAProxy 2.5. Threads will automatically be used on multi-processor machines if available.",
		Replace: nbproc},
	{Name: "cpu-map", In: Global, By: "with `nbproc`: `cpu-map 1/SET CPUS`, the threads that take the place of the processes",
		Text:    "'cpu-map' names processes, which 'nbproc' does not make any more.",
		Replace: cpuMap},
	{Name: "stats bind-process", In: Global, By: "nothing: there is one process",
		Text:    "'stats bind-process' is not supported anymore.",
		Replace: dropped("")},
	{Name: "master-worker", In: Global, Kept: true, By: "nothing: start with `-W` or `-Ws`",
		Text:    "'master-worker' is deprecated and gone from HAProxy 3.5. Use -W or -Ws in the startup script instead.",
		Replace: masterWorker},
	{Name: "debug", In: Global, By: "nothing: start with `-d`",
		Text:    "the 'debug' keyword does not exist anymore.",
		Replace: dropped("For the same start with -d.")},
	{Name: "nosepoll", In: Global, By: "nothing: there is no such poller",
		Text:    "the 'nosepoll' keyword does not exist anymore.",
		Replace: dropped("")},
	{Name: "wurfl-engine-mode", In: Global, By: "nothing: the library has one mode",
		Text:    "the 'wurfl-engine-mode' keyword does not exist anymore.",
		Replace: dropped("")},
	{Name: "wurfl-useragent-priority", In: Global, By: "nothing",
		Text:    "the 'wurfl-useragent-priority' keyword does not exist anymore.",
		Replace: dropped("")},
	{Name: "tune.chksize", In: Global, By: "nothing: checks use `tune.bufsize`",
		Text:    "option 'tune.chksize' is not supported any more (tune.bufsize is used instead).",
		Replace: dropped("Checks use buffers of tune.bufsize.")},
}

// nbproc keeps the number of processors: as many threads as there were
// processes.
func nbproc(at Place, w []string) (Answer, bool) {
	if len(w) != 2 {
		return Answer{Why: "it needs one number"}, true
	}
	n, err := strconv.Atoi(w[1])
	switch {
	case Variable(w[1]):
		return Answer{Why: "its number comes from the environment: write 'nbthread' instead, or nothing for 1"}, true
	case err != nil || n < 1 || n > 64:
		return Answer{Why: "its number is not between 1 and 64"}, true
	case n == 1 || at.Around.has("nbthread"):
		return Answer{}, true
	}
	a := line("nbthread", w[1])
	a.Note = "The threads share what each process had for itself: maxconn, rates, stick tables, statistics."
	return a, true
}

// cpuMap makes the process numbers of a cpu-map thread numbers.
func cpuMap(at Place, w []string) (Answer, bool) {
	if at.Processes < 2 || at.Around.has("nbthread") || len(w) < 3 || !processSet(w[1]) {
		return Answer{}, false
	}
	return line(append([]string{w[0], "1/" + w[1]}, w[2:]...)...), true
}

// processSet says whether s is all, odd, even, a number or a range of numbers.
func processSet(s string) bool {
	switch s {
	case "all", "odd", "even":
		return true
	}
	digits, dashes := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '-' && i > 0:
			dashes++
		default:
			return false
		}
	}
	return digits > 0 && dashes <= 1
}

func masterWorker(_ Place, w []string) (Answer, bool) {
	if len(w) > 1 {
		return Answer{}, false // "no-exit-on-failure" and its like are settings of their own
	}
	return Answer{Note: "Whoever starts the program must say -W or -Ws to have a master."}, true
}
