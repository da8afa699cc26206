package sample

import "sync/atomic"

// VarLimits bound the memory of variables in bytes, 0: not at all (manual 3.2,
// "tune.vars"). A scope's memory counts in that of the coarser ones: of a request
// or response in its transaction's, that in the session's, and all in the
// process's.
type VarLimits struct {
	Global, Proc, Sess, Txn, ReqRes, Check int64
}

// varLimits are those in force. They are set before there is traffic.
var varLimits struct {
	bounded bool
	all     int64 // of the process, the smaller of Global and Proc
	scope   [varScopes]int64
}

// varMemory is what all variables take, while anything is bounded.
var varMemory atomic.Int64

// LimitVars sets the limits of the process. It is called while it starts, before
// variables are set.
func LimitVars(l VarLimits) {
	varLimits.bounded = l != VarLimits{}
	varLimits.all = l.Proc
	if l.Global > 0 && (l.Proc == 0 || l.Global < l.Proc) {
		varLimits.all = l.Global
	}
	varLimits.scope = [varScopes]int64{VarSess: l.Sess, VarTxn: l.Txn, VarReq: l.ReqRes, VarRes: l.ReqRes, VarCheck: l.Check}
	varMemory.Store(0)
}

// varCost is what a variable costs beside the bytes of its value. It is what the
// reference counts, so that limits of existing files let through as much.
const varCost = 88

func cost(t Type, data []byte) int64 {
	if hasData(t) {
		return varCost + int64(len(data))
	}
	return varCost
}

// account adds n bytes to the set and all above it; false, with nothing added,
// when one of them may not take as much.
func (s *VarSet) account(n int64) bool {
	for at := s; at != nil; at = at.up {
		if limit := varLimits.scope[at.scope]; n > 0 && limit > 0 && at.used+n > limit {
			return false
		}
	}
	if !accountProcess(n) {
		return false
	}
	for at := s; at != nil; at = at.up {
		at.used += n
	}
	return true
}

func accountProcess(n int64) bool {
	for {
		was := varMemory.Load()
		if n > 0 && varLimits.all > 0 && was+n > varLimits.all {
			return false
		}
		if varMemory.CompareAndSwap(was, was+n) {
			return true
		}
	}
}
