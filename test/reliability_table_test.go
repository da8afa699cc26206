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
	{"reload after reload, by command and by signal", "TestReloadUnderLoad", "§20.3"},
	{"100 SIGUSR2, one every 10 ms", "TestBurstOfReloads", "§20.8; the reference resets connections and stalls for a second"},
	{"`nbthread`, `*:p` to `ip:p`, `v4v6`, a port moved to another frontend, `mode` of another frontend, a listener removed and added again; each to and fro", "TestChangesUnderLoad", "clients who come in the 200 ms in which a narrower address is given up for a wider one wait a second"},
	{"`shards` 4 to 1 to 4, `thread`", "TestReloadShardsAndThreads", ""},
	{"tens of thousands of backends", "TestReloadLarge", ""},
	{"haproxy to sluice and back, by `-x` and `-sf`", "TestHandover", ""},

	{"Reloads that fail", "", ""},
	{"a mistake in the configuration", "TestBrokenReload", "§20.4"},
	{"the configuration missing, unreadable, random, a directory, a FIFO", "TestHostileReloads", "§20.5; the reference ends"},
	{"an empty configuration", "TestReloadToNothing", "§20.20; the reference loses all traffic"},
	{"a pidfile that cannot be written", "TestReloadPidfileUnwritable", "§20.5; the reference ends"},
	{"the executable away", "TestReloadWithoutExecutable", "§20.5; the reference ends"},
	{"a relative `-C`", "TestReloadRelativeDirectory", "§20.5; the reference ends"},
	{"a port that somebody else has", "TestReloadPortConflict", "§20.6; the reference refuses connections for 2 s"},
	{"a load that waits for a file", "TestReloadHeldInParsing", "§20.7"},
	{"a load that never ends", "TestLoadDeadline", "§20.7; the reference waits for ever"},
	{"three failed reloads, a good one, an open session", "TestFailedReloadsDoNotAge", "§20.10"},
	{"a flood of messages while loading", "TestFaultLogFlood", "§20.19"},

	{"Processes that die or freeze", "", ""},
	{"the loading worker: KILL, SEGV, ABRT, STOP", "TestFaultLoaderKilled", ""},
	{"the serving worker: KILL, SEGV, ABRT", "TestWorkerKilled", "what was in flight in it dies with it; the reference ends"},
	{"the serving worker frozen, then a reload", "TestFrozenOldWorker", "§20.9; the reference loses 45 % of the connections"},
	{"the serving worker after a failed reload", "TestFaultCrashAfterFailedReload", "§20.10; what was in flight in it dies with it"},
	{"the serving worker while another loads", "TestWorkerKilledWhileLoading", ""},
	{"a draining worker: KILL, SEGV, ABRT, STOP", "TestFaultDrainingKilled", "only sessions of its own end"},
	{"the serving worker with `exit-on-failure`: status of the master", "TestFaultExitOnFailure", "§20.1; a Go program makes 2 of SEGV and ABRT from outside"},
	{"a request that kills each worker that gets it", "TestFaultPoison", "back-off, then the generation before; the master stays"},
	{"old workers beyond `mworker-max-reloads`", "TestFaultMaxReloads", "§20.11"},
	{"the master, in each state: all gone", "TestFaultMasterKilled", "§20.13; its sockets end with it"},
	{"the master under `-Ws`: connections that wait are served by the next one", "TestMasterKilledConnectionsWait", ""},
	{"start and stop, exit statuses", "TestStop", "§20.1"},
	{"a first start that fails", "TestFailedFirstStart", "§20.2"},
	{"TERM, INT, USR1 during a load", "TestStopDuringLoad", "§20.7; the reference leaves orphans"},
	{"TERM during a load as process 1 of a container", "TestFaultProcessOne", "§20.16; lost by the reference"},
	{"orphans of a container", "TestFaultOrphans", ""},

	{"Resources", "", ""},
	{"the worker without descriptors (EMFILE)", "TestDescriptorsExhausted", "clients wait"},
	{"the master without descriptors, at each step of a reload", "TestFaultMasterDescriptors", ""},
	{"a loading worker without descriptors", "TestFaultLoaderDescriptors", ""},
	{"a disk that is full (ENOSPC)", "TestFaultDiskFull", ""},
	{"standard output on a full device", "TestFaultOutputFull", ""},
	{"1,000 reloads (`make soak`; here: fewer)", "TestLeakOfReloads", "§20.18"},
	{"1,000 crashes (`make soak`; here: fewer)", "TestLeakOfCrashes", ""},

	{"The world around", "", ""},
	{"garbage on the channels between master and worker", "TestFaultGarbageFrames", "a worker that sends it is replaced: what was in flight in it dies with it"},
	{"a hidden READY command on the command line", "TestNoHiddenReadyCommand", "§20.17; the reference's command line dies"},
	{"two masters with the same configuration", "TestFaultTwoMasters", ""},
	{"clocks 95 years ahead", "TestFaultClock", "deadlines use the monotonic clock only"},
	{"no privileges, but keywords that need them", "TestFaultUnprivileged", ""},
	{"systemd: what is said when", "TestSystemd", "§20.12"},
	{"the grammar of the master's command line", "TestMasterCommands", "§20.14"},
}
