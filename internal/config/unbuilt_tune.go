package config

// unbuiltTuneRows are settings of the process's inner workings (manual 3.2) but
// for those of a protocol.
var unbuiltTuneRows = Table{
	unbuilt(InGlobal, "maxcompcpuusage", "<number>", "Sets from what CPU usage, in percent, less is compressed."),
	unbuilt(InGlobal, "maxcomprate", "<number>", "Sets from how many kilobytes a second less is compressed."),
	unbuilt(InGlobal, "maxzlibmem", "<number>", "Limits the memory of compression, in megabytes."),
	unbuilt(InGlobal, "tune.bufsize.large", "<size>", "Sets the size of the large buffers that some rules may ask for."),
	unbuilt(InGlobal, "tune.bufsize.small", "<size>", "Sets the size of the small buffers that save memory on short contents."),
	unbuilt(InGlobal, "tune.comp.maxlevel", "<number>", "Limits the level of compression, from 1 to 9."),
	unbuilt(InGlobal, "tune.fd.tables", "<number>", "Sets how many tables of file descriptors the threads share."),
	unbuilt(InGlobal, "tune.listener.default-shards", "{ by-process | by-thread | by-group }", "Sets how many sockets an address has when its line does not say."),
	unbuilt(InGlobal, "tune.peers.max-updates-at-once", "<number>", "Limits the stick table updates that a peer is sent in a row."),
	unbuilt(InGlobal, "tune.ring.queues", "<number>", "Sets how many queues of writers a ring buffer has."),
	unbuilt(InGlobal, "tune.stick-counters", "<number>", "Sets how many stick table entries a session may track at once."),
	unbuilt(InGlobal, "tune.zlib.memlevel", "<number>", "Sets how much memory a compressed stream uses for its state, from 1 to 9."),
	unbuilt(InGlobal, "tune.zlib.windowsize", "<number>", "Sets the window of compression as a power of two, from 8 to 15."),
}
