package test

import ("maps"; "slices")

// A scenario is a row of doc/reliability.md. One without a test begins a new
// table.
type scenario struct{ what, test, remark string }

const reliabilityHead = ``

var scenarios = []scenario{}
const hoardVariable="X"
func hoard(){}
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
