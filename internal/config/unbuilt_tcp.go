package config

// unbuiltTCPRows are settings of connections in proxies (manual 4.2).
var unbuiltTCPRows = Table{
	unbuilt(InBackends|InDefaults, "source", "<addr>[:<port>] [usesrc { <addr2>[:<port2>] | client | clientip | hdr_ip(<hdr>[,<occ>]) }] [interface <name>]", "Sets the address from which servers are connected to."),
}

// unbuiltServerTransport are options of connections on server lines (manual 5.2).
var unbuiltServerTransport = []serverOption{
	unbuiltServer("cc", "<algo>", "Sets the congestion control algorithm."),
	unbuiltServer("log-bufsize", "<bufsize>", "Sets the size of the buffer for a server that logs are sent to."),
	unbuiltServer("namespace", "<name>", "Connects from a network namespace."),
	unbuiltServer("no-send-proxy-v2-ssl", "", "Undoes an inherited \"send-proxy-v2-ssl\"."),
	unbuiltServer("no-send-proxy-v2-ssl-cn", "", "Undoes an inherited \"send-proxy-v2-ssl-cn\"."),
	unbuiltServer("no-tfo", "", "Undoes an inherited \"tfo\"."),
	unbuiltServer("proto", "<name>", "Sets the protocol of connections, whatever the handshake says."),
	unbuiltServer("proxy-v2-options", "<option>[,<option>]*", "Adds fields to the PROXY protocol headers of version 2."),
	unbuiltServer("send-proxy-v2-ssl", "", "Sends a PROXY protocol header of version 2 that tells about the client's TLS."),
	unbuiltServer("send-proxy-v2-ssl-cn", "", "Sends a PROXY protocol header of version 2 with the name in the client's certificate."),
	unbuiltServer("set-proxy-v2-tlv-fmt", "(<id>) <fmt>", "Adds a field of a type to the PROXY protocol headers of version 2."),
	unbuiltServer("socks4", "<addr>:<port>", "Connects through a SOCKS4 proxy."),
	unbuiltServer("source", "<addr>[:<pl>[-<ph>]] [usesrc { <addr2>[:<port2>] | client | clientip | hdr_ip(<hdr>[,<occ>]) }] [interface <name>]", "Sets the address to connect from."),
	unbuiltServer("tcp-md5sig", "<password>", "Signs every TCP segment with a password."),
	unbuiltServer("tcp-ut", "<delay>", "Sets how long sent data may remain unacknowledged."),
	unbuiltServer("tfo", "", "Sends data in the first TCP segment."),
	// A word of "source" that is met here only without it.
	unbuiltServer("usesrc", "{ <addr2>[:<port2>] | client | clientip | hdr_ip(<hdr>[,<occ>]) }", "Goes with \"source\": sets whose address the connection is to come from."),
	unbuiltServer("ws", "{ auto | h1 | h2 }", "Sets the protocol of WebSocket."),
}
