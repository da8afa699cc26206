package config

// unbuiltHTTP1Rows are the settings of HTTP/1 and of HTTP as a whole (manual 3).
var unbuiltHTTP1Rows = Table{
	unbuilt(InGlobal, "tune.h1.be.glitches-threshold", "<number>", "Sets after how many glitches an HTTP/1 connection to a server is closed."),
	unbuilt(InGlobal, "tune.h1.fe.glitches-threshold", "<number>", "Sets after how many glitches an HTTP/1 connection of a client is closed."),
}
