package config

// unbuiltPersistenceRows are settings by which a client stays with its server
// (manual 4.2).
var unbuiltPersistenceRows = Table{
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
	unbuiltServer("non-stick", "", "Keeps the server out of stick tables."),
	unbuiltServer("stick", "", "Undoes an inherited \"non-stick\"."),
}
