package config

// unbuiltPersistenceRows are settings by which a client stays with its server
// (manual 4.2).
var unbuiltPersistenceRows = Table{
	unbuilt(InBackends|InDefaults, "cookie", "<name> [ rewrite | insert | prefix ] [ indirect ] [ nocache ] [ postonly ] [ preserve ] [ httponly ] [ secure ] [ domain <domain> ]* [ maxidle <idle> ] [ maxlife <life> ] [ dynamic ] [ attr <value> ]*", "Makes clients return to their server by a cookie."),
	unbuilt(InBackends, "force-persist", "{ if | unless } <condition> ...", "Keeps clients with a server that is down under a condition."),
	unbuilt(InBackends, "ignore-persist", "{ if | unless } <condition> ...", "Takes any server under a condition."),
	groupRow(InAnyProxy, "persist", "missing persist method.", "unknown persist method."),
	unbuilt(InBackends|InDefaults, "persist rdp-cookie", "(<name>)", "Keeps clients of remote desktops with their server."),
	unbuilt(InProxies, "stick-table", "type <type> size <size> [expire <expire>] [args...]", "Makes a table of what is known about addresses, names or other keys."),
	groupRow(InProxies, "stick", "", "'stick' expects 'on', 'match', or 'store'."),
	unbuilt(InBackends, "stick match", "<pattern> [table <table>] [ { if | unless } <cond> ... ]", "Chooses the server that a table has for a key."),
	unbuilt(InBackends, "stick on", "<pattern> [table <table>] [ { if | unless } <condition> ... ]", "Keeps requests with the same key on the same server."),
	unbuilt(InBackends, "stick store-request", "<pattern> [table <table>] [ { if | unless } <condition> ... ]", "Remembers the server under a key from the request."),
	unbuilt(InBackends, "stick store-response", "<pattern> [table <table>] [ { if | unless } <condition> ... ]", "Remembers the server under a key from the response."),
}

// unbuiltServerPool are the options of persistence and of connection pools on
// server lines (manual 5.2).
var unbuiltServerPool = []serverOption{
	unbuiltServer("cookie", "<value>", "Sets the value that stands for the server in cookies."),
	unbuiltServer("idle-ping", "<delay>", "Sets the interval at which idle connections are tried."),
	unbuiltServer("non-stick", "", "Keeps the server out of stick tables."),
	unbuiltServer("redir", "<prefix>", "Sends clients to the server by a redirection."),
	unbuiltServer("stick", "", "Undoes an inherited \"non-stick\"."),
}
