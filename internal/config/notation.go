package config

import "strings"

// notation is a keyword with its arguments as the manual notes them.
func notation(name, args string) string {
	switch {
	case args == "":
		return name
	case strings.HasPrefix(args, "("):
		return name + args
	}
	return name + " " + args
}

// arity returns how many words arguments in the manual's notation stand for, at
// least and at most; most is -1 without a limit. "<text>" is a word, "[a b]" may
// be left out, "{ a | b }" is one of several, and "..." or "*" after either
// repeat it. What is written without a space is one word. Arguments in
// parentheses belong to the word before them.
func arity(args string) (least, most int) {
	n := notationReader{rest: args}
	if strings.HasPrefix(args, "(") {
		n.word()
	}
	return n.alternatives("")
}

type notationReader struct{ rest string }

// alternatives reads sequences with "|" between them, up to a closing bracket.
func (n *notationReader) alternatives(end string) (least, most int) {
	least, most = n.sequence(end)
	for strings.HasPrefix(n.rest, "|") {
		n.rest = n.rest[1:]
		l, m := n.sequence(end)
		least = min(least, l)
		if most = max(most, m); m < 0 {
			most = -1
		}
	}
	n.rest = strings.TrimPrefix(n.rest, end)
	return least, most
}

func (n *notationReader) sequence(end string) (least, most int) {
	for {
		n.rest = strings.TrimLeft(n.rest, " ")
		if n.rest == "" || n.rest[0] == '|' || end != "" && n.rest[0] == end[0] {
			return least, most
		}
		l, m := n.element()
		least += l
		if most >= 0 {
			most += m
		}
		if m < 0 {
			most = -1
		}
	}
}

// element reads a word, or a group in brackets that stands alone.
func (n *notationReader) element() (least, most int) {
	if strings.HasPrefix(n.rest, "...") {
		n.rest = n.rest[3:]
		return 0, -1
	}
	end := map[byte]string{'[': "]", '{': "}"}[n.rest[0]]
	if end == "" {
		n.word()
		return 1, 1
	}
	start := n.rest
	n.rest = n.rest[1:]
	least, most = n.alternatives(end)
	switch {
	case strings.HasPrefix(n.rest, "..."), strings.HasPrefix(n.rest, "*"):
		n.rest = strings.TrimLeft(n.rest, ".*")
		most = -1
	case n.rest != "" && !strings.ContainsRune(" |]}", rune(n.rest[0])):
		// Part of a word after all: "[<group>/]<threads>".
		n.rest = start
		n.word()
		return 1, 1
	}
	if end == "]" {
		least = 0
	}
	return least, most
}

// word passes over what has no space outside of its brackets.
func (n *notationReader) word() {
	depth := 0
	for i := range len(n.rest) {
		switch c := n.rest[i]; {
		case c == '<' || c == '(' || c == '[' || c == '{':
			depth++
		case depth > 0 && (c == '>' || c == ')' || c == ']' || c == '}'):
			depth--
		case i > 0 && depth == 0 && strings.IndexByte(" |]}", c) >= 0:
			n.rest = n.rest[i:]
			return
		}
	}
	n.rest = ""
}
