package rule

import (
	"errors"
	"fmt"
	"slices"
)

// maxNested bounds how deep ACLs test one another: evaluating them goes as deep.
const maxNested = 10000

// nest takes up the ACLs that a new test of a goes through. They must not lead back
// to a, which only one that was mentioned already can be.
func (a *ACL) nest(inner []*ACL) error {
	if a.mentioned && leads(inner, a) {
		return errors.New("have a recursive loop")
	}
	for _, b := range inner {
		if a.nested = max(a.nested, b.nested+1); a.nested > maxNested {
			return fmt.Errorf("ACLs test one another more than %d deep", maxNested)
		}
	}
	return nil
}

// leads tells whether evaluating the ACLs of a list may evaluate a.
func leads(list []*ACL, a *ACL) bool {
	seen := map[*ACL]bool{}
	for todo := slices.Clone(list); len(todo) > 0; {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if b == a {
			return true
		}
		if seen[b] {
			continue
		}
		seen[b] = true
		for _, t := range b.tests {
			todo = append(todo, t.mentions.acls...)
		}
	}
	return false
}
