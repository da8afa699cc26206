package sample

import (
	"fmt"
	"strings"
)

// VarConditions is a set of conditions under which a variable is set; all of
// them must hold (manual 7.3.1, "set-var").
type VarConditions uint8

const (
	ifExists VarConditions = 1 << iota
	ifNotExists
	ifEmpty
	ifNotEmpty
	ifSet
	ifNotSet
	ifGreater
	ifLess
)

var varConditionNames = [...]string{"ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt"}

// Assignment sets a variable under conditions.
type Assignment struct {
	v  *Var
	on VarConditions
}

// ParseAssignment reads the name of a variable and the conditions after it.
func ParseAssignment(name string, conditions ...string) (Assignment, error) {
	v, err := ParseVar(name)
	if err != nil {
		return Assignment{}, err
	}
	a := Assignment{v: v}
	for _, c := range conditions {
		if c == "" {
			continue
		}
		i := index(varConditionNames[:], c)
		if i < 0 {
			return a, fmt.Errorf("unknown condition \"%s\"", c)
		}
		a.on |= 1 << i
	}
	return a, nil
}

func index(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}

// Var is the variable that is set.
func (a *Assignment) Var() *Var { return a.v }

// Set sets the variable to s if the conditions hold, and where the context has
// the scope of the variable, and says whether it did. The bytes of s may then be
// those of the variable.
func (a *Assignment) Set(c *Ctx, s *Sample) bool { return a.v.store(c, s, a.on) }

// hold says whether all conditions hold for setting what was old, if set, to s.
// Variables of the process exist as soon as something names them.
func (on VarConditions) hold(s, old *Sample, set, process bool) bool {
	exists := set || process
	empty := len(s.Data) == 0 && hasData(s.Type)
	numbers := set && old.Type == Sint && s.Type == Sint
	for i := range varConditionNames {
		holds := true
		switch on & (1 << i) {
		case ifExists:
			holds = exists
		case ifNotExists:
			holds = !exists
		case ifEmpty:
			holds = empty
		case ifNotEmpty:
			holds = !empty
		case ifSet:
			holds = set
		case ifNotSet:
			holds = !set
		case ifGreater:
			holds = !numbers || old.Int > s.Int
		case ifLess:
			holds = !numbers || old.Int < s.Int
		}
		if !holds {
			return false
		}
	}
	return true
}

// VarWord splits "set-var(name,conditions)" after the keyword.
func VarWord(word, keyword string) (name string, conditions []string, ok bool) {
	inside, ok := strings.CutPrefix(word, keyword+"(")
	if !ok || !strings.HasSuffix(inside, ")") {
		return "", nil, false
	}
	parts := strings.Split(strings.TrimSuffix(inside, ")"), ",")
	return parts[0], parts[1:], true
}
