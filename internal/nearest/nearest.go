// Package nearest finds the name that a misspelt word was probably meant to be.
package nearest

import "iter"

// Name returns the name nearest to word, "" if none is near enough to help.
func Name(word string, names iter.Seq[string]) string {
	const longest = 64
	if len(word) < 2 || len(word) > longest {
		return ""
	}
	best, bestCost := "", 1<<30
	for name := range names {
		if len(name) > longest {
			continue
		}
		c := distance(word, name)
		// What is only cut short at its end is nearer than it looks.
		if len(word) >= 4 && len(name) > len(word) && name[:len(word)] == word {
			c = 1
		}
		if c < bestCost && c <= max(1, (min(len(word), len(name))+1)/3) {
			best, bestCost = name, c
		}
	}
	return best
}

// Hint is the name nearest to word as a remark to follow a message in the
// reference's words, "" if none is near.
func Hint(word string, names iter.Seq[string]) string {
	if n := Name(word, names); n != "" {
		return " (did you mean '" + n + "' maybe ?)"
	}
	return ""
}

// distance is the number of bytes to insert, delete, replace or swap with their
// neighbour that make b of a. Both are at most 64 bytes.
func distance(a, b string) int {
	var rows [3][65]int
	two, one, cur := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(one[j]+1, cur[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], two[j-2]+1)
			}
		}
		two, one, cur = one, cur, two
	}
	return one[len(b)]
}
