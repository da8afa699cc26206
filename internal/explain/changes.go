package explain

import "strings"

// Changes records the lines that differ between a head before and after a rule, as
// the messages' text. It says whether there are any.
func (r *Recorder) Changes(before, after string) bool {
	if before == after {
		return false
	}
	was, is := lines(before), lines(after)
	count := map[string]int{}
	for _, l := range was {
		count[l]++
	}
	var added []string
	for _, l := range is {
		if count[l] > 0 {
			count[l]--
			continue
		}
		added = append(added, l)
	}
	// What is left of the count was removed: its last occurrences.
	var removed []string
	for i := len(was) - 1; i >= 0; i-- {
		if l := was[i]; count[l] > 0 {
			count[l]--
			removed = append(removed, l)
		}
	}
	for i := len(removed) - 1; i >= 0; i-- {
		r.Add(Change, "", 0, "- "+show(removed[i]), "")
	}
	for _, l := range added {
		r.Add(Change, "", 0, "+ "+show(l), "")
	}
	return len(removed)+len(added) > 0
}

// Lines records the lines of a message's head.
func (r *Recorder) Lines(head string) {
	for _, l := range lines(head) {
		r.Add(Head, "", 0, show(l), "")
	}
}

func lines(head string) []string {
	return strings.FieldsFunc(head, func(c rune) bool { return c == '\r' || c == '\n' })
}

// show is a line of a message without what would disturb a terminal.
func show(line string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\t' || c == 0x7f {
			return '.'
		}
		return c
	}, line)
}
