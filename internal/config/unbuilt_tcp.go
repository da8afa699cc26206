package config

// unbuiltTCPRows are settings of connections in proxies (manual 4.2).
var unbuiltTCPRows = Table{
	unbuilt(InFrontends|InDefaults, "clitcpka-cnt", "<count>", "Sets how many unanswered keep-alive probes end a client connection."),
	unbuilt(InFrontends|InDefaults, "clitcpka-idle", "<timeout>", "Sets after what silence a client is probed."),
	unbuilt(InFrontends|InDefaults, "clitcpka-intvl", "<timeout>", "Sets the interval of keep-alive probes to clients."),
	unbuilt(InBackends|InDefaults, "source", "<addr>[:<port>] [usesrc { <addr2>[:<port2>] | client | clientip | hdr_ip(<hdr>[,<occ>]) }] [interface <name>]", "Sets the address from which servers are connected to."),
	unbuilt(InBackends|InDefaults, "srvtcpka-cnt", "<count>", "Sets how many unanswered keep-alive probes end a server connection."),
	unbuilt(InBackends|InDefaults, "srvtcpka-idle", "<timeout>", "Sets after what silence a server is probed."),
	unbuilt(InBackends|InDefaults, "srvtcpka-intvl", "<timeout>", "Sets the interval of keep-alive probes to servers."),
	unbuiltFlag(InFrontends, "clitcpka", "Lets the kernel probe silent clients."),
	unbuiltFlag(InProxies, "independent-streams", "Lets sent data not count as a sign of life of the receiver."),
	unbuiltFlag(InProxies, "nolinger", "Resets connections instead of waiting for what is still to be sent."),
	unbuiltFlag(InProxies, "splice-auto", "Lets the kernel forward data in both directions where that pays."),
	unbuiltFlag(InProxies, "splice-request", "Lets the kernel forward what clients send."),
	unbuiltFlag(InProxies, "splice-response", "Lets the kernel forward what servers send."),
	unbuiltFlag(InBackends, "srvtcpka", "Lets the kernel probe silent servers."),
	unbuiltFlag(InFrontends, "tcp-smart-accept", "Saves the packet that acknowledges a request alone."),
	unbuiltFlag(InBackends, "tcp-smart-connect", "Saves the packet that acknowledges a server's acceptance alone."),
	unbuiltOption(InProxies, "tcpka", "", "Lets the kernel probe silent connections of both sides."),
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
