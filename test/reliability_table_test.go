package test

// A scenario is a row of doc/reliability.md: what happens, under which test, and
// what is to be said of it. One without a test begins a new table.
type scenario struct{ what, test, remark string }

const reliabilityHead = `# Reliability

What happens to a service while something goes wrong, as the end-to-end tests
measured it: real processes, real signals, and clients that know of every
exchange what became of it (` + "`test/load`" + `). "held" counts the HTTP requests and TCP
sessions that went right during the scenario, "lost" those that did not: refused,
reset, cut, late or wrong. "slowest" is the longest HTTP exchange, its connect
included. A scenario without these is one without load.

The target of "lost" is 0. Where it cannot be, the remark says why, and the test
allows exactly that: what was in flight in a process that was killed dies with it.

This file is written by ` + "`make reliability`" + `, from what the tests measured;
` + "`make soak`" + ` runs them in large counts.
`

var scenarios = []scenario{
	{"Changes of the configuration", "", ""},
	{"30 and more reloads in a row, by command and by signal", "TestReloadUnderLoad", ""},
	{"` + "`shards`" + ` and ` + "`thread`" + ` changed", "TestReloadShardsAndThreads", ""},
}
