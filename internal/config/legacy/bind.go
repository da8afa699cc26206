package legacy

import (
	"slices"
	"strings"
)

var bindForms = []Form{
	{Name: "bind", In: Frontend | Listen, By: "`process SET`: `thread SET` with `nbproc`, `thread T` for `process 1/T`, else nothing",
		Text:    "'process' on 'bind' lines is not supported anymore, please use 'thread' instead.",
		Replace: bindProcess},
	{Name: "stats socket", In: Global, By: "`process SET`: nothing, a socket tells of the whole process",
		Text:    "'stats socket' : 'process' is not supported anymore.",
		Replace: statsSocketProcess},
}

// withoutProcess takes "process SET" out of the options from words[from] on.
func withoutProcess(words []string, from int) (rest []string, set string, found bool) {
	for i := from; i+1 < len(words); i++ {
		if words[i] == "process" {
			return slices.Delete(slices.Clone(words), i, i+2), words[i+1], true
		}
	}
	return nil, "", false
}

// bindProcess makes a set of processes one of threads where nbthread took the
// place of nbproc. "process P/T" was thread T of process P: with several
// processes each had one thread, and else there was one process.
func bindProcess(at Place, w []string) (Answer, bool) {
	rest, set, found := withoutProcess(w, 2)
	if !found {
		return Answer{}, false
	}
	process, thread, _ := strings.Cut(set, "/")
	if at.Processes < 2 {
		process = thread
	}
	if process != "all" && processSet(process) {
		rest = append(rest, "thread", process)
	}
	return line(rest...), true
}

func statsSocketProcess(_ Place, w []string) (Answer, bool) {
	rest, _, found := withoutProcess(w, 3)
	if !found {
		return Answer{}, false
	}
	return line(rest...), true
}

// ListenAddress returns the bind line that the words after a section's name
// stand for: "listen NAME ADDRESS OPTION...". ok is false when they are
// something else.
func ListenAddress(words []string) (bind []string, ok bool) {
	if len(words) == 0 || slices.Contains(words, "from") {
		return nil, false
	}
	return append([]string{"bind"}, words...), true
}

// ListenAddressText is the reference's message about such a line.
const ListenAddressText = "please use the 'bind' keyword for listening addresses."
