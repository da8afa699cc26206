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

"case" numbers the twenty situations in which the reference was examined first.
What a remark says of it was measured there with HAProxy 3.5-dev5.

This file is written by ` + "`make reliability`" + `, from what the tests measured;
` + "`make soak`" + ` runs them in large counts.
`

var scenarios = []scenario{
	{"Changes of the configuration", "", ""},
	{"reload after reload, by command and by signal", "TestReloadUnderLoad", "case 3"},
	{"100 SIGUSR2, one every 10 ms", "TestBurstOfReloads", "case 8; the reference resets connections and stalls for a second"},
	{"`nbthread`, `*:p` to `ip:p`, `v4v6`, a port moved to another frontend, `mode` of another frontend, a listener removed and added again; each to and fro", "TestChangesUnderLoad", ""},
	{"`ip:p` to `*:p` to `:::p v4v6` and back: clients whose first packet was dropped", "TestNarrowToWide", "the narrower socket goes on as part of the wider address"},
	{"`shards` 4 to 1 to 4, `thread`", "TestReloadShardsAndThreads", ""},
	{"tens of thousands of backends", "TestReloadLarge", ""},
	{"haproxy to sluice and back, by `-x` and `-sf`", "TestHandover", ""},

	{"Reloads that fail", "", ""},
	{"a mistake in the configuration", "TestBrokenReload", "case 4"},
	{"the configuration missing, unreadable, random, a directory, a FIFO", "TestHostileReloads", "case 5; the reference ends"},
	{"an empty configuration", "TestReloadToNothing", "case 20; the reference loses all traffic"},
	{"a pidfile that cannot be written", "TestReloadPidfileUnwritable", "case 5; the reference ends"},
	{"the executable away", "TestReloadWithoutExecutable", "case 5; the reference ends"},
	{"a relative `-C`", "TestReloadRelativeDirectory", "case 5; the reference ends"},
	{"a port that somebody else has", "TestReloadPortConflict", "case 6; the reference refuses connections for 2 s"},
	{"a load that waits for a file", "TestReloadHeldInParsing", "case 7"},
	{"a load that never ends", "TestLoadDeadline", "case 7; the reference waits for ever"},
	{"three failed reloads, a good one, an open session", "TestFailedReloadsDoNotAge", "case 10"},
	{"a flood of messages while loading", "TestFaultLogFlood", "case 19"},

	{"Processes that die or freeze", "", ""},
	{"the loading worker: KILL, SEGV, ABRT, STOP", "TestFaultLoaderKilled", ""},
	{"the serving worker: KILL, SEGV, ABRT", "TestWorkerKilled", "what was in flight in it dies with it; the reference ends"},
	{"the serving worker frozen, then a reload", "TestFrozenOldWorker", "case 9; the reference loses 45 % of the connections"},
	{"one of two event loops of the serving worker hangs, at work or asleep; both", "TestHungLoop", "found by a question to each loop; what was in flight in the worker dies with it"},
	{"an event loop stands still for 300 ms", "TestSlowLoop", "who waits for that loop waits as long"},
	{"the serving worker after a failed reload", "TestFaultCrashAfterFailedReload", "case 10; what was in flight in it dies with it"},
	{"the serving worker while another loads", "TestWorkerKilledWhileLoading", ""},
	{"a draining worker: KILL, SEGV, ABRT, STOP", "TestFaultDrainingKilled", "only sessions of its own end"},
	{"the serving worker with `exit-on-failure`: status of the master", "TestFaultExitOnFailure", "case 1; a Go program makes 2 of SEGV and ABRT from outside"},
	{"a request that kills each worker that gets it", "TestFaultPoison", "back-off, then the generation before; the master stays"},
	{"old workers beyond `mworker-max-reloads`", "TestFaultMaxReloads", "case 11"},
	{"the master, in each state: all gone", "TestFaultMasterKilled", "case 13; its sockets end with it"},
	{"the master under `-Ws`: connections that wait are served by the next one", "TestMasterKilledConnectionsWait", ""},
	{"start and stop, exit statuses", "TestStop", "case 1"},
	{"a first start that fails", "TestFailedFirstStart", "case 2"},
	{"TERM, INT, USR1 during a load", "TestStopDuringLoad", "case 7; the reference leaves orphans"},
	{"TERM during a load as process 1 of a container", "TestFaultProcessOne", "case 16; lost by the reference"},
	{"orphans of a container", "TestFaultOrphans", ""},

	{"Resources", "", ""},
	{"the worker without descriptors (EMFILE)", "TestDescriptorsExhausted", "clients wait"},
	{"the master without descriptors, at each step of a reload", "TestFaultMasterDescriptors", ""},
	{"a loading worker without descriptors", "TestFaultLoaderDescriptors", ""},
	{"too many descriptors in flight to hand any over (ETOOMANYREFS)", "TestFaultDescriptorsInFlight", "the reload fails after 5 s"},
	{"a disk that is full (ENOSPC)", "TestFaultDiskFull", ""},
	{"standard output on a full device", "TestFaultOutputFull", ""},
	{"1,000 reloads (`make soak`; here: fewer)", "TestLeakOfReloads", "case 18"},
	{"1,000 crashes (`make soak`; here: fewer)", "TestLeakOfCrashes", ""},

	{"The world around", "", ""},
	{"garbage on the channels between master and worker", "TestFaultGarbageFrames", "a worker that sends it is replaced: what was in flight in it dies with it"},
	{"a hidden READY command on the command line", "TestNoHiddenReadyCommand", "case 17; the reference's command line dies"},
	{"two masters with the same configuration", "TestFaultTwoMasters", ""},
	{"clocks 95 years ahead", "TestFaultClock", "deadlines use the monotonic clock only"},
	{"no privileges, but keywords that need them", "TestFaultUnprivileged", ""},
	{"systemd: what is said when", "TestSystemd", "case 12"},
	{"the grammar of the master's command line", "TestMasterCommands", "case 14"},
}
