package config

// unbuiltRuleRows are rulesets (manual 4.2). Those that the packages above
// compile come before these.
var unbuiltRuleRows = Table{
	unbuilt(InAnyProxy|NamedDefaults, "acl", "<aclname> <criterion> [flags] [operator] <value> ...", "Names a set of tests, or adds to it."),
	groupRow(InAnyProxy, "capture", "", "'capture' expects 'cookie' or 'request header' or 'response header'."),
	groupRow(InProxies, "declare", "'declare' needs a second keyword that specify the type of declaration ('capture')", "unknown declaration type '%s' (supports 'capture')"),
	unbuilt(InBackends, "force-persist", "{ if | unless } <condition> ...", "Keeps clients with a server that is down under a condition."),
	unbuilt(InAnyProxy|NamedDefaults, "http-after-response", "<action> [<options...>] [ { if | unless } <condition> ... ]", "Adds a rule for every response, those of the proxy itself included."),
	unbuilt(InAnyProxy|NamedDefaults, "http-request", "<action> [<options...>] [ { if | unless } <condition> ... ]", "Adds a rule for requests."),
	unbuilt(InAnyProxy|NamedDefaults, "http-response", "<action> [<options...>] [ { if | unless } <condition> ... ]", "Adds a rule for the responses of servers."),
	unbuilt(InBackends, "ignore-persist", "{ if | unless } <condition> ...", "Takes any server under a condition."),
	unbuilt(InFrontends|InDefaults|NamedDefaults, "quic-initial", "<action> [ { if | unless } <condition> ... ]", "Adds a rule for the first packet of QUIC connections."),
	unbuilt(InProxies, "redirect", "{ location | prefix | scheme } <value> [code <code>] [<option> ...] [ { if | unless } <condition> ... ]", "Answers requests with a redirection."),
	groupRow(InAnyProxy|NamedDefaults, "tcp-request", "missing argument for 'tcp-request' in %p", "'tcp-request' expects 'inspect-delay', 'connection', or 'content' in %p (got '%s')"),
	unbuilt(InFrontends|InDefaults|NamedDefaults, "tcp-request connection", "<action> [<options...>] [ { if | unless } <condition> ... ]", "Adds a rule for connections as soon as they are accepted."),
	unbuilt(InAnyProxy|NamedDefaults, "tcp-request content", "<action> [<options...>] [ { if | unless } <condition> ... ]", "Adds a rule for the first bytes of a client."),
	unbuilt(InFrontends|InDefaults|NamedDefaults, "tcp-request session", "<action> [<options...>] [ { if | unless } <condition> ... ]", "Adds a rule for connections after their handshakes."),
	groupRow(InAnyProxy|NamedDefaults, "tcp-response", "missing argument for 'tcp-response' in %p", "'tcp-response' expects 'inspect-delay' or 'content' in %p (got '%s')"),
	unbuilt(InBackends|InDefaults|NamedDefaults, "tcp-response content", "<action> [<options...>] [ { if | unless } <condition> ... ]", "Adds a rule for the first bytes of a server."),
	unbuilt(InFrontends, "use_backend", "<backend> [ { if | unless } <condition> ... ]", "Chooses the backend under a condition."),
	unbuilt(InBackends, "use-server", "<server> { if | unless } <condition> ...", "Chooses the server under a condition."),
}
