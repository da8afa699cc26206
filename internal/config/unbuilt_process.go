package config

// unbuiltProcessRows are settings of the process (manual 3.1 and 3.3).
var unbuiltProcessRows = Table{
	unbuilt(InGlobal, "acme.scheduler", "{ auto | off }", "Sets whether certificates near their end are enrolled again without being asked for."),
	unbuilt(InGlobal, "anonkey", "<key>", "Sets the number by which anonymised output hides names and addresses."),
	unbuilt(InGlobal, "cluster-secret", "<secret>", "Sets a secret that the nodes of a cluster share, from which tokens of QUIC are derived."),
	unbuilt(InGlobal, "dns-accept-family", "<family>[,...]", "Sets which families of addresses are taken from DNS answers."),
	unbuilt(InGlobal, "force-cfg-parser-pause", "<timeout>", "Makes loading the configuration last longer, to test what waits for it."),
	unbuilt(InGlobal, "harden.reject-privileged-ports.quic", "{ on | off }", "Sets whether QUIC clients with a source port below 1024 are dropped."),
	unbuilt(InGlobal, "shm-stats-file", "<name>", "Keeps counters in shared memory, so that they outlast a process."),
	unbuilt(InGlobal, "shm-stats-file-max-objects", "<number>", "Sets for how many objects the shared memory of counters has room."),
	unbuilt(InGlobal, "stats calculate-max-counters", "[on|off]", "Sets whether the highest values of counters are kept."),
	unbuilt(InGlobal, "stats-file", "<path>", "Sets the file from which counters are restored at the start."),
}
