package line

import "sort"

// maxClosest is the number of suggestions for a command that is not known.
const maxClosest = 5

// Closest returns the rows that the words may have meant: all that begin with exactly these words, else the at most
// five nearest ones by spelling. It returns none when nothing is near.
func Closest(rows []*Command, words []string) []*Command {
	var same []*Command
	for _, c := range rows {
		if len(words) > 0 && c.matches(words) == len(words) {
			same = append(same, c)
		}
	}
	if same != nil {
		return same
	}
	type scored struct {
		c    *Command
		cost int
	}
	var list []scored
	for _, c := range rows {
		if cost, ok := distance(c.Words, words); ok {
			list = append(list, scored{c, cost})
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].cost < list[j].cost })
	if len(list) > maxClosest {
		list = list[:maxClosest]
	}
	var out []*Command
	for _, s := range list {
		// Suggestions far behind the best one only distract.
		if s.cost <= 2*list[0].cost+2 {
			out = append(out, s.c)
		}
	}
	return out
}

// distance is the number of edits between the typed words and a row's fixed words; words after those are arguments.
// ok is false when more than half of the characters differ.
func distance(fixed, typed []string) (cost int, ok bool) {
	chars := 0
	for i, f := range fixed {
		chars += len(f)
		if i >= len(typed) {
			cost += 1 + len(f)/2 // a forgotten word is a smaller mistake than a wrong one
			continue
		}
		// What a user types may be long; beyond the row's own length it cannot get any nearer.
		t := typed[i]
		if len(t) > 2*len(f) {
			t = t[:2*len(f)]
		}
		cost += edits(lower(t), f)
	}
	return cost, 2*cost <= chars
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// edits counts insertions, deletions, replacements and swaps of neighbours that turn a into b.
func edits(a, b string) int {
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			change := prev[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			cur[j] = min(change, prev[j]+1, cur[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
