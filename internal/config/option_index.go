package config

import (
	"slices"
	"strings"
)

// optionRow is what is known of an option of bind or server lines.
type optionRow interface {
	option() Option
	more(rest []string) int // how many words after the arguments belong to them
}

// optionIndex finds the rows of options by name: a configuration of many servers
// asks for each word of each line.
type optionIndex[R optionRow] struct {
	rows   []R
	byName map[string]int
	args   []int
	paren  []bool // the argument in parentheses follows the name without a space
}

func newOptionIndex[R optionRow](rows []R) *optionIndex[R] {
	x := &optionIndex[R]{rows: rows, byName: map[string]int{}}
	for i, r := range rows {
		o := r.option()
		x.byName[o.Name] = i
		x.args = append(x.args, o.Args)
		x.paren = append(x.paren, strings.HasPrefix(o.Syntax, o.Name+"("))
	}
	return x
}

// find returns the row that a word names, -1 for none.
func (x *optionIndex[R]) find(word string) int {
	if k, ok := x.byName[word]; ok {
		return k
	}
	name, _, _ := strings.Cut(word, "(")
	if k, ok := x.byName[name]; ok && x.paren[k] {
		return k
	}
	return -1
}

// names gives the names of the rows one by one.
func (x *optionIndex[R]) names(yield func(string) bool) {
	for _, r := range x.rows {
		if !yield(r.option().Name) {
			return
		}
	}
}

// eachOption calls use for each option among words with its arguments, those
// that are missing being "". Where an argument stands in parentheses behind the name,
// the word itself is the first of them. It stops when use returns false, or at a word that
// names no row, after calling unknown with the nearest name.
func eachOption[R optionRow](x *optionIndex[R], words []string, use func(*R, []string) bool, unknown func(word, hint string)) bool {
	for i := 0; i < len(words); {
		k := x.find(words[i])
		if k < 0 {
			unknown(words[i], suggest(words[i], x.names))
			return false
		}
		n := x.args[k]
		n += x.rows[k].more(words[min(len(words), i+1+n):])
		args := words[i+1 : min(len(words), i+1+n)]
		for len(args) < n {
			args = append(slices.Clip(args), "")
		}
		if x.paren[k] {
			args = append([]string{words[i]}, args...)
		}
		if !use(&x.rows[k], args) {
			return false
		}
		i += 1 + n
	}
	return true
}

var (
	bindIndex   = newOptionIndex(bindOptions)
	serverIndex = newOptionIndex(serverOptions)
)
