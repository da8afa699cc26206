package sample

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// VarScope says how long a variable lives, and who sees it (manual 2.8).
type VarScope uint8

// The scopes. Those whose names begin with "p" belong to the parent of a stream,
// which no stream has: their variables are never set.
const (
	VarProc VarScope = iota
	VarSess
	VarTxn
	VarReq
	VarRes
	VarCheck
	VarParentSess
	VarParentTxn
	VarParentReq
	VarParentRes
	varScopes
)

var varScopeNames = [varScopes]string{"proc", "sess", "txn", "req", "res", "check", "psess", "ptxn", "preq", "pres"}

// String gives the name in front of the dot.
func (s VarScope) String() string { return varScopeNames[s] }

// Var is the name of a variable, resolved while an expression is compiled: at
// run time its slot leads to the value.
type Var struct {
	Name  string // in full: "txn.x"
	Scope VarScope
	slot  uint32                 // among the names of its scope
	value atomic.Pointer[Sample] // of scope proc; nil: not set. What it points to never changes
}

// variables are all names of variables there are. They are the process's, as the
// variables of scope "proc" are, and come from the configuration and from
// administrators; a name is never forgotten.
var variables struct {
	sync.Mutex
	byName map[string]*Var
	used   [varScopes]uint32
}

// ParseVar finds or makes the variable with a name like "txn.x". The error is in
// the reference's words.
func ParseVar(name string) (*Var, error) {
	scope, err := checkVar(name)
	if err != nil {
		return nil, err
	}
	variables.Lock()
	defer variables.Unlock()
	if v := variables.byName[name]; v != nil {
		return v, nil
	}
	if variables.byName == nil {
		variables.byName = map[string]*Var{}
	}
	v := &Var{Name: strings.Clone(name), Scope: scope, slot: variables.used[scope]}
	variables.used[scope]++
	variables.byName[v.Name] = v
	return v, nil
}

// FindVar gives the variable with a name, nil when nothing ever named it.
func FindVar(name string) *Var {
	variables.Lock()
	defer variables.Unlock()
	return variables.byName[name]
}

// varsOf gives the variables of a scope in the order of their slots.
func varsOf(scope VarScope) []*Var {
	variables.Lock()
	defer variables.Unlock()
	list := make([]*Var, variables.used[scope])
	for _, v := range variables.byName {
		if v.Scope == scope {
			list[v.slot] = v
		}
	}
	return list
}

func checkVar(name string) (VarScope, error) {
	if name == "" {
		return 0, errors.New("Empty variable name cannot be accepted")
	}
	for s, n := range varScopeNames {
		rest, ok := strings.CutPrefix(name, n+".")
		if !ok || rest == "" {
			continue
		}
		for i := range len(rest) {
			if !varChar(rest[i]) {
				return 0, fmt.Errorf("invalid syntax at char '%c'", rest[i])
			}
		}
		return VarScope(s), nil
	}
	return 0, fmt.Errorf("invalid variable name '%s'. A variable name must start with its scope. The scope can be 'proc', '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'", name)
}

// varChar: the reference takes dots as well, which its manual does not name.
func varChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.'
}
